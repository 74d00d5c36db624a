//! A disk that is full for a while: the view says so, and goes on by itself.
//!
//! Needs to mount a small disk; prints `SKIPPED` where it cannot, and fails there instead when
//! `REDRESS_FORBID_SKIP` is set.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redress_event_log::{Log, Source};
use redress_store::RowStore;
use redress_view::{Stop, View, ViewOptions};
use tempfile::tempdir;

use crate::toy::{LONG, Sums, all_rows, fill, log_id, open_log, oracle, records};

/// A small disk in memory, gone when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=160m", "tmpfs"])
            .arg(dir.path())
            .output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Self(dir));
        }
        println!("SKIPPED: cannot mount a tmpfs");
        assert!(std::env::var_os("REDRESS_FORBID_SKIP").is_none());
        None
    }

    fn views(&self) -> PathBuf {
        self.0.path().join("views")
    }

    /// Leaves nothing, by a file that can be deleted again.
    fn fill(&self) {
        let path = self.0.path();
        let bytes = RowStore::room_in(path).unwrap();
        let bytes = usize::try_from(bytes).unwrap();
        // What others write meanwhile counts.
        let _full = fs::write(path.join("filler"), vec![1; bytes]);
        assert!(RowStore::room_in(path).unwrap() < 64 << 10);
    }

    fn free(&self) {
        fs::remove_file(self.0.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _lazily = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

fn start(views: &Path, fold: Sums<1>, log: &Log) -> View {
    let source: Arc<dyn Source> = Arc::new(log.clone());
    View::start(views, fold, vec![source], ViewOptions::default()).unwrap()
}

async fn stops(view: &View) -> Stop {
    let mut stopped = view.watch_stopped();
    let stop = stopped.wait_for(Option::is_some);
    let stop = tokio::time::timeout(LONG, stop).await.unwrap().unwrap();
    stop.clone().unwrap()
}

async fn goes_on(view: &View, log: &Log) {
    let mut stopped = view.watch_stopped();
    let mended = stopped.wait_for(Option::is_none);
    tokio::time::timeout(LONG, mended).await.unwrap().unwrap();
    let all = log.token(log.head().size);
    view.wait_for(&all, LONG).await.unwrap();
    assert_eq!(all_rows(view), oracle(&[records(log).await]));
    assert_eq!(view.status().await.stopped, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_served_view_that_found_no_room_goes_on_when_there_is_some() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 100).await;
    let view = start(&disk.views(), Sums::default(), &log);
    view.wait_for(&log.token(100), LONG).await.unwrap();
    disk.fill();
    fill(&log, 3_000).await;
    let stop = stops(&view).await;
    assert!(matches!(stop, Stop::Rows { .. }), "{stop}");
    assert_eq!(view.status().await.stopped, Some(stop));
    assert!(!all_rows(&view).is_empty(), "what was there is read");
    // Longer than until it looks again.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(
        view.status().await.stopped.is_some(),
        "there is no room yet"
    );
    assert!(!all_rows(&view).is_empty(), "what was there is read");
    disk.free();
    goes_on(&view, &log).await;
    fill(&log, 10).await;
    goes_on(&view, &log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_found_no_room_while_it_was_built_is_built_when_there_is_some() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 2_000).await;
    let fold = Sums::<1>::default();
    let held = Arc::clone(&fold.held);
    held.store(true, Ordering::Release);
    let view = start(&disk.views(), fold, &log);
    disk.fill();
    held.store(false, Ordering::Release);
    let stop = stops(&view).await;
    assert!(matches!(stop, Stop::Rows { .. }), "{stop}");
    disk.free();
    goes_on(&view, &log).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_that_finds_no_room_leaves_nothing_and_the_served_rows_go_on() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 2_000).await;
    let fold = Sums::<1>::default();
    let held = Arc::clone(&fold.held);
    let view = start(&disk.views(), fold, &log);
    view.wait_for(&log.token(2_000), LONG).await.unwrap();
    held.store(true, Ordering::Release);
    let rebuild = tokio::spawn({
        let view = view.clone();
        async move { view.rebuild().await }
    });
    let mut building = view.watch_building();
    let begun = building.wait_for(Option::is_some);
    tokio::time::timeout(LONG, begun).await.unwrap().unwrap();
    disk.fill();
    held.store(false, Ordering::Release);
    let error = rebuild.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("the rows"), "{error}");
    let left = fs::read_dir(disk.views()).unwrap().count();
    assert_eq!(left, 1, "the new rows are removed");
    disk.free();
    goes_on(&view, &log).await;
    view.rebuild().await.unwrap();
    goes_on(&view, &log).await;
}
