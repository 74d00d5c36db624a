//! One generation of a view: its rows on the disk and how far they have come.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use redress_envelope::Cause;
use redress_evidence::Hash;
use redress_store::{Ingested, RowChange, RowError, RowStore, RowStoreOptions, StagedRows};
use sha2::{Digest, Sha256};

use crate::batch::Batch;
use crate::overlay::See;
use crate::progress::{Followed, Progress};
use crate::rows::after_prefix;

/// The view's own books, before all rows.
const PROGRESS_KEY: &[u8] = &[0];
/// What every row's key begins with.
const ROW: u8 = 1;
/// In the directory of a generation that has not caught up yet.
pub(crate) const BUILDING: &str = "building";
/// Where its rows are until they are sorted.
const STAGED: &str = "staged";

#[derive(Debug)]
pub(crate) struct Generation {
    // Before the directory, which may be removed once the files are closed.
    store: RowStore,
    /// The rows of a generation that is being built, until they are sorted into the store.
    staged: RwLock<Option<Arc<StagedRows>>>,
    dir: Directory,
    building: AtomicBool,
    /// Held for writing while rows and progress change together.
    commits: RwLock<()>,
    progress: Mutex<Arc<Progress>>,
    /// The causes that held back each log when it was last looked at.
    pub(crate) waiting: Mutex<Vec<Option<Cause>>>,
}

#[derive(Debug)]
struct Directory {
    path: PathBuf,
    obsolete: AtomicBool,
}

impl Drop for Directory {
    fn drop(&mut self) {
        if self.obsolete.load(Ordering::Acquire)
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "old rows cannot be removed");
        }
    }
}

impl Generation {
    /// Opens the rows; `None` if they were folded from other logs or their books cannot be read.
    pub(crate) fn open(
        path: &Path,
        followed: &[Followed],
        options: RowStoreOptions,
    ) -> Result<Option<Self>, RowError> {
        let store = RowStore::open_with(path, options)?;
        let none = Progress::none(followed);
        let building = path.join(BUILDING).exists();
        let staged_dir = path.join(STAGED);
        let (progress, staged) = match store.get(PROGRESS_KEY)? {
            Some(bytes) => {
                // They are in the store since the process ended that was about to remove them.
                remove_staged(&staged_dir)?;
                (serde_json::from_slice(&bytes).ok(), None)
            }
            None if building => {
                let staged = StagedRows::open(&staged_dir)?;
                let progress = match staged.note() {
                    Some(books) => serde_json::from_slice(&books).ok(),
                    None => Some(none.clone()),
                };
                (progress, Some(Arc::new(staged)))
            }
            // A generation is finished with its books written; one that has none has no rows.
            None => (None, None),
        };
        let usable = progress.filter(|progress: &Progress| progress.places == none.places);
        Ok(usable.map(|progress| Self {
            store,
            staged: RwLock::new(staged),
            dir: Directory {
                path: path.to_owned(),
                obsolete: AtomicBool::new(false),
            },
            building: AtomicBool::new(building),
            commits: RwLock::new(()),
            progress: Mutex::new(Arc::new(progress)),
            waiting: Mutex::new(Vec::new()),
        }))
    }

    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes rows and progress: both or neither.
    pub(crate) fn commit(&self, batch: &Batch, progress: Progress) -> Result<(), RowError> {
        if let Some(staged) = self.staged() {
            return self.stage(&staged, batch, progress);
        }
        let batch = self.store.batch(with_books(batch, &progress))?;
        let _no_reader = self.commits.write().unwrap_or_else(PoisonError::into_inner);
        batch.commit()?;
        self.set_progress(progress);
        Ok(())
    }

    /// [`commit`](Self::commit) of many rows that nobody reads yet.
    pub(crate) fn ingest(&self, batch: &Batch, progress: Progress) -> Result<(), RowError> {
        if let Some(staged) = self.staged() {
            return self.stage(&staged, batch, progress);
        }
        self.store.ingest(with_books(batch, &progress))?;
        self.set_progress(progress);
        Ok(())
    }

    fn stage(
        &self,
        staged: &StagedRows,
        batch: &Batch,
        progress: Progress,
    ) -> Result<(), RowError> {
        let rows = batch.rows(|key| row_key(key).into());
        staged.add(rows, batch.changes.len(), books(&progress))?;
        self.set_progress(progress);
        Ok(())
    }

    fn staged(&self) -> Option<Arc<StagedRows>> {
        let staged = self.staged.read().unwrap_or_else(PoisonError::into_inner);
        staged.clone()
    }

    pub(crate) fn is_staged(&self) -> bool {
        self.staged().is_some()
    }

