//! A log that lost its end, and the records that somebody else still holds.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use redress_envelope::Record;
use redress_evidence::Hash;
use redress_store::{DirLock, Store};

use super::aside::Aside;
use super::blocks::Blocks;
use super::chain::{Chain, Unfit};
use super::{RestoreError, WriteError};
use crate::head_note;
use crate::identity::{self, Identity};
use crate::open::{self, Found, OpenError};
use crate::shared::LogConfig;

#[derive(Debug, thiserror::Error)]
pub enum TakeBackError {
    #[error("there is no log in {}", .0.display())]
    NoLog(PathBuf),
    #[error("what was given is not the record at {position}: {why}")]
    Unfit { position: u64, why: Unfit },
    #[error("the records end in the middle of a command, at {position}")]
    HalfCommand { position: u64 },
    #[error("the {records} records have the root {root} and not {expected}")]
    OtherRoot {
        records: u64,
        root: Hash,
        expected: Hash,
    },
    #[error("the log had {noted} records, says {}, and would have {found}", note.display())]
    StillMissing {
        noted: u64,
        found: u64,
        note: PathBuf,
    },
    #[error(
        "the first {size} records would have the root {found} and had {noted}, says {}",
        note.display()
    )]
    OtherHistory {
        size: u64,
        noted: Hash,
        found: Hash,
        note: PathBuf,
    },
    /// To declare that something was lost, something must be known to have been there.
    #[error("the log has {records} records, and nobody says that there had been more")]
    NothingLost { records: u64 },
    #[error("the record at {position} cannot be written: {why}")]
    Unwritable { position: u64, why: String },
    #[error("{} cannot be copied: {error}", path.display())]
    Copy { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Aside(#[from] RestoreError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What was taken back.
#[derive(Debug, Clone)]
pub struct TakenBack {
    pub identity: Identity,
    /// The position of the first record that was missing.
    pub first: u64,
    /// How many were missing.
    pub records: u64,
    /// The root over the whole log.
    pub root: Hash,
}

/// A log in a copy beside it, to which its missing records are appended. The log itself stays as it is
/// until [`finish`](Self::finish) puts the copy in its place: then they are all there, or none is.
#[derive(Debug)]
pub struct TakeBack {
    pub(super) folder: PathBuf,
    // Closed before the copy is moved or removed.
    pub(super) store: Arc<dyn Store>,
    pub(super) blocks: Blocks,
    pub(super) chain: Chain,
    pub(super) identity: Identity,
    pub(super) first: u64,
    last: Option<Bytes>,
    note: PathBuf,
    noted: Option<(u64, Hash)>,
    pub(super) aside: Aside,
    /// Nobody opens the log meanwhile.
    pub(super) lock: DirLock,
}

impl TakeBack {
    /// Copies the log in `config.folder`, which nobody may have open.
    pub fn begin(config: &LogConfig) -> Result<Self, TakeBackError> {
        let folder = config.folder.clone();
        let copied = |error| TakeBackError::Copy {
            path: folder.clone(),
            error,
        };
        if identity::read(&folder).map_err(copied)?.is_none() {
            return Err(TakeBackError::NoLog(folder));
        }
        let lock = open::lock(config)?;
        let (identity, _) = open::identity(config)?;
        let aside = Aside::begin(config)?;
        copy(&folder, &aside.config.folder)?;
        let store = open::tail_store(&aside.config)?;
        let (found, end) = open::find(&aside.config, &identity, store.as_ref())?;
        let last = last_of(&found)?;
        let note = head_note::path(&folder);
        Ok(Self {
            blocks: Blocks::starting_at(end.frontier.len(), end.cursors),
            chain: Chain {
                identity: Some(identity.clone()),
                ends_command: ends_command(found.head.size, last.as_ref())?,
                frontier: end.frontier,
                time: end.time,
            },
            noted: head_note::read(&note, &identity.lives())?,
            first: found.head.size,
            folder,
            store,
            identity,
            last,
            note,
            aside,
            lock,
        })
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How many records there are by now; the next one belongs at this position.
    pub fn size(&self) -> u64 {
        self.chain.frontier.len()
    }

    /// How many records the log itself has.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Whether the last record ends its command: only there a log can end.
    pub fn ends_command(&self) -> bool {
        self.chain.ends_command
    }

    /// The last record that the log itself has.
    pub fn last(&self) -> Option<&Bytes> {
        self.last.as_ref()
    }

    /// How many records there had been at least, says the note beside the log.
    pub fn noted(&self) -> Option<u64> {
        self.noted.map(|(size, _)| size)
    }

    /// Appends the next record, as it was stored.
    pub fn take(&mut self, bytes: Bytes) -> Result<(), TakeBackError> {
        let position = self.size();
        self.chain
            .push(&bytes)
            .map_err(|why| TakeBackError::Unfit { position, why })?;
        self.hold_against_note()?;
        Ok(self.blocks.put(self.store.as_ref(), bytes)?)
    }

    /// Where the log was once noted to be, it must be again.
    fn hold_against_note(&self) -> Result<(), TakeBackError> {
        let size = self.size();
        let Some((_, noted)) = self.noted.filter(|(of, _)| *of == size) else {
            return Ok(());
        };
        let found = self.chain.frontier.root();
        if found == noted {
            return Ok(());
        }
        let note = self.note.clone();
        Err(TakeBackError::OtherHistory {
            size,
            noted,
            found,
            note,
        })
    }

    /// Puts the longer log in place of the one that lacked records. Without a root that was kept
    /// elsewhere nobody can tell whether more are missing at the end.
    pub fn finish(mut self, expected_root: Option<Hash>) -> Result<TakenBack, TakeBackError> {
        let (records, root) = (self.size(), self.chain.frontier.root());
        if !self.chain.ends_command {
            let position = records.saturating_sub(1);
            return Err(TakeBackError::HalfCommand { position });
        }
        if let Some((noted, _)) = self.noted.filter(|(noted, _)| *noted > records) {
            return Err(TakeBackError::StillMissing {
                noted,
                found: records,
                note: self.note,
            });
        }
        if let Some(expected) = expected_root.filter(|expected| *expected != root) {
            return Err(TakeBackError::OtherRoot {
                records,
                root,
                expected,
            });
        }
        let identity = self.write_identity()?;
        self.blocks.flush(self.store.as_ref())?;
        drop(self.store);
        if records > self.first {
            self.aside.exchange(&self.folder)?;
        }
        drop(self.lock);
        Ok(TakenBack {
            identity,
            first: self.first,
            records: records - self.first,
            root,
        })
    }

    /// Writes into the copy which log it is: among what was appended another life of it may have begun.
    pub(super) fn write_identity(&mut self) -> Result<Identity, TakeBackError> {
        let identity = self.chain.identity.take();
        let identity = identity.unwrap_or_else(|| self.identity.clone());
        let folder = &self.aside.config.folder;
        identity::write(folder, &identity).map_err(|error| TakeBackError::Copy {
            path: folder.clone(),
            error,
        })?;
        Ok(identity)
    }
}

fn last_of(found: &Found) -> Result<Option<Bytes>, OpenError> {
    let Some(position) = found.head.size.checked_sub(1) else {
        return Ok(None);
    };
    let place = found.tail.block_of(position);
    if let Some(block) = place.and_then(|place| found.tail.recent(place.first)) {
        return Ok(block.records.last().cloned());
    }
    let Some(segment) = found.segments.last() else {
        return Ok(None);
    };
    let frame = segment.frame(segment.frames().len().saturating_sub(1))?;
    Ok(frame.last().cloned())
}

fn ends_command(size: u64, last: Option<&Bytes>) -> Result<bool, OpenError> {
    let Some(bytes) = last else { return Ok(true) };
    let position = size.saturating_sub(1);
    let record = Record::decode(bytes);
    let record = record.map_err(|error| OpenError::Record { position, error })?;
    Ok(record.command_end)
}

/// Everything but the lock. Segments never change, so the copy shares them.
fn copy(from: &Path, to: &Path) -> Result<(), TakeBackError> {
    let entries = || -> io::Result<Vec<fs::DirEntry>> { fs::read_dir(from)?.collect() };
    let failed = |path: &Path, error| TakeBackError::Copy {
        path: path.to_owned(),
        error,
    };
    for entry in entries().map_err(|error| failed(from, error))? {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == "lock" {
            continue;
        }
        if path.is_dir() {
            let made = fs::create_dir_all(&target);
            made.map_err(|error| failed(&target, error))?;
            copy(&path, &target)?;
        } else {
            copy_file(&path, &target).map_err(|error| failed(&path, error))?;
        }
    }
    let synced = File::open(to).and_then(|folder| folder.sync_all());
    synced.map_err(|error| failed(to, error))
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let is_segment = from.extension().is_some_and(|it| it == "seg");
    if is_segment && fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to)?;
    File::open(to)?.sync_all()
}
