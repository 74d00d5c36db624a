//! Rows of views, in fjall: much faster than sled for random updates, and bounded in memory.
//!
//! A commit is atomic and survives the end of the process, but is not synced: after a power cut the
//! rows may be older than they were, never torn. A view stores the positions it has reached in the
//! same batch as its rows, so it folds again from wherever it finds itself.
//!
//! Many rows at once are better [ingested](RowStore::ingest): they become a file of their own, past
//! the journal and the memtable, which is as atomic and takes a fraction of the time.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Bound, ControlFlow};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fjall::compaction::Leveled;
use fjall::config::{BlockSizePolicy, CompressionPolicy, PartitioningPolicy};
use fjall::{
    CompressionType, Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode,
};
use thiserror::Error;

use crate::store::Pairs;
use crate::{DirLock, LockError};

/// fjall stores a key's length in two bytes and panics beyond.
const MAX_ROW_KEY_BYTES: usize = 65_535;

/// New files are merged with the old ones when so many have come: each time nearly all the rows of the
/// next level are written again. fjall slows writers down from 20 files on.
const MERGED_FILES: u8 = 12;
/// The next level may have as many bytes as so many files of this size.
const TABLE_BYTES: u64 = 16 << 20;

/// How much memory the rows may take, roughly: the cache and two memtables.
#[derive(Debug, Clone, Copy)]
pub struct RowStoreOptions {
    pub cache_bytes: u64,
    pub memtable_bytes: u64,
}

impl Default for RowStoreOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 16 << 20,
            memtable_bytes: 8 << 20,
        }
    }
}

pub struct RowStore {
    // Before the lock, so that the files are closed before the directory is free.
    rows: Keyspace,
    database: Database,
    dir: PathBuf,
    _lock: DirLock,
}

#[derive(Debug, Error)]
pub enum RowError {
    // A cause of its own, so that whoever asks for it finds it: see `LockError::behind`.
    #[error("{0}")]
    Locked(#[from] LockError),
    #[error("a row's key has {bytes} bytes; between 1 and {MAX_ROW_KEY_BYTES} are allowed")]
    KeyLength { bytes: usize },
    #[error("rows were handed in that are not in order")]
    Order,
    #[error("the rows in {dir} cannot be used: {why}; they can be deleted and folded again")]
    Broken { dir: PathBuf, why: String },
}

/// A row's key, and what it becomes; `None` is its removal.
pub type RowChange<'a> = (Cow<'a, [u8]>, Option<Cow<'a, [u8]>>);

/// Takes a row, or the key of one that is removed.
pub type PutRow<'a> = dyn FnMut(&[u8], Option<&[u8]>) -> Result<(), RowError> + 'a;

/// What became of rows that were handed in one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ingested {
    All,
    /// Who handed them in stopped on the way.
    Nothing,
}

/// Row changes that happen together or not at all, of any size.
pub struct RowBatch<'a> {
    writes: OwnedWriteBatch,
    store: &'a RowStore,
}

impl fmt::Debug for RowBatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowBatch")
            .field("rows", &self.writes.len())
            .finish_non_exhaustive()
    }
}

impl RowBatch<'_> {
    /// Writes them. Not synced: see the module's first lines.
    pub fn commit(self) -> Result<(), RowError> {
        let Self { writes, store } = self;
        writes.commit().map_err(|error| broken(&store.dir, &error))
    }
}

