use std::fs;
use std::sync::Arc;

use redress_store::{Batch, MemoryStore, Store};
use redress_vault::{MasterKey, MasterKeySource, OpenError, Read, SeededEntropy, Vault, VaultDirs};

use super::disk::{Disk, entry, id, someone};

async fn sealed() -> Disk {
    let disk = Disk::new();
    disk.open().seal(vec![entry("a", "words")]).await.unwrap();
    disk
}

#[tokio::test]
async fn a_wrong_a_missing_and_a_damaged_key_are_named() {
    let disk = sealed().await;
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
    let found = open().unwrap().read(&id("a").to_string());
    assert_eq!(found, Ok(Read::Content(b"words".to_vec())));

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
    let disk = sealed().await;
    let keys = disk.keys.path().join("buckets");
    let (early_keys, early_rows) = (fs::read(&keys).unwrap(), disk.rows());
    for _ in 0..2 {
        let vault = disk.open();
        vault.rewrap_bucket(3).await.unwrap();
    }
    let late_keys = fs::read(&keys).unwrap();
    fs::write(&keys, early_keys).unwrap();
    assert!(matches!(
        disk.try_open(),
        Err(OpenError::KeysOlderThanStore { .. })
    ));
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
        Err(OpenError::StoreOlderThanKeys { .. })
    ));

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
    let disk = sealed().await;
    disk.open().erase_subject(someone()).await.unwrap();
    disk.open()
        .seal(vec![entry("b", "more words")])
        .await
        .unwrap();
    let mut refused = 0;
    for (key, value) in disk.rows() {
        for place in 0..value.len() {
            let mut flipped = value.clone();
            flipped[place] ^= 1 << (place % 8);
            disk.put(&key, &flipped);
            let Ok(vault) = disk.try_open() else {
                refused += 1;
                // A refused opening changes nothing.
                disk.put(&key, &value);
                continue;
            };
            let (a, b) = (
                vault.read(&id("a").to_string()),
                vault.read(&id("b").to_string()),
            );
            drop(vault);
            assert!(a.is_err() || a == Ok(Read::Erased), "{key:?} {place}");
            assert!(b.is_err() || b == Ok(Read::Content(b"more words".to_vec())));
            let matters = key[0] == b'e' || key[0] == b'k';
            assert_eq!(a.is_err() || b.is_err(), matters, "{key:?} {place}");
            disk.put(&key, &value);
        }
    }
    assert_eq!(
        refused,
        1 + 16 + 8 + 4 + 8,
        "every byte of what the store knows about itself"
    );
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
    disk.open().seal(vec![entry("a", "words")]).await.unwrap();
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
