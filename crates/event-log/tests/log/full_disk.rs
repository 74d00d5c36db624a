//! A disk that is full: refused with the reason, nothing lost, and with space it goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use redress_event_log::{Log, TransactError};
use redress_store::SledStore;

use crate::child::{Role, judge, skip, small_options, wait};
use crate::consuming::record;
use crate::tally::{
    Added, add, added, all_bytes, clock, command, config, grow, noise, request, root_of, sealed,
};

/// A small disk in memory, gone when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(megabytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(dir.path())
            .output();
        if !mounted.is_ok_and(|mounted| mounted.status.success()) {
            skip("cannot mount a tmpfs");
            return None;
        }
        Some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves `free` bytes, by a file that can be deleted again.
    fn fill_up_to(&self, free: u64) -> PathBuf {
        let space = rustix::fs::statvfs(self.path()).unwrap();
        let bytes = (space.f_bavail * space.f_frsize).saturating_sub(free);
        let filler = self.path().join("filler");
        fs::write(&filler, vec![1; usize::try_from(bytes).unwrap()]).unwrap();
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _lazily = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

/// A log with a record, on a disk that is full by then; where the file lies that fills it.
async fn below_the_reserve(disk: &SmallDisk) -> (Log, PathBuf) {
    let mut options = small_options();
    options.reserve_bytes = 6 << 20;
    let (store, _) = SledStore::open_with(&disk.path().join("log/tail"), options).unwrap();
    let log = Log::open_with(config(disk.path()), Arc::new(store), clock()).unwrap();
    let before = add(&log, request(1, "before", "d"), vec![added(1)]).await;
    before.unwrap();
    (log, disk.fill_up_to(6 << 20))
}

#[tokio::test(flavor = "multi_thread")]
async fn below_the_reserve_commands_are_refused_and_with_space_they_are_taken() {
    let Some(disk) = SmallDisk::mount(24) else {
        return;
    };
    let (log, filler) = below_the_reserve(&disk).await;
    for _ in 0..3 {
        let full = add(&log, request(1, "while full", "d"), vec![added(2)])
            .await
            .unwrap_err();
        let TransactError::Full(why) = &full else {
            panic!("{full}")
        };
        assert!(!why.is_empty());
    }
    assert_eq!(
        (log.head().size, log.watch_stopped().borrow().clone()),
        (1, None)
    );
    assert!(
        add(&log, request(1, "before", "d"), vec![added(1)])
            .await
            .unwrap()
            .repeated
    );
    fs::remove_file(filler).unwrap();
    let done = add(&log, request(1, "while full", "d"), vec![added(2)])
        .await
        .unwrap();
    assert_eq!(
        (done.repeated, done.state.sum, log.head().size),
        (false, 3, 2)
    );
    log.close().await.unwrap();
}

/// Given a disk without room, when what was consumed of another log is to be remembered, then that waits and
/// is done once there is room: nobody else would ask for it again.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_consumed_is_remembered_once_there_is_room() {
    let Some(disk) = SmallDisk::mount(24) else {
        return;
    };
    let (log, filler) = below_the_reserve(&disk).await;
    let passing = tokio::spawn({
        let log = log.clone();
        async move { log.advance(record(0)).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!passing.is_finished());
    assert!(log.cursors().is_empty());
    fs::remove_file(filler).unwrap();
    passing.await.unwrap().unwrap();
    assert_eq!(log.cursors()["other/0"].next, 1);
    log.close().await.unwrap();
}

#[test]
fn a_disk_that_fills_up_in_the_middle_stops_the_log_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount(24) else {
        return;
    };
    let outside = tempfile::tempdir().unwrap();
    let mut role = Role::new("append and seal", disk.path());
    role.commands = 1;
    let (mut command, first) = role.command(&outside.path().join("first"));
    wait(command.spawn().unwrap(), Duration::from_mins(1));
    let filler = disk.fill_up_to(4 << 20);
    (role.commands, role.run) = (u64::MAX, 1);
    let (mut command, said) = role.command(&outside.path().join("said"));
    wait(command.spawn().unwrap(), Duration::from_mins(1));
    let mut acknowledged = first.acknowledged();
    acknowledged.extend(said.acknowledged());
    assert!(said.says("STOPPED"), "{:?}", said.lines().last());
    assert!(
        acknowledged.len() > 20,
        "it wrote until the disk was full: {}",
        acknowledged.len()
    );
    fs::remove_file(filler).unwrap();
    let judged = judge(disk.path(), &acknowledged).unwrap();
    println!(
        "full after {} answers, {} segments",
        acknowledged.len(),
        judged.segments
    );
    (role.commands, role.run) = (5, 2);
    let (mut command, after) = role.command(&outside.path().join("after"));
    wait(command.spawn().unwrap(), Duration::from_mins(1));
    acknowledged.extend(after.acknowledged());
    assert!(after.says("DONE"), "{:?}", after.lines());
    judge(disk.path(), &acknowledged).unwrap();
}

/// Sealing needs room; where there is none the tail keeps everything and the log goes on.
#[tokio::test(flavor = "multi_thread")]
async fn sealing_that_finds_no_room_leaves_no_half_segment_and_is_tried_again() {
    let Some(disk) = SmallDisk::mount(24) else {
        return;
    };
    // The tail is elsewhere: only the segments run out of space.
    let elsewhere = tempfile::tempdir().unwrap();
    let (store, _) = SledStore::open_with(&elsewhere.path().join("tail"), small_options()).unwrap();
    let log = Log::open_with(config(disk.path()), Arc::new(store), clock()).unwrap();
    let filler = disk.fill_up_to(64 << 10);
    let mut random = fastrand::Rng::with_seed(9);
    for _ in 0..60 {
        let noise = noise(&mut random, 900);
        let event = Added { amount: 1, noise };
        add(&log, command(1), vec![event; 1]).await.unwrap();
    }
    for _ in 0..8 {
        let events = (0..50)
            .map(|_| Added {
                amount: 1,
                noise: noise(&mut random, 900),
            })
            .collect();
        add(&log, command(2), events).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(log.sealed(), 0);
    let left: Vec<_> = fs::read_dir(disk.path().join("log/segments"))
        .unwrap()
        .collect();
    assert!(left.is_empty(), "{left:?}");
    fs::remove_file(filler).unwrap();
    grow(&log, 300).await;
    sealed(&log, 512).await;
    assert_eq!(log.head().root, root_of(&all_bytes(&log).await));
    log.close().await.unwrap();
}
