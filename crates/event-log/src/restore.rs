//! A log from exported lines.

use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use redress_envelope::{DecodeError, MAX_RECORD_BYTES};
use redress_evidence::{Frontier, Hash};
use redress_store::Store;

use crate::block::PutError;
use crate::cursor::Cursors;
use crate::identity::{self, Identity};
use crate::open::{self, OpenError};
use crate::segment::{self, FRAME_RECORDS, SealError, Sealable};
use crate::shared::LogConfig;

mod aside;
mod blocks;
mod chain;
mod declare;
mod take_back;

use aside::Aside;
use blocks::Blocks;
use chain::Chain;

pub use chain::Unfit;
pub use declare::Loss;
pub use take_back::{TakeBack, TakeBackError, TakenBack};

#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("line {line}: {error}")]
    Record { line: u64, error: DecodeError },
    #[error("line {line}: the record belongs at {found}; {expected} comes next")]
    Order {
        line: u64,
        expected: u64,
        found: u64,
    },
    #[error("line {line}: the record is of another log than the first")]
    OtherLog { line: u64 },
    #[error("line {line} is longer than a record can be")]
    TooLong { line: u64 },
    #[error("line {line} is cut off, or holds more than a record")]
    Ending { line: u64 },
    #[error("line {line}: the recorded time goes back")]
    Time { line: u64 },
    #[error("the lines end in the middle of a command")]
    HalfCommand,
    #[error(
        "the {records} records have the root {root} and not {expected}: some are missing at the end, \
         or they are not the records that had that root"
    )]
    OtherRoot {
        records: u64,
        root: Hash,
        expected: Hash,
    },
    #[error("there is nothing to restore")]
    Empty,
    #[error("there is a log in {} already", .0.display())]
    LogThere(PathBuf),
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    #[error("{} cannot be made: {error}", path.display())]
    Folder { path: PathBuf, error: io::Error },
    #[error("the lines cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The disk did not take what was to stand in the tail.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Store(#[from] redress_store::StoreError),
    #[error("a block cannot be written: {0}")]
    Put(#[from] PutError),
}

impl RestoreError {
    fn unfit(line: u64, why: Unfit) -> Self {
        match why {
            Unfit::Ending => Self::Ending { line },
            Unfit::Record(error) => Self::Record { line, error },
            Unfit::Order { expected, found } => Self::Order {
                line,
                expected,
                found,
            },
            Unfit::OtherLog => Self::OtherLog { line },
            Unfit::Time => Self::Time { line },
        }
    }
}

/// What was restored.
#[derive(Debug, Clone)]
pub struct Restored {
    pub identity: Identity,
    pub records: u64,
    /// Compare it with a root that left the machine before: it proves that this is the same log.
    pub root: Hash,
}

/// Makes a log in `config.folder` from exported lines. The log keeps its id, so it must be the same
/// log to its end: `expected_root` is a root that was kept elsewhere. Without one nobody can tell
/// whether lines are missing at the end.
///
/// The folder comes into being whole or not at all: what is refused leaves nothing, and the right
/// lines can be restored into the same place.
pub fn restore(
    config: &LogConfig,
    lines: &mut dyn BufRead,
    expected_root: Option<Hash>,
    progress: &mut dyn FnMut(u64),
) -> Result<Restored, RestoreError> {
    must_be_free(&config.folder)?;
    let aside = Aside::begin(config)?;
    let restored = read(&aside.config, lines, expected_root, progress)?;
    must_be_free(&config.folder)?;
    aside.put_in_place(&config.folder)?;
    Ok(restored)
}

fn must_be_free(folder: &Path) -> Result<(), RestoreError> {
    let path = || folder.to_owned();
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => {
            return Err(RestoreError::Folder {
                path: path(),
                error,
            });
        }
    };
    if is_empty {
        Ok(())
    } else if folder.join(identity::NAME).exists() {
        Err(RestoreError::LogThere(path()))
    } else {
        Err(RestoreError::NotEmpty(path()))
    }
}

