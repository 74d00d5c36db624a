//! What outlives a restart, and a store that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redress_envelope::VaultRef;
use redress_store::{Batch, FaultPlan, FaultyStore, MemoryStore, Store, StoreError};
use redress_vault::{Class, NewEntry, OpenError, Read, SeededEntropy, SubjectId, Vault, VaultDirs};
use tempfile::TempDir;

pub(crate) struct Disk {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) keys: TempDir,
}

impl Disk {
    pub(crate) fn new() -> Self {
        Self {
            store: Arc::default(),
            keys: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn open(&self) -> Vault {
        self.try_open().unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Vault, OpenError> {
        self.try_open_on(Arc::clone(&self.store) as Arc<dyn Store>)
    }

    pub(crate) fn open_faulty(&self, plan: FaultPlan) -> Vault {
        self.try_open_on(Arc::new(FaultyStore::new(Arc::clone(&self.store), plan)))
            .unwrap()
    }

    pub(crate) fn open_counting(&self, flush: Duration) -> (Vault, Arc<Counting>) {
        let inner = Arc::clone(&self.store);
        let store = Arc::new(Counting {
            inner,
            flush,
            applies: AtomicU64::new(0),
        });
        let vault = self
            .try_open_on(Arc::clone(&store) as Arc<dyn Store>)
            .unwrap();
        store.applies.store(0, Ordering::SeqCst);
        (vault, store)
    }

    pub(crate) fn try_open_on(&self, store: Arc<dyn Store>) -> Result<Vault, OpenError> {
        let dirs = VaultDirs {
            store,
            keys_dir: self.keys.path().to_owned(),
        };
        Vault::open(dirs, Arc::new(SeededEntropy(7)))
    }

    pub(crate) fn rows(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.store.scan(b"", None, usize::MAX).unwrap()
    }

    pub(crate) fn put(&self, key: &[u8], value: &[u8]) {
        let mut batch = Batch::new();
        batch.put(key, value).unwrap();
        self.store.apply(vec![batch]).unwrap();
    }
}

/// Counts the flushes, each of which takes a while.
#[derive(Debug)]
pub(crate) struct Counting {
    inner: Arc<MemoryStore>,
    flush: Duration,
    applies: AtomicU64,
}

impl Counting {
    pub(crate) fn applies(&self) -> u64 {
        self.applies.load(Ordering::SeqCst)
    }
}

impl Store for Counting {
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
        self.applies.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(self.flush);
        self.inner.apply(batches)
    }

    fn failure(&self) -> Option<String> {
        None
    }
}

pub(crate) fn someone() -> SubjectId {
    SubjectId::from_bytes([9; 16])
}

pub(crate) fn entry(content: impl Into<Vec<u8>>) -> NewEntry {
    entry_of(someone(), content)
}

pub(crate) fn entry_of(subject: SubjectId, content: impl Into<Vec<u8>>) -> NewEntry {
    let class = Class::new("words").unwrap();
    NewEntry {
        subject,
        class,
        content: content.into(),
    }
}

pub(crate) async fn seal(vault: &Vault, content: impl Into<Vec<u8>>) -> VaultRef {
    let sealed = vault.seal(vec![entry(content)]).await.unwrap();
    sealed.into_iter().next().unwrap()
}

pub(crate) fn content(text: impl Into<Vec<u8>>) -> Read {
    Read::Content(text.into())
}

/// The contents of someone's entries, newest first.
pub(crate) fn contents(vault: &Vault) -> Vec<Read> {
    let listed = vault.entries_of_subject(someone(), None, 1000).unwrap();
    assert_eq!((listed.next, listed.broken), (None, None));
    let read = listed
        .entries
        .iter()
        .map(|entry| vault.read(&entry.to_string()).unwrap());
    read.collect()
}

/// Bytes that no compressor makes shorter.
pub(crate) fn noise(seed: u64, bytes: usize) -> Vec<u8> {
    let mut noise = vec![0; bytes];
    redress_vault::Entropy::fill(&SeededEntropy(seed), &[], &mut noise).unwrap();
    noise
}