impl fmt::Debug for RowStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowStore")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl RowStore {
    pub fn open(dir: &Path) -> Result<Self, RowError> {
        Self::open_with(dir, RowStoreOptions::default())
    }

    pub fn open_with(dir: &Path, options: RowStoreOptions) -> Result<Self, RowError> {
        std::fs::create_dir_all(dir).map_err(|error| broken(dir, &error))?;
        let lock = DirLock::acquire(dir)?;
        let open = || -> fjall::Result<(Database, Keyspace)> {
            let database = Database::builder(dir.join("fjall"))
                .cache_size(options.cache_bytes)
                // fjall takes no less; the journal goes as soon as its memtables are on disk.
                .max_journaling_size(64 << 20)
                .worker_threads(1)
                .open()?;
            let rows = database.keyspace("rows", || {
                KeyspaceCreateOptions::default()
                    .max_memtable_size(options.memtable_bytes)
                    // Each from the second level on: what is new is small and soon merged. There a
                    // filter of one piece is hundreds of kilobytes, and a look for one key reads it.
                    .data_block_compression_policy(CompressionPolicy::new([
                        CompressionType::None,
                        CompressionType::Lz4,
                    ]))
                    .data_block_size_policy(BlockSizePolicy::new([4 << 10, 8 << 10]))
                    .filter_block_partitioning_policy(PartitioningPolicy::new([false, true]))
                    .index_block_partitioning_policy(PartitioningPolicy::new([false, true]))
                    .compaction_strategy(Arc::new(
                        Leveled::default()
                            .with_l0_threshold(MERGED_FILES)
                            .with_table_target_size(TABLE_BYTES),
                    ))
            })?;
            Ok((database, rows))
        };
        let (database, rows) = std::panic::catch_unwind(open)
            .map_err(|_| broken(dir, &"fjall panicked while opening them"))?
            .map_err(|error| broken(dir, &error))?;
        Ok(Self {
            rows,
            database,
            dir: dir.to_owned(),
            _lock: lock,
        })
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowError> {
        let value = self
            .rows
            .get(key)
            .map_err(|error| broken(&self.dir, &error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    /// The rows with keys in `[from, to)` in order, at most `limit`; `None` means to the end.
    pub fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Result<Pairs, RowError> {
        let mut pairs = Vec::new();
        if limit == 0 {
            return Ok(pairs);
        }
        self.for_each(from, to, |key, value| {
            pairs.push((key.to_vec(), value.to_vec()));
            if pairs.len() == limit {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        Ok(pairs)
    }

    /// Shows the rows with keys in `[from, to)` in order, as of the call, without holding them all.
    pub fn for_each(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        mut see: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), RowError> {
        if to.is_some_and(|to| to <= from) {
            return Ok(());
        }
        let end = to.map_or(Bound::Unbounded, Bound::Excluded);
        for row in self.rows.range::<&[u8], _>((Bound::Included(from), end)) {
            let (key, value) = row
                .into_inner()
                .map_err(|error| broken(&self.dir, &error))?;
            if see(&key, &value).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// [`for_each`](Self::for_each) from the last row to the first.
    pub fn for_each_back(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        mut see: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), RowError> {
        if to.is_some_and(|to| to <= from) {
            return Ok(());
        }
        let end = to.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.rows.range::<&[u8], _>((Bound::Included(from), end));
        for row in rows.rev() {
            let (key, value) = row
                .into_inner()
                .map_err(|error| broken(&self.dir, &error))?;
            if see(&key, &value).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Collects rows whose keys rise, to be written together.
    pub fn batch<'a>(
        &self,
        rows: impl Iterator<Item = RowChange<'a>>,
    ) -> Result<RowBatch<'_>, RowError> {
        let mut writes = self.database.batch();
        let mut order = Order::default();
        for (key, value) in rows {
            order.check(&key)?;
            match value {
                Some(value) => writes.insert(&self.rows, &*key, &*value),
                None => writes.remove(&self.rows, &*key),
            }
        }
        Ok(RowBatch {
            writes,
            store: self,
        })
    }

    /// Writes rows whose keys rise into a file of their own: atomically, and synced. For many rows;
    /// each call leaves a file that has to be merged with the others later.
    pub fn ingest<'a>(&self, rows: impl Iterator<Item = RowChange<'a>>) -> Result<(), RowError> {
        self.ingest_with(|put| {
            for (key, value) in rows {
                put(&key, value.as_deref())?;
            }
            Ok(Ingested::All)
        })
        .map(drop)
    }

    /// [`ingest`](Self::ingest) of what `write` puts; of nothing where it stopped.
    pub fn ingest_with(
        &self,
        write: impl FnOnce(&mut PutRow<'_>) -> Result<Ingested, RowError>,
    ) -> Result<Ingested, RowError> {
        let failed = |error: fjall::Error| broken(&self.dir, &error);
        let mut files = self.rows.start_ingestion().map_err(failed)?;
        let mut order = Order::default();
        let ingested = write(&mut |key, value| {
            order.check(key)?;
            match value {
                Some(value) => files.write(key, value),
                None => files.write_tombstone(key),
            }
            .map_err(failed)
        })?;
        match ingested {
            Ingested::All => files.finish().map_err(failed)?,
            Ingested::Nothing => drop(files),
        }
        Ok(ingested)
    }

    /// Bytes that may still be written to the file system of a folder.
    pub fn room_in(dir: &Path) -> Result<u64, RowError> {
        let space = rustix::fs::statvfs(dir).map_err(|error| broken(dir, &error))?;
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    }

    /// Returns once everything committed is on the disk.
    pub fn persist(&self) -> Result<(), RowError> {
        self.database
            .persist(PersistMode::SyncAll)
            .map_err(|error| broken(&self.dir, &error))
    }

    /// Bytes on the disk, journal included; an approximation.
    pub fn approximate_bytes(&self) -> Result<u64, RowError> {
        self.database
            .disk_space()
            .map_err(|error| broken(&self.dir, &error))
    }
}

/// What is known of the keys so far. fjall panics where one is too long or out of order.
#[derive(Default)]
pub(crate) struct Order {
    last: Vec<u8>,
}

impl Order {
    pub(crate) fn check(&mut self, key: &[u8]) -> Result<(), RowError> {
        if key.is_empty() || key.len() > MAX_ROW_KEY_BYTES {
            return Err(RowError::KeyLength { bytes: key.len() });
        }
        if key <= self.last.as_slice() {
            return Err(RowError::Order);
        }
        key.clone_into(&mut self.last);
        Ok(())
    }
}

pub(crate) fn broken(dir: &Path, why: &dyn fmt::Display) -> RowError {
    RowError::Broken {
        dir: dir.to_owned(),
        why: why.to_string(),
    }
}
