use std::fs;
use std::sync::Arc;

use redress_envelope::VaultRef;
use redress_store::{Batch, Fault, FaultPlan, FaultyStore, MemoryStore, Store};
use redress_vault::{
    Begin, Evidence, MasterKey, MasterKeySource, OpenError, Read, SeededEntropy, Vault, VaultDirs,
};

use tempfile::TempDir;

use super::disk::{Disk, content, seal, someone};

async fn sealed() -> (Disk, VaultRef) {
    let disk = Disk::new();
    let sealed = seal(&disk.open(), "words").await;
    (disk, sealed)
}

#[tokio::test]
async fn a_wrong_a_missing_and_a_damaged_key_are_named() {
    let (disk, sealed) = sealed().await;
    let path = |name: &str| disk.keys.path().join(name);
    let (master, buckets) = (
        fs::read(path("master.key")).unwrap(),
        fs::read(path("buckets")).unwrap(),
    );

    fs::write(path("master.key"), "00".repeat(32)).unwrap();
    assert!(matches!(
        disk.try_open(),
        Err(OpenError::WrongMasterKey { .. })
    ));
    fs::remove_file(path("master.key")).unwrap();
    assert!(matches!(
        disk.try_open(),
        Err(OpenError::MasterKeyMissing { .. })
    ));
    fs::write(path("master.key"), &master).unwrap();
    assert!(matches!(
        disk.try_open(),
        Err(OpenError::MasterKeyReadableByOthers { .. })
    ));

    let text = String::from_utf8(master).unwrap();
    let source = MasterKeySource::Given(MasterKey::from_hex(&text).unwrap());
    let open = || {
        let store = Arc::clone(&disk.store) as Arc<dyn Store>;
        let dirs = VaultDirs {
            store,
            keys_dir: disk.keys.path().to_owned(),
        };
        let begin = Begin::IfNew { log_records: 0 };
        Vault::open_with(dirs, &source, begin, Arc::new(SeededEntropy(7)))
    };
    let found = open().unwrap().read_committed(&sealed);
    assert_eq!(found, Ok(content("words")));

    let mut damaged = buckets.clone();
    damaged[100] ^= 1;
    fs::write(path("buckets"), damaged).unwrap();
    assert!(matches!(open(), Err(OpenError::BucketsDamaged { .. })));
    fs::remove_file(path("buckets")).unwrap();
    assert!(matches!(open(), Err(OpenError::BucketsMissing { .. })));
    assert!(
        !path("buckets").exists(),
        "new keys would hide that the old ones are lost"
    );
    fs::write(path("buckets"), buckets).unwrap();
    assert!(open().is_ok());
}

#[tokio::test]
async fn keys_of_another_vault_or_another_time_are_refused() {
    let (disk, _) = sealed().await;
    let keys = disk.keys.path().join("buckets");
    let (early_keys, early_rows) = (fs::read(&keys).unwrap(), disk.rows());
    for _ in 0..2 {
        let vault = disk.open();
        vault.rewrap_bucket(3).await.unwrap();
    }
    let late_keys = fs::read(&keys).unwrap();
    fs::write(&keys, early_keys).unwrap();
    assert!(matches!(disk.try_open(), Err(OpenError::KeysOfAnotherTime)));
    fs::write(&keys, late_keys).unwrap();
    assert!(disk.try_open().is_ok());

    let early = Arc::new(MemoryStore::new());
    for (key, value) in early_rows {
        let mut batch = Batch::new();
        batch.put(key, value).unwrap();
        early.apply(vec![batch]).unwrap();
    }
    assert!(matches!(
        disk.try_open_on(early),
        Err(OpenError::KeysOfAnotherTime)
    ));

    // Two copies of one vault that went on apart, by as many steps each.
    let copy = Disk::new();
    for (key, value) in disk.rows() {
        copy.put(&key, &value);
    }
    for name in ["master.key", "buckets"] {
        fs::copy(disk.keys.path().join(name), copy.keys.path().join(name)).unwrap();
    }
    for (disk, seed) in [(&disk, 9), (&copy, 10)] {
        let dirs = VaultDirs {
            store: Arc::clone(&disk.store) as Arc<dyn Store>,
            keys_dir: disk.keys.path().to_owned(),
        };
        let vault = Vault::open(dirs, Arc::new(SeededEntropy(seed))).unwrap();
        vault.rewrap_bucket(3).await.unwrap();
    }
    let mixed = disk.try_open_on(Arc::clone(&copy.store) as Arc<dyn Store>);
    assert!(matches!(mixed, Err(OpenError::KeysOfAnotherTime)));
    assert!(copy.try_open().is_ok());

    let other = Disk::new();
    let dirs = VaultDirs {
        store: Arc::clone(&other.store) as Arc<dyn Store>,
        keys_dir: other.keys.path().to_owned(),
    };
    drop(Vault::open(dirs, Arc::new(SeededEntropy(8))).unwrap());
    let swapped = Disk {
        store: disk.store,
        keys: other.keys,
    };
    assert!(matches!(
        swapped.try_open(),
        Err(OpenError::KeysOfAnotherVault)
    ));
}

