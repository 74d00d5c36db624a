//! Starting, dying and starting again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redress_envelope::LogId;
use redress_event_log::{BoxFuture, Log, Source, SourceError, Stored};
use redress_view::{View, ViewOptions, fold_all};
use tempfile::tempdir;

use crate::toy::{LONG, Sums, all_rows, caught_up, fill, log_id, open_log, oracle, records, start};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

#[tokio::test]
async fn rows_are_those_of_an_independent_computation_and_of_the_test_driver() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 1_500).await;
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let logs = [records(&log).await];
    assert_eq!(all_rows(&view), oracle(&logs));
    let folded = fold_all(Sums::<1>::default(), &logs, &[]).unwrap();
    assert_eq!(folded.rows, oracle(&logs));
    assert_eq!(folded.digest, view.digest().await.unwrap());
    assert_eq!(view.position("intake/0"), 1_500);
    assert_eq!(view.status().await.lag(), Some(0));
}

#[test]
fn a_view_that_dies_anywhere_goes_on_where_its_rows_are() {
    let dir = tempdir().unwrap();
    let writing = runtime();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    writing.block_on(fill(&log, 3_000));
    let (mut lives, mut died_inside) = (0, 0);
    loop {
        let life = runtime();
        let at = life.block_on(async {
            let view = start(dir.path(), Sums::<1>::default(), &[&log]);
            let mut building = view.watch_building();
            let done = |building: &redress_view::Building| building.done();
            let first = building.borrow_and_update().as_ref().map_or(0, done);
            // Dies after the next commit, whatever it is doing by then.
            let moved = building.wait_for(|now| now.as_ref().is_none_or(|now| now.done() > first));
            let _late = tokio::time::timeout(LONG, moved)
                .await
                .unwrap()
                .unwrap()
                .clone();
            lives += 1;
            building.borrow_and_update().as_ref().map(done)
        });
        life.shutdown_timeout(Duration::from_secs(5));
        match at {
            Some(_) => died_inside += 1,
            None => break,
        }
        assert!(lives < 500, "it never catches up");
    }
    assert!(
        died_inside >= 3,
        "it died {died_inside} times before it had caught up"
    );
    let last = runtime();
    last.block_on(async {
        fill(&log, 100).await;
        let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
        assert_eq!(all_rows(&view), oracle(&[records(&log).await]));
        view.close().await;
    });
}

#[tokio::test]
async fn a_served_view_continues_after_a_restart_without_folding_anything_again() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 300).await;
    caught_up(dir.path(), Sums::<1>::default(), &[&log])
        .await
        .close()
        .await;
    fill(&log, 77).await;
    let view = start(dir.path(), Sums::<1>::default(), &[&log]);
    assert!(view.position("intake/0") >= 300, "rows are there at once");
    view.wait_for(&log.token(377), LONG).await.unwrap();
    assert_eq!(all_rows(&view), oracle(&[records(&log).await]));
}

#[tokio::test]
async fn deleting_the_directory_loses_nothing() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 500).await;
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let digest = view.digest().await.unwrap();
    view.close().await;
    std::fs::remove_dir_all(dir.path().join("views")).unwrap();
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    assert_eq!(view.digest().await.unwrap(), digest);
}

#[tokio::test]
async fn a_closed_view_says_so_and_leaves_its_directory_to_the_next() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 10).await;
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    view.clone().close().await;
    assert_eq!(view.rows().unwrap_err(), redress_view::Unavailable::Closed);
    assert!(view.rebuild().await.is_err());
    caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
}

/// A log whose readers take their time to go.
#[derive(Debug)]
struct Lingering {
    log: Log,
    readers: Arc<AtomicUsize>,
}

struct Reader(Arc<AtomicUsize>);

impl Drop for Reader {
    fn drop(&mut self) {
        std::thread::sleep(Duration::from_millis(30));
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Source for Lingering {
    fn place(&self) -> String {
        self.log.place()
    }

    fn log(&self) -> LogId {
        Source::log(&self.log)
    }

    fn next(
        &self,
        from: u64,
        max_records: usize,
    ) -> BoxFuture<'_, Result<Vec<Stored>, SourceError>> {
        Box::pin(async move {
            self.readers.fetch_add(1, Ordering::AcqRel);
            let _reader = Reader(Arc::clone(&self.readers));
            self.log.next(from, max_records).await
        })
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, SourceError>> {
        self.log.size()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_view_has_let_go_of_its_logs_however_far_it_was() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    // Whether it is closed before it is served or behind that is a matter of luck.
    for life in 0..12 {
        let readers = Arc::new(AtomicUsize::new(0));
        let source = Arc::new(Lingering {
            log: log.clone(),
            readers: Arc::clone(&readers),
        });
        let views = dir.path().join(format!("views-{life}"));
        let (fold, options) = (Sums::<1>::default(), ViewOptions::default());
        let view = View::start(&views, fold, vec![source], options).unwrap();
        view.close().await;
        assert_eq!(readers.load(Ordering::Acquire), 0, "in life {life}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 95).await;
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let rows = view.rows().unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = rows.page(b"at/", after.as_deref(), 10).unwrap();
        assert!(page.rows.len() <= 10);
        seen.extend(page.rows.into_iter().map(|(key, _)| key));
        after = page.more_after;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..95)
        .map(|at| format!("at/{at:06}").into_bytes())
        .collect();
    assert_eq!(seen, expected);
}
