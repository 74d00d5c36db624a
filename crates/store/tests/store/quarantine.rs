//! What the guard heals, what it puts away, and what it refuses to pretend.

use std::fs;
use std::path::Path;

use redress_store::{
    Batch, MAX_BATCH_KEYS, MAX_VALUE_BYTES, OpenError, OpenReport, SledOptions, SledStore, Store,
};

fn one(key: &str, value: &str) -> Vec<Batch> {
    let mut batch = Batch::new();
    batch.put(key, value).unwrap();
    vec![batch]
}

fn filled(dir: &Path) {
    let (store, report) = SledStore::open(dir).unwrap();
    assert!(report.created);
    store.apply(one("key", "value")).unwrap();
}

fn open_filled(dir: &Path) -> OpenReport {
    let (store, report) = SledStore::open(dir).unwrap();
    assert_eq!(store.get(b"key").unwrap().as_deref(), Some(&b"value"[..]));
    report
}

#[test]
fn an_ordinary_open_reports_nothing() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    assert_eq!(open_filled(dir.path()), OpenReport::default());
}

#[test]
fn a_second_open_is_refused_with_the_holder() {
    let dir = tempfile::tempdir().unwrap();
    let (_store, _) = SledStore::open(dir.path()).unwrap();
    let refused = SledStore::open(dir.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Locked(_)), "{refused}");
    assert!(
        refused
            .to_string()
            .contains(&std::process::id().to_string()),
        "{refused}"
    );
}

#[test]
fn an_unfinished_snapshot_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let name = "snap.00000000FFFFFFFF.generating";
    fs::write(dir.path().join("sled").join(name), "half a snapsh").unwrap();
    assert_eq!(open_filled(dir.path()).unfinished_snapshots, [name]);
}

#[test]
fn a_damaged_snapshot_is_set_aside_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    let name = "snap.00000000FFFFFFFF";
    fs::write(dir.path().join("sled").join(name), "not a snapshot at all").unwrap();
    let set_aside = open_filled(dir.path()).snapshots_set_aside.unwrap();
    assert!(set_aside.join(name).exists());
    assert_eq!(open_filled(dir.path()), OpenReport::default());
}

#[test]
fn an_unfinished_creation_is_begun_again() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("sled.creating")).unwrap();
    fs::write(dir.path().join("sled.creating").join("db"), [7; 1000]).unwrap();
    filled(dir.path());
    assert_eq!(open_filled(dir.path()), OpenReport::default());
}

fn check_quarantine(damage: impl Fn(&Path)) {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    damage(&dir.path().join("sled"));
    for _ in 0..2 {
        let refused = SledStore::open(dir.path()).unwrap_err();
        let OpenError::Quarantined { moved_to, why, .. } = refused else {
            panic!("{refused}")
        };
        assert_eq!(moved_to, dir.path().join("quarantined-1"));
        assert!(!why.is_empty());
        assert!(moved_to.join("db").exists());
    }
    let (store, report) =
        SledStore::open_after_quarantine(dir.path(), SledOptions::default()).unwrap();
    assert_eq!(
        report.began_empty_instead_of,
        Some(dir.path().join("quarantined-1"))
    );
    assert_eq!(store.scan(b"", None, 10), Ok(vec![]));
    store.apply(one("key", "value")).unwrap();
    drop(store);
    assert_eq!(open_filled(dir.path()), OpenReport::default());
    assert!(dir.path().join("quarantined-1").exists());
}

#[test]
fn an_emptied_database_is_quarantined_not_opened_as_empty() {
    check_quarantine(|sled| {
        for entry in fs::read_dir(sled).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path.file_name() != Some("conf".as_ref()) {
                fs::write(path, "").unwrap();
            }
        }
    });
}

#[test]
fn a_zeroed_database_without_snapshots_is_quarantined_not_opened_as_empty() {
    check_quarantine(|sled| {
        for entry in fs::read_dir(sled).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().contains("snap.") {
                fs::remove_file(path).unwrap();
            }
        }
        let bytes = fs::metadata(sled.join("db")).unwrap().len();
        fs::write(sled.join("db"), vec![0; usize::try_from(bytes).unwrap()]).unwrap();
    });
}

#[test]
fn a_missing_database_is_not_replaced_by_an_empty_one() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path());
    fs::remove_dir_all(dir.path().join("sled")).unwrap();
    let refused = SledStore::open(dir.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Missing { .. }), "{refused}");
    let (_, report) = SledStore::open_after_quarantine(dir.path(), SledOptions::default()).unwrap();
    assert!(report.began_empty_instead_of.is_some());
    SledStore::open(dir.path()).unwrap();
}

#[test]
fn another_database_in_the_place_of_ours_is_refused() {
    let (ours, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    filled(ours.path());
    filled(other.path());
    fs::rename(ours.path().join("sled"), ours.path().join("kept")).unwrap();
    fs::rename(other.path().join("sled"), ours.path().join("sled")).unwrap();
    let refused = SledStore::open(ours.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Exchanged { .. }), "{refused}");
}

#[test]
fn the_largest_batches_leave_no_file_that_sled_does_not_sync() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = SledStore::open(dir.path()).unwrap();
    for round in 0..40_u8 {
        let mut batch = Batch::new();
        for key in 0..MAX_BATCH_KEYS as u8 {
            batch
                .put([key, round % 3], vec![round; MAX_VALUE_BYTES])
                .unwrap();
        }
        store.apply(vec![batch.clone(), batch]).unwrap();
    }
    let blobs = fs::read_dir(dir.path().join("sled").join("blobs")).unwrap();
    assert_eq!(blobs.count(), 0);
}

#[test]
fn a_file_in_blobs_fails_the_apply_for_good() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = SledStore::open(dir.path()).unwrap();
    fs::write(dir.path().join("sled").join("blobs").join("1"), "unsynced").unwrap();
    assert!(
        store
            .apply(one("key", "value"))
            .unwrap_err()
            .to_string()
            .contains("blobs/")
    );
    assert!(store.get(b"key").is_err());
    assert!(store.failure().is_some());
}