/// Makes the log where `config` says; it is closed again when this is done.
fn read(
    config: &LogConfig,
    lines: &mut dyn BufRead,
    expected_root: Option<Hash>,
    progress: &mut dyn FnMut(u64),
) -> Result<Restored, RestoreError> {
    let mut restoring = Restoring {
        config,
        store: open::tail_store(config)?,
        chain: Chain::new(),
        waiting: Vec::new(),
        sealed: Frontier::new(),
        starts_command: true,
        expected_root,
    };
    let (mut line, mut text) = (0, Vec::new());
    loop {
        line += 1;
        text.clear();
        let limit = MAX_RECORD_BYTES as u64 + 2;
        if io::Read::take(&mut *lines, limit).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        match text.pop_if(|last| *last == b'\n') {
            None if text.len() > MAX_RECORD_BYTES => return Err(RestoreError::TooLong { line }),
            Some(_) | None => {}
        }
        restoring.take(line, Bytes::copy_from_slice(&text))?;
        if line.is_multiple_of(4096) {
            progress(line);
        }
    }
    restoring.finish()
}

struct Restoring<'a> {
    config: &'a LogConfig,
    store: std::sync::Arc<dyn Store>,
    chain: Chain,
    /// Records that no segment holds yet.
    waiting: Vec<Bytes>,
    sealed: Frontier,
    /// Whether the first of the waiting begins a command.
    starts_command: bool,
    expected_root: Option<Hash>,
}

impl Restoring<'_> {
    fn take(&mut self, line: u64, bytes: Bytes) -> Result<(), RestoreError> {
        let pushed = self.chain.push(&bytes);
        pushed.map_err(|why| RestoreError::unfit(line, why))?;
        self.waiting.push(bytes);
        if self.waiting.len() as u64 == self.config.segment_records {
            self.seal()?;
        }
        Ok(())
    }

    fn seal(&mut self) -> Result<(), RestoreError> {
        let Some(identity) = &self.chain.identity else {
            return Ok(());
        };
        let first = self.sealed.len();
        let sealable = Sealable {
            log: identity.log,
            partition: identity.partition,
            first,
            count: self.waiting.len() as u64,
            frontier_before: self.sealed.clone(),
            starts_command: self.starts_command,
            // The lines do not say how far other logs were consumed: it is consumed again, and
            // reactions know that they happened.
            cursors: Cursors::new(),
        };
        let frames = |position: u64| {
            let at = (position - first) as usize;
            Ok(self.waiting[at..at + FRAME_RECORDS].to_vec())
        };
        segment::write(&self.config.folder.join("segments"), &sealable, &frames)?;
        self.waiting.clear();
        self.sealed = self.chain.frontier.clone();
        self.starts_command = self.chain.ends_command;
        Ok(())
    }

    fn finish(mut self) -> Result<Restored, RestoreError> {
        let Chain {
            identity,
            frontier,
            ends_command,
            ..
        } = self.chain;
        let identity = identity.ok_or(RestoreError::Empty)?;
        if !ends_command {
            return Err(RestoreError::HalfCommand);
        }
        let mut blocks = Blocks::starting_at(self.sealed.len(), Cursors::new());
        for bytes in std::mem::take(&mut self.waiting) {
            blocks.put(self.store.as_ref(), bytes)?;
        }
        blocks.flush(self.store.as_ref())?;
        let (records, root) = (frontier.len(), frontier.root());
        if let Some(expected) = self.expected_root.filter(|expected| *expected != root) {
            return Err(RestoreError::OtherRoot {
                records,
                root,
                expected,
            });
        }
        // Last: what is there without it is no log, and nobody takes half a restore for one.
        identity::write(&self.config.folder, &identity).map_err(|error| RestoreError::Folder {
            path: self.config.folder.clone(),
            error,
        })?;
        Ok(Restored {
            identity,
            records,
            root,
        })
    }
}
