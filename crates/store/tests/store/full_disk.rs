//! A disk that is full, before or in the middle of a write.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use redress_store::{OpenError, SledStore, Store, StoreError};

use crate::child::{self, Said};
use crate::workload;

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
            child::skip("cannot mount a tmpfs");
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

/// Emptied first: a process that another test is just starting has a copy of every descriptor for a
/// moment, and a removed file keeps its space as long.
fn free(filler: &Path) {
    fs::write(filler, "").unwrap();
    fs::remove_file(filler).unwrap();
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _lazily = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

#[test]
fn below_the_reserve_nothing_is_written_and_with_space_it_goes_on() {
    let Some(disk) = SmallDisk::mount(24) else {
        return;
    };
    let mut options = child::small_options();
    options.reserve_bytes = 6 << 20;
    let (store, _) = SledStore::open_with(&disk.path().join("store"), options).unwrap();
    store.apply(vec![workload::batch(0)]).unwrap();
    let filler = disk.fill_up_to(6 << 20);
    let refused = store.apply(vec![workload::batch(1)]).unwrap_err();
    assert!(matches!(refused, StoreError::DiskFull { .. }), "{refused}");
    assert_eq!(store.failure(), None);
    assert_eq!(workload::verify(&store, Some(0)), Ok(Some(0)));
    free(&filler);
    store.apply(vec![workload::batch(1)]).unwrap();
    assert_eq!(workload::verify(&store, Some(1)), Ok(Some(1)));
}

#[test]
fn a_disk_that_fills_up_in_the_middle_ends_the_store_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount(24) else {
        return;
    };
    let outside = tempfile::tempdir().unwrap();
    let dir = disk.path().join("store");
    drop(SledStore::open_with(&dir, child::small_options()).unwrap());
    let filler = disk.fill_up_to(2 << 20);
    let mut command = child::command("write", &dir, &[]);
    let said = Said::by(&mut command, outside.path().join("said"));
    child::wait(command.spawn().unwrap(), Duration::from_mins(1));
    assert!(
        said.acknowledged().is_some(),
        "it wrote until the disk was full: {:?}",
        said.lines()
    );
    assert!(said.says("FAILED"), "{:?}", said.lines());

    // Full as it is: it may open or say that there is no room, but nothing goes into quarantine.
    match SledStore::open_with(&dir, child::small_options()) {
        Ok((store, _)) => drop(workload::verify(&store, said.acknowledged()).unwrap()),
        Err(OpenError::DiskFull { .. } | OpenError::Io { .. }) => {}
        Err(other) => panic!("{other}"),
    }
    free(&filler);
    let (store, _) = SledStore::open_with(&dir, child::small_options()).unwrap();
    workload::verify(&store, said.acknowledged()).unwrap();
}

#[test]
fn the_ballast_is_given_up_for_an_open_on_a_full_disk_and_comes_back_with_space() {
    let Some(disk) = SmallDisk::mount(24) else {
        return;
    };
    let dir = disk.path().join("store");
    let (store, _) = SledStore::open_with(&dir, child::small_options()).unwrap();
    store.apply(vec![workload::batch(0)]).unwrap();
    drop(store);
    let ballast = dir.join("ballast");
    let kept = child::small_options().ballast_bytes;
    assert_eq!(fs::metadata(&ballast).unwrap().len(), kept);
    let filler = disk.fill_up_to(0);
    let opened = SledStore::open_with(&dir, child::small_options());
    assert!(!ballast.exists());
    let (store, report) = opened.unwrap();
    assert!(report.ballast_released);
    assert_eq!(workload::verify(&store, Some(0)), Ok(Some(0)));
    drop(store);
    free(&filler);
    drop(SledStore::open_with(&dir, child::small_options()).unwrap());
    assert_eq!(fs::metadata(&ballast).unwrap().len(), kept);
}