#[tokio::test]
async fn a_flipped_bit_in_any_value_is_found_and_never_read_as_something_else() {
    let (disk, a) = sealed().await;
    disk.open().erase_subject(someone()).await.unwrap();
    let b = seal(&disk.open(), "more words").await;
    let (mut refused, mut lost, mut own) = (0, 0, 0);
    for (key, value) in disk.rows() {
        for place in (0..value.len()).step_by(3) {
            own += usize::from(key == b"m");
            let mut flipped = value.clone();
            flipped[place] ^= 1 << (place % 8);
            disk.put(&key, &flipped);
            let Ok(vault) = disk.try_open() else {
                refused += 1;
                // A refused opening changes nothing.
                disk.put(&key, &value);
                continue;
            };
            let (a, b) = (vault.read_committed(&a), vault.read_committed(&b));
            let entries = vault.entries_of_subject(someone(), None, 9);
            drop(vault);
            assert!(a.is_err() || a == Ok(Read::Erased), "{key:?} {place}");
            assert!(b.is_err() || b == Ok(content("more words")));
            let entries = entries.map_or(0, |listed| listed.entries.len());
            assert!(entries == 2 || a.is_err() || b.is_err(), "{key:?} {place}");
            let expected = match (key[0], key[8]) {
                (b'b', 0) => (true, false),
                (b'b', _) => (false, true),
                _ => (true, true),
            };
            assert_eq!((a.is_err(), b.is_err()), expected, "{key:?} {place}");
            lost += 1;
            disk.put(&key, &value);
        }
    }
    assert_eq!(refused, own, "what the store knows about itself");
    assert!(own > 10 && lost > 100, "{own} {lost}");
}

/// Given a first start that broke off at each of its writes, when it is started again, then there is a
/// vault; and none of the keys that were in use is ever made again.
#[tokio::test]
async fn a_first_start_that_was_cut_off_anywhere_is_taken_up() {
    for fault in [Fault::NotPersisted, Fault::PersistedButReportedFailed] {
        for apply in 1..=2 {
            let disk = Disk::new();
            let plan = FaultPlan::nth(apply, fault);
            let broken = FaultyStore::new(Arc::clone(&disk.store), plan);
            disk.try_open_on(Arc::new(broken)).unwrap_err();
            let had_keys = disk.keys.path().join("buckets").exists();
            assert_eq!(had_keys, apply == 2, "{fault:?} {apply}");
            let words = seal(&disk.open(), "words").await;
            let found = disk.open().read_committed(&words);
            assert_eq!(found, Ok(content("words")), "{fault:?} {apply}");
        }
    }

    let unknown = Disk::new();
    unknown.put(b"e-something", b"x");
    assert!(matches!(
        unknown.try_open(),
        Err(OpenError::StoreDamaged { .. })
    ));
}

/// A disk whose store is gone, with or without its keys.
fn gone(keys: TempDir) -> Disk {
    let store = Arc::default();
    Disk { store, keys }
}

