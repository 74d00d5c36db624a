use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redress_store::{Batch, Fault, FaultPlan, MemoryStore, Store, StoreError};
use redress_vault::{Erasure, Read, VaultError};

use super::disk::{Disk, entry, id, noise, someone};

#[tokio::test]
async fn a_failed_write_stops_the_vault_and_a_repeat_after_the_restart_gives_one_entry() {
    for fault in [Fault::NotPersisted, Fault::PersistedButReportedFailed] {
        let disk = Disk::new();
        let vault = disk.open_faulty(FaultPlan::nth(2, fault));
        let failed = vault.seal(vec![entry("a", "words")]).await;
        let Err(failure @ VaultError::Store(_)) = failed else {
            panic!("{failed:?}")
        };
        // Whoever comes later hears the reason too.
        let stopped = VaultError::Stopped(failure.to_string());
        let sealed = vault.seal(vec![entry("b", "words")]).await;
        assert_eq!(sealed, Err(stopped.clone()));
        assert_eq!(vault.read(&id("a").to_string()), Err(stopped.clone()));
        assert_eq!(vault.erase_subject(someone()).await, Err(stopped));
        drop(vault);

        let vault = disk.open();
        let persisted = fault == Fault::PersistedButReportedFailed;
        let found = vault.read_with_salt(&id("a").to_string()).unwrap();
        let before = match found {
            Read::Content(found) => Some(found.commitment()),
            Read::Erased | Read::Unknown => None,
        };
        assert_eq!(before.is_some(), persisted);
        let again = vault.seal(vec![entry("a", "words")]).await.unwrap();
        assert!(before.is_none_or(|before| before == again[0].commitment));
        assert_eq!(
            vault.read_committed(&again[0]),
            Ok(Read::Content(b"words".to_vec()))
        );
    }
}

#[tokio::test]
async fn an_entry_that_was_cut_off_in_the_middle_is_not_there_and_can_be_sealed_again() {
    let long = noise(1, 300_000);
    for batches in 0..=3 {
        let disk = Disk::new();
        let vault = disk.open_faulty(FaultPlan::nth(2, Fault::PartlyPersisted { batches }));
        vault
            .seal(vec![entry("a", long.clone())])
            .await
            .unwrap_err();
        drop(vault);
        let rows = disk.rows().len();
        assert!(
            batches == 0 || rows > 1,
            "{batches} batches left {rows} rows"
        );

        let vault = disk.open();
        let found = vault.read(&id("a").to_string()).unwrap();
        assert!(found == Read::Unknown || found == Read::Content(long.clone()));
        // A shorter one leaves pieces of the longer behind; they must not be read.
        let content = if found == Read::Unknown {
            noise(2, 100_000)
        } else {
            long.clone()
        };
        vault.seal(vec![entry("a", content.clone())]).await.unwrap();
        assert_eq!(vault.read(&id("a").to_string()), Ok(Read::Content(content)));
    }
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
    // Write 1 is the opening's, 2 and 3 are seals, 4 notes an erasure, 5 wraps the bucket again.
    for nth in 2..=5 {
        let disk = Disk::new();
        let inner = Arc::clone(&disk.store);
        let store = Arc::new(Full {
            inner,
            nth,
            applies: AtomicU64::new(0),
        });
        let vault = disk.try_open_on(store).unwrap();
        let neighbour = (0..u16::MAX)
            .map(|n| entry(&format!("neighbour {n}"), "theirs"))
            .zip((0..u16::MAX).map(|n| vault.subject_for(&n.to_string())))
            .find(|(_, subject)| bucket(*subject) == bucket(someone()));
        let (mut theirs, subject) = neighbour.unwrap();
        theirs.subject = subject;
        let their_id = theirs.id.to_string();
        let mut failed = 0;
        for entry in [entry("a", "mine"), theirs] {
            while let Err(error) = vault.seal(vec![entry.clone()]).await {
                assert!(matches!(error, VaultError::DiskFull(_)), "{error}");
                failed += 1;
            }
        }
        let erased = loop {
            match vault.erase_subject(someone()).await {
                Ok(erased) => break erased,
                Err(error) => assert!(matches!(error, VaultError::DiskFull(_)), "{error}"),
            }
            failed += 1;
        };
        let noted_before = nth == 5;
        let expected = if noted_before {
            Erasure::AlreadyErased
        } else {
            Erasure::Erased
        };
        assert_eq!((failed, erased), (1, expected), "full at {nth}");
        assert_eq!(vault.unfinished_buckets(), Vec::<u16>::new());
        assert_eq!(vault.read(&id("a").to_string()), Ok(Read::Erased));
        assert_eq!(vault.read(&their_id), Ok(Read::Content(b"theirs".to_vec())));
    }
}

/// As the vault counts them: this is part of what is stored.
fn bucket(subject: redress_vault::SubjectId) -> u8 {
    use sha2::Digest;
    sha2::Sha256::digest(subject.as_bytes())[1]
}
