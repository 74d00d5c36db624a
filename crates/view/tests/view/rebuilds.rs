//! New rows beside the old ones.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use redress_envelope::Token;
use redress_event_log::Source;
use redress_view::{Unavailable, View, ViewOptions};
use tempfile::tempdir;

use crate::toy::{
    ADDED, BROKEN, LONG, Sums, all_rows, append, caught_up, fill, log_id, open_log, oracle,
    records, start,
};

fn directories(dir: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir.join("views")).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_rebuild_serves_the_old_rows_until_the_new_ones_have_caught_up() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 500).await;
    let fold = Sums::<1>::default();
    let held = Arc::clone(&fold.held);
    let view = caught_up(dir.path(), fold, &[&log]).await;
    let digest = view.digest().await.unwrap();

    held.store(true, Ordering::Release);
    let rebuild = {
        let view = view.clone();
        tokio::spawn(async move { view.rebuild().await })
    };
    let mut building = view.watch_building();
    let begun = building.wait_for(|now| now.as_ref().is_some_and(|now| now.total() == 500));
    tokio::time::timeout(LONG, begun).await.unwrap().unwrap();
    assert_eq!(
        view.digest().await.unwrap(),
        digest,
        "the old rows are served"
    );
    assert!(view.status().await.rebuilding.is_some());
    assert_eq!(directories(dir.path()), ["sums-1-1", "sums-1-2"]);
    let reader = view.rows().unwrap();

    held.store(false, Ordering::Release);
    rebuild.await.unwrap().unwrap();
    assert_eq!(view.status().await.rebuilding, None);
    assert_eq!(view.digest().await.unwrap(), digest);
    assert!(
        reader.get(b"at/000001").unwrap().is_some(),
        "who reads the old rows may finish"
    );
    drop(reader);
    assert_eq!(directories(dir.path()), ["sums-1-2"]);
    append(&log, "after", &[(ADDED, 3)], None).await;
    view.wait_for(&log.token(501), LONG).await.unwrap();
    assert_eq!(all_rows(&view), oracle(&[records(&log).await]));
}

#[tokio::test]
async fn nobody_sees_older_rows_when_new_ones_take_over() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 300).await;
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let writer = {
        let log = log.clone();
        tokio::spawn(async move { fill(&log, 1_500).await })
    };
    let rebuild = {
        let view = view.clone();
        tokio::spawn(async move {
            for _ in 0..3 {
                view.rebuild().await.unwrap();
            }
        })
    };
    let mut seen = 0;
    while !rebuild.is_finished() {
        let now = view
            .read(|rows| rows.token().get("intake", 0).unwrap().1)
            .unwrap();
        assert!(now >= seen, "{now} after {seen}");
        seen = now;
        tokio::task::yield_now().await;
    }
    rebuild.await.unwrap();
    writer.await.unwrap();
    view.wait_for(&log.token(1_800), LONG).await.unwrap();
    assert_eq!(all_rows(&view), oracle(&[records(&log).await]));
}

#[tokio::test]
async fn a_new_version_is_folded_from_the_beginning_and_not_served_before() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 200).await;
    caught_up(dir.path(), Sums::<1>::default(), &[&log])
        .await
        .close()
        .await;

    let fold = Sums::<2>::default();
    let held = Arc::clone(&fold.held);
    held.store(true, Ordering::Release);
    let view = start(dir.path(), fold, &[&log]);
    let mut building = view.watch_building();
    let aimed = building.wait_for(|now| now.as_ref().is_some_and(|now| now.total() == 200));
    tokio::time::timeout(LONG, aimed).await.unwrap().unwrap();
    assert_eq!(
        view.rows().unwrap_err(),
        Unavailable::Rebuilding {
            done: 0,
            total: 200
        }
    );
    assert_eq!(
        directories(dir.path()),
        ["sums-1-1", "sums-2-2"],
        "the old version can come back"
    );

    held.store(false, Ordering::Release);
    view.wait_for(&Token::new(), LONG).await.unwrap();
    assert_eq!(all_rows(&view), oracle(&[records(&log).await]));
    view.close().await;
    let view = start(dir.path(), Sums::<2>::default(), &[&log]);
    assert_eq!(view.position("intake/0"), 200, "it is not folded again");
    assert_eq!(directories(dir.path()), ["sums-2-2"]);
}

#[tokio::test]
async fn a_view_that_follows_another_log_is_folded_from_the_beginning() {
    let dir = tempdir().unwrap();
    let intake = open_log(dir.path(), "intake", log_id("intake"));
    let workflow = open_log(dir.path(), "workflow", log_id("workflow"));
    fill(&intake, 60).await;
    append(&workflow, "w", &[(ADDED, 1)], None).await;
    caught_up(dir.path(), Sums::<1>::default(), &[&intake])
        .await
        .close()
        .await;
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&intake, &workflow]).await;
    assert_eq!(view.position("workflow/0"), 1);
    assert_eq!(directories(dir.path()).last().unwrap(), "sums-1-2");
}

#[tokio::test]
async fn rows_that_cannot_be_opened_are_folded_again() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 60).await;
    caught_up(dir.path(), Sums::<1>::default(), &[&log])
        .await
        .close()
        .await;
    let files = dir.path().join("views/sums-1-1/fjall");
    std::fs::remove_dir_all(&files).unwrap();
    std::fs::write(&files, b"not a directory").unwrap();
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    assert_eq!(all_rows(&view), oracle(&[records(&log).await]));
}

#[tokio::test]
async fn the_same_log_twice_or_a_name_with_a_slash_is_refused() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    let twice: Vec<Arc<dyn Source>> = vec![Arc::new(log.clone()), Arc::new(log)];
    let started = View::start(
        dir.path(),
        Sums::<1>::default(),
        twice,
        ViewOptions::default(),
    );
    assert_eq!(
        started.unwrap_err().to_string(),
        "`intake/0` is no place of a log, or another log has it"
    );
}

#[tokio::test]
async fn a_rebuild_that_breaks_leaves_the_old_rows_and_the_next_one_begins_anew() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    append(&log, "a", &[(ADDED, 1), (BROKEN, 2), (ADDED, 3)], None).await;
    let mended = || Sums::<1> {
        mended: true,
        ..Sums::default()
    };
    caught_up(dir.path(), mended(), &[&log]).await.close().await;
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let digest = view.digest().await.unwrap();
    for _ in 0..2 {
        let error = view.rebuild().await.unwrap_err();
        assert!(
            error.to_string().contains("the record at 1 of intake/0"),
            "{error}"
        );
        let status = view.status().await;
        assert_eq!(status.stopped, None, "the served rows go on");
        assert!(status.rebuilding.unwrap().stopped.is_some());
        assert_eq!(view.digest().await.unwrap(), digest);
    }
    append(&log, "a", &[(ADDED, 3)], None).await;
    view.wait_for(&log.token(4), LONG).await.unwrap();
    view.close().await;
    let view = caught_up(dir.path(), mended(), &[&log]).await;
    view.rebuild().await.unwrap();
    view.close().await;
    caught_up(dir.path(), mended(), &[&log]).await;
    assert_eq!(directories(dir.path()).len(), 1);
}
