use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redress_store::{Batch, Fault, FaultPlan, MemoryStore, Store, StoreError};
use redress_vault::{Erasure, Read, SubjectId, Vault, VaultError};

use super::disk::{Disk, content, contents, entry, entry_of, noise, seal, someone};

#[tokio::test]
async fn a_failed_write_stops_the_vault_and_what_it_left_is_nobodys_or_whole() {
    for fault in [Fault::NotPersisted, Fault::PersistedButReportedFailed] {
        let disk = Disk::new();
        let vault = disk.open_faulty(FaultPlan::nth(4, fault));
        let before = seal(&vault, "before").await;
        let failed = vault.seal(vec![entry("words")]).await;
        let Err(failure @ VaultError::Store(_)) = failed else {
            panic!("{failed:?}")
        };
        // Whoever comes later hears the reason too.
        let stopped = VaultError::Stopped(failure.to_string());
        assert_eq!(vault.seal(vec![entry("words")]).await, Err(stopped.clone()));
        assert_eq!(vault.read(&before.entry), Err(stopped.clone()));
        assert_eq!(vault.erase_subject(someone()).await, Err(stopped));
        drop(vault);

        let vault = disk.open();
        let left = match fault {
            Fault::PersistedButReportedFailed => vec![content("words"), content("before")],
            Fault::NotPersisted | Fault::PartlyPersisted { .. } => vec![content("before")],
        };
        assert_eq!(contents(&vault), left);
        let again = seal(&vault, "words").await;
        assert_eq!(vault.read_committed(&again), Ok(content("words")));
        assert_eq!(vault.read_committed(&before), Ok(content("before")));
    }
}

/// Entries of somebody who is known, of new people, and a long one, in one group.
async fn seal_many(vault: &Vault) -> Result<(), VaultError> {
    let mut entries = vec![entry("known"), entry(noise(1, 20_000))];
    entries.extend((100..160_u8).map(|n| entry_of(SubjectId::from_bytes([n; 16]), noise(2, 300))));
    vault.seal(entries).await.map(drop)
}

#[tokio::test]
async fn whatever_a_crash_leaves_of_a_group_harms_nobody_and_can_be_sealed_again() {
    let mut cut = 0;
    for batches in 0..100 {
        let disk = Disk::new();
        let first = seal(&disk.open(), "first").await;
        let whole = disk.rows().len();
        let broken = Fault::PartlyPersisted { batches };
        let vault = disk.open_faulty(FaultPlan::nth(1, broken));
        seal_many(&vault).await.unwrap_err();
        drop(vault);
        cut = batches;
        let left = disk.rows().len();

        let vault = disk.open();
        assert_eq!(vault.read_committed(&first), Ok(content("first")));
        // Each subject's list is whole, and leads to nothing that cannot be read.
        let known = contents(&vault);
        assert_eq!(known.last(), Some(&content("first")), "{batches}");
        assert!(known.iter().all(|read| matches!(read, Read::Content(_))));
        for n in 100..160 {
            let entries = vault.entries_of_subject(SubjectId::from_bytes([n; 16]), None, 9);
            for entry in entries.unwrap().entries {
                let read = vault.read(&entry.to_string());
                assert_eq!(read, Ok(content(noise(2, 300))), "{batches}");
            }
        }
        seal_many(&vault).await.unwrap();
        assert_eq!(
            contents(&vault)[..2],
            [content(noise(1, 20_000)), content("known")]
        );
        assert_eq!(vault.read_committed(&first), Ok(content("first")));
        if left >= whole + 60 + 6 {
            break;
        }
    }
    assert!(cut > 60, "all of the group's rows were cut: {cut}");
}

/// Has no space left at the `nth`-th write, and some again afterwards.
#[derive(Debug)]
struct Full {
    inner: Arc<MemoryStore>,
    nth: u64,
    applies: AtomicU64,
}

impl Store for Full {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }

    fn scan(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        self.inner.scan(from, to, limit)
    }

    fn apply(&self, batches: Vec<Batch>) -> Result<(), StoreError> {
        if self.applies.fetch_add(1, Ordering::SeqCst) + 1 == self.nth {
            return Err(StoreError::DiskFull {
                dir: "vault".into(),
                available: 0,
                needed: 1,
            });
        }
        self.inner.apply(batches)
    }

    fn failure(&self) -> Option<String> {
        None
    }
}

#[tokio::test]
async fn a_full_disk_fails_the_call_and_not_the_vault() {
    // Writes 1 and 2 are the opening's, 3 and 4 are seals, 5 announces the next keys, 6 notes an
    // erasure, 7 wraps the bucket again, 8 announces keys without the old one.
    for nth in 3..=8 {
        let disk = Disk::new();
        let inner = Arc::clone(&disk.store);
        let store = Arc::new(Full {
            inner,
            nth,
            applies: AtomicU64::new(0),
        });
        let vault = disk.try_open_on(store).unwrap();
        let neighbour = (0..u16::MAX)
            .map(|n| vault.subject_for(&n.to_string()))
            .find(|subject| bucket(*subject) == bucket(someone()));
        let neighbour = neighbour.unwrap();
        let mut failed = 0;
        let mut sealed = Vec::new();
        for entry in [entry("mine"), entry_of(neighbour, "theirs")] {
            sealed.extend(loop {
                match vault.seal(vec![entry.clone()]).await {
                    Ok(reference) => break reference,
                    Err(error) => assert!(matches!(error, VaultError::DiskFull(_)), "{error}"),
                }
                failed += 1;
            });
        }
        let erased = loop {
            match vault.erase_subject(someone()).await {
                Ok(erased) => break erased,
                Err(error) => assert!(matches!(error, VaultError::DiskFull(_)), "{error}"),
            }
            failed += 1;
        };
        let noted_before = nth >= 7;
        let expected = if noted_before {
            Erasure::AlreadyErased
        } else {
            Erasure::Erased
        };
        assert_eq!((failed, erased), (1, expected), "full at {nth}");
        assert_eq!(vault.read_committed(&sealed[0]), Ok(Read::Erased));
        assert_eq!(vault.read_committed(&sealed[1]), Ok(content("theirs")));
    }
}

/// As the vault counts them: this is part of what is stored.
fn bucket(subject: SubjectId) -> u16 {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(subject.as_bytes());
    u16::from_be_bytes([hash[0], hash[1]]) % 1024
}