fn open_beside(disk: &Disk, begin: Begin) -> Result<Vault, OpenError> {
    let dirs = VaultDirs {
        store: Arc::clone(&disk.store) as Arc<dyn Store>,
        keys_dir: disk.keys.path().to_owned(),
    };
    Vault::open_with(
        dirs,
        &MasterKeySource::KeysDir,
        begin,
        Arc::new(SeededEntropy(8)),
    )
}

/// Given a vault whose store is gone, when it is opened, then no empty one takes its place, whichever
/// of its keys and its log's records are left to tell of it; and what was there opens again once it is
/// put back.
#[tokio::test]
async fn no_empty_vault_takes_the_place_of_one_that_is_gone() {
    let (disk, words) = sealed().await;
    let store = Arc::clone(&disk.store);
    let gone = gone(disk.keys);
    for log_records in [0, 1, 7] {
        let error = open_beside(&gone, Begin::IfNew { log_records }).unwrap_err();
        let OpenError::VaultGone(evidence) = &error else {
            panic!("{error}");
        };
        let keys = Some(gone.keys.path().join("buckets"));
        assert_eq!(*evidence, Evidence { keys, log_records });
        assert!(gone.rows().is_empty(), "nothing is left in its place");
    }
    let error = open_beside(&Disk::new(), Begin::IfNew { log_records: 7 }).unwrap_err();
    let told = "there is no vault, although its log has 7 records; put it back";
    assert_eq!(error.to_string(), told);

    let back = Disk {
        store,
        keys: gone.keys,
    };
    let found = back.open().read_committed(&words);
    assert_eq!(found, Ok(content("words")));
}

/// Given a vault that is gone, when somebody says that it is lost, then an empty one is begun: what was
/// sealed is unknown and never mistaken for something else, names are still found equal where the keys
/// are left, and from the next start on nobody has to say it again.
#[tokio::test]
async fn a_vault_that_is_said_to_be_lost_begins_empty_and_what_was_in_it_is_unknown() {
    let (disk, lost) = sealed().await;
    let hash = disk.open().keyed_hash("customer", &["C-1"]);
    let with_keys = gone(disk.keys);
    let without_keys = Disk::new();
    for (disk, keys_are_left) in [(&with_keys, true), (&without_keys, false)] {
        let new = open_beside(disk, Begin::Empty).unwrap();
        assert_eq!(new.read_committed(&lost), Ok(Read::Unknown));
        let words = seal(&new, "other words").await;
        assert_ne!(words.entry, lost.entry);
        let same_hash = new.keyed_hash("customer", &["C-1"]) == hash;
        assert_eq!(same_hash, keys_are_left);
        drop(new);
        for begin in [Begin::Empty, Begin::IfNew { log_records: 7 }] {
            let vault = open_beside(disk, begin).unwrap();
            assert_eq!(vault.read_committed(&words), Ok(content("other words")));
            assert_eq!(vault.read_committed(&lost), Ok(Read::Unknown));
        }
    }
}

/// Given a folder that is not there, or is there and empty as a disk that is not mounted, when it is
/// asked for before the store is opened, then it is refused and nothing is made.
#[test]
fn a_folder_that_is_gone_or_empty_is_noticed_before_anything_is_made_in_it() {
    let place = tempfile::tempdir().unwrap();
    let (store, keys) = (place.path().join("vault"), place.path().join("keys"));
    let beside = |log_records| Begin::IfNew { log_records };
    for there in [false, true] {
        if there {
            fs::create_dir(&store).unwrap();
        }
        assert!(beside(0).check(&store, &keys).is_ok());
        assert!(Begin::Empty.check(&store, &keys).is_ok());
        let refused = beside(1).check(&store, &keys);
        assert!(matches!(refused, Err(OpenError::VaultGone(it)) if it.keys.is_none()));
        assert_eq!((store.exists(), keys.exists()), (there, false));
    }
    fs::create_dir(&keys).unwrap();
    fs::write(keys.join("buckets"), "keys").unwrap();
    let refused = beside(0).check(&store, &keys);
    assert!(matches!(refused, Err(OpenError::VaultGone(it)) if it.keys.is_some()));
    fs::write(store.join("identity"), "a store").unwrap();
    assert!(beside(9).check(&store, &keys).is_ok());
}
