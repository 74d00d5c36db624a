//! sled behind its guard. The table in the crate's documentation says what is guarded against.

mod disk;
mod identity;
mod open;
mod quarantine;
mod waking;

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::{fmt, mem};

pub use open::{OpenError, OpenReport};

use self::waking::Waking;
use crate::store::Pairs;
use crate::{Batch, DirLock, Store, StoreError};

/// After this many bytes a group is flushed and synced before it goes on. sled reuses a segment
/// (512 KiB) once the pages in it live on elsewhere, and counts them as living there before they are
/// synced; it needs at least two further segments for that, so this bound keeps it from happening.
const SYNC_EVERY_BYTES: usize = 128 * 1024;

/// A page that changes is written whole now and then: what a write takes on the disk, at most.
const WRITE_AMPLIFICATION: u64 = 16;

/// What can be chosen when a store is opened.
#[derive(Debug, Clone)]
pub struct SledOptions {
    /// sled's page cache. No limit on memory: a full scan keeps about what it read.
    pub cache_bytes: u64,
    /// Bytes of the disk that an `apply` leaves free, so that a later open has room to work. With 0
    /// nobody looks, and a full disk is found in the middle of a write, which ends the store.
    pub reserve_bytes: u64,
    /// Size of the file that is given up when there is no room to open. 0 = none.
    pub ballast_bytes: u64,
    sync: bool,
}

impl Default for SledOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 8 << 20,
            reserve_bytes: 16 << 20,
            ballast_bytes: 1 << 20,
            sync: true,
        }
    }
}

impl SledOptions {
    /// Loses data in a power cut. It is here for one test: the one that shows that the power-loss
    /// tests would notice if the sync were missing.
    #[doc(hidden)]
    #[must_use]
    pub fn without_sync_to_show_that_tests_notice(mut self) -> Self {
        self.sync = false;
        self
    }
}

/// The durable store of the logs and the vault.
pub struct SledStore {
    // It has a handle of the database, so it goes first.
    waking: Waking,
    // Before the lock, so that sled is closed before the directory is free.
    db: sled::Db,
    dir: PathBuf,
    /// A second descriptor of sled's file: sled keeps its own to itself.
    file: File,
    options: SledOptions,
    /// Held during an apply: there is one order, and a sync covers the writes before it.
    writing: Mutex<()>,
    /// Set once, by the first error.
    failure: OnceLock<String>,
    blobs: disk::Blobs,
    _lock: DirLock,
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore")
            .field("dir", &self.dir)
            .field("failure", &self.failure)
            .finish_non_exhaustive()
    }
}

impl SledStore {
    /// Opens the store in `dir`, and creates it if there has never been one.
    pub fn open(dir: &Path) -> Result<(Self, OpenReport), OpenError> {
        Self::open_with(dir, SledOptions::default())
    }

    pub fn open_with(dir: &Path, options: SledOptions) -> Result<(Self, OpenReport), OpenError> {
        open::open(dir, options, open::Loss::Refuse)
    }

    /// Like [`SledStore::open`], but where the data was quarantined or is missing it begins empty.
    /// Only for a caller that restores what is missing from elsewhere, or was told that it is lost.
    /// [`OpenReport::began_empty_instead_of`] tells whether that happened.
    pub fn open_after_quarantine(
        dir: &Path,
        options: SledOptions,
    ) -> Result<(Self, OpenReport), OpenError> {
        open::open(dir, options, open::Loss::BeginEmpty)
    }

    fn check(&self) -> Result<(), StoreError> {
        match self.failure.get() {
            Some(why) => Err(StoreError::Failed { why: why.clone() }),
            None => Ok(()),
        }
    }