    /// Sorts the rows of a generation that has been built into its store, from which it can be served;
    /// nothing may be written meanwhile. A process that ends on the way finds them as they were.
    pub(crate) fn sort(&self, goes_on: &dyn Fn() -> bool) -> Result<Ingested, RowError> {
        let Some(staged) = self.staged() else {
            return Ok(Ingested::All);
        };
        let books = books(&self.progress());
        let ingested = self.store.ingest_with(|put| {
            put(PROGRESS_KEY, Some(&books))?;
            staged.pour(put, goes_on)
        })?;
        match ingested {
            Ingested::All => {
                *self.staged.write().unwrap_or_else(PoisonError::into_inner) = None;
                remove_staged(&self.dir.path.join(STAGED))?;
            }
            Ingested::Nothing => {}
        }
        Ok(ingested)
    }

    fn set_progress(&self, progress: Progress) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(progress);
    }

    /// Whether it has never been served.
    pub(crate) fn is_building(&self) -> bool {
        self.building.load(Ordering::Acquire)
    }

    /// Runs `read` while nothing is written.
    pub(crate) fn between_commits<T>(&self, read: impl FnOnce() -> T) -> T {
        let _no_writer = self.commits.read().unwrap_or_else(PoisonError::into_inner);
        read()
    }

    /// From now on, also after a restart, this generation may be served.
    pub(crate) fn finish(&self) -> Result<(), RowError> {
        self.sort(&|| true)?;
        self.commit(&Batch::default(), Progress::clone(&self.progress()))?;
        self.store.persist()?;
        match fs::remove_file(self.dir.path.join(BUILDING)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(RowError::Broken {
                dir: self.dir.path.clone(),
                why: error.to_string(),
            }),
            Ok(()) | Err(_) => {
                self.building.store(false, Ordering::Release);
                Ok(())
            }
        }
    }

    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowError> {
        match self.staged() {
            Some(staged) => staged.get(&row_key(key)),
            None => self.store.get(&row_key(key)),
        }
    }

    /// Shows the rows with keys in `[from, to)` in order; `None` means to the end.
    pub(crate) fn for_each(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        see: &mut See<'_>,
    ) -> Result<(), RowError> {
        let end = to.map_or_else(|| after_prefix(&[ROW]), |to| Some(row_key(to)));
        let (from, end) = (row_key(from), end.as_deref());
        let see = |key: &[u8], value: &[u8]| see(&key[1..], value);
        match self.staged() {
            Some(staged) => staged.for_each(&from, end, see),
            None => self.store.for_each(&from, end, see),
        }
    }

    /// [`for_each`](Self::for_each) from the last row to the first. Of rows that are being built, which
    /// nobody reads yet, they are held meanwhile.
    pub(crate) fn for_each_back(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        see: &mut See<'_>,
    ) -> Result<(), RowError> {
        let end = to.map_or_else(|| after_prefix(&[ROW]), |to| Some(row_key(to)));
        let (from, end) = (row_key(from), end.as_deref());
        let mut see = |key: &[u8], value: &[u8]| see(&key[1..], value);
        let Some(staged) = self.staged() else {
            return self.store.for_each_back(&from, end, see);
        };
        let mut rows = Vec::new();
        staged.for_each(&from, end, |key, value| {
            rows.push((key.to_vec(), value.to_vec()));
            ControlFlow::Continue(())
        })?;
        for (key, value) in rows.iter().rev() {
            if see(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.dir.path
    }

    /// The directory goes when nobody reads it any more.
    pub(crate) fn retire(&self) {
        self.dir.obsolete.store(true, Ordering::Release);
    }

    pub(crate) fn digest(&self) -> Result<Hash, RowError> {
        digest_of(|see| {
            self.for_each(&[], None, &mut |key, value| {
                see(key, value);
                ControlFlow::Continue(())
            })
        })
    }

    pub(crate) fn approximate_bytes(&self) -> Result<u64, RowError> {
        self.store.approximate_bytes()
    }
}

fn remove_staged(dir: &Path) -> Result<(), RowError> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(RowError::Broken {
            dir: dir.to_owned(),
            why: error.to_string(),
        }),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn with_books<'a>(batch: &'a Batch, progress: &Progress) -> impl Iterator<Item = RowChange<'a>> {
    let books = (PROGRESS_KEY.into(), Some(books(progress).into()));
    std::iter::once(books).chain(batch.rows(|key| row_key(key).into()))
}

fn row_key(key: &[u8]) -> Vec<u8> {
    [&[ROW], key].concat()
}

fn books(progress: &Progress) -> Vec<u8> {
    // Texts, numbers and maps with text keys: nothing in it can fail to be written.
    serde_json::to_vec(progress).unwrap_or_default()
}

/// SHA-256 over all rows in order: each key and value preceded by its length.
pub(crate) fn digest_of<E>(
    rows: impl FnOnce(&mut dyn FnMut(&[u8], &[u8])) -> Result<(), E>,
) -> Result<Hash, E> {
    let mut digest = Sha256::new();
    rows(&mut |key, value| {
        for part in [key, value] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
    })?;
    Ok(Hash::from(<[u8; 32]>::from(digest.finalize())))
}
