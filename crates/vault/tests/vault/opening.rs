use std::fs;
use std::sync::Arc;

use redress_envelope::VaultRef;
use redress_store::{Batch, MemoryStore, Store};
use redress_vault::{MasterKey, MasterKeySource, OpenError, Read, SeededEntropy, Vault, VaultDirs};

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
        Vault::open_with(dirs, &source, Arc::new(SeededEntropy(7)))
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

#[tokio::test]
async fn a_first_start_that_was_cut_off_is_taken_up() {
    let disk = Disk::new();
    drop(disk.open());
    // The keys were written, the store was not.
    let disk = Disk {
        store: Arc::default(),
        keys: disk.keys,
    };
    seal(&disk.open(), "words").await;
    fs::remove_file(disk.keys.path().join("buckets")).unwrap();
    let empty = Disk {
        store: Arc::default(),
        keys: disk.keys,
    };
    drop(empty.open());

    let unknown = Disk::new();
    unknown.put(b"e-something", b"x");
    assert!(matches!(
        unknown.try_open(),
        Err(OpenError::StoreDamaged { .. })
    ));
}