    /// Runs a piece of work on sled; the first error or panic fails the store for good.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, String>) -> Result<T, StoreError> {
        self.check()?;
        let outcome = catch_unwind(AssertUnwindSafe(work));
        let why = match outcome {
            // Another thread may have failed the store meanwhile: then nothing is answered any more.
            Ok(Ok(value)) => return self.check().map(|()| value),
            Ok(Err(why)) => why,
            Err(panic) => format!("sled panicked: {}", open::panic_message(panic.as_ref())),
        };
        let why = self.failure.get_or_init(|| why).clone();
        Err(StoreError::Failed { why })
    }

    fn check_space(&self, batches: &[Batch]) -> Result<(), StoreError> {
        if self.options.reserve_bytes == 0 {
            return Ok(());
        }
        let bytes: usize = batches.iter().map(Batch::bytes).sum();
        let needed = self.options.reserve_bytes + bytes as u64 * WRITE_AMPLIFICATION;
        // An answer that cannot be had is no reason to stop: the write itself will tell.
        let available = disk::available_bytes(&self.file).unwrap_or(u64::MAX);
        if available < needed {
            return Err(StoreError::DiskFull {
                dir: self.dir.clone(),
                available,
                needed,
            });
        }
        Ok(())
    }

    fn write(&self, batches: Vec<Batch>) -> Result<(), String> {
        let mut unsynced_bytes = 0;
        for batch in batches {
            let bytes = batch.bytes();
            if unsynced_bytes > 0 && unsynced_bytes + bytes > SYNC_EVERY_BYTES {
                self.sync()?;
                unsynced_bytes = 0;
            }
            unsynced_bytes += bytes;
            self.apply_one(batch)
                .map_err(|error| format!("write: {error}"))?;
        }
        self.sync()
    }

    /// A batch of one key is atomic by itself, and sled writes it with less ado: for a batch it
    /// closes its buffer before and after.
    fn apply_one(&self, batch: Batch) -> sled::Result<()> {
        if let [(key, value)] = batch.writes().collect::<Vec<_>>()[..] {
            match value {
                Some(value) => self.db.insert(key, value)?,
                None => self.db.remove(key)?,
            };
            return Ok(());
        }
        self.db.apply_batch(sled_batch(batch))
    }

    /// The one place where data becomes durable.
    fn sync(&self) -> Result<(), String> {
        self.db.flush().map_err(|error| format!("flush: {error}"))?;
        // Errors of sled's own threads end up here and nowhere else.
        self.db
            .context
            .global_error()
            .map_err(|error| format!("flush in background: {error}"))?;
        if self.options.sync {
            self.file
                .sync_data()
                .map_err(|error| format!("fdatasync: {error}"))?;
        }
        let blobs = self.blobs.new_files();
        let blobs = blobs.map_err(|error| format!("looking for blobs: {error}"))?;
        if blobs > 0 {
            return Err(format!(
                "sled wrote {blobs} files to blobs/, which it never syncs"
            ));
        }
        Ok(())
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        // Dropping sled makes it flush until nothing is left. After a failure that would be a retry,
        // and may never end: one more handle that is never dropped keeps it from happening.
        if self.failure.get().is_some() {
            mem::forget(self.db.clone());
        }
    }
}

fn sled_batch(batch: Batch) -> sled::Batch {
    let mut writes = sled::Batch::default();
    for (key, value) in batch.into_writes() {
        match value {
            Some(value) => writes.insert(key, value),
            None => writes.remove(key),
        }
    }
    writes
}

impl Store for SledStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if key.is_empty() {
            return self.check().map(|()| None);
        }
        self.guarded(|| {
            let value = self.db.get(key).map_err(|error| format!("read: {error}"))?;
            Ok(value.map(|value| value.to_vec()))
        })
    }

    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Result<Pairs, StoreError> {
        // The empty key is ours and comes first: begin behind it.
        let from = if from.is_empty() {
            identity::FIRST_KEY_BEHIND
        } else {
            from
        };
        self.guarded(|| {
            let range = match to {
                Some(to) if to <= from => return Ok(Vec::new()),
                Some(to) => self.db.range(from..to),
                None => self.db.range(from..),
            };
            let pairs = range.take(limit).map(|pair| {
                let (key, value) = pair.map_err(|error| format!("read: {error}"))?;
                Ok((key.to_vec(), value.to_vec()))
            });
            pairs.collect()
        })
    }

    fn apply(&self, batches: Vec<Batch>) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        self.check()?;
        if batches.iter().all(Batch::is_empty) {
            return Ok(());
        }
        self.check_space(&batches)?;
        let written = self.guarded(|| self.waking.during(|| self.write(batches)));
        if written.is_err() {
            // Readers may have been forgotten too.
            waking::wake_after_an_error(&self.db);
        }
        written
    }

    fn failure(&self) -> Option<String> {
        self.failure.get().cloned()
    }
}
