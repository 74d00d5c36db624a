//! Finding out what is there: segments first, then the tail behind them.

use std::cmp::Ordering;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redress_envelope::{DecodeError, LogId, Record};
use redress_evidence::{Frontier, Hash, leaf_hash};
use redress_store::{DirLock, LockError, SledStore, Store, StoreError};

use crate::block::{self, Block, BlockError, KEY_PREFIX, chunk_key, read_chunk_key};
use crate::cursor::{self, Cursors};
use crate::history::ReadError;
use crate::identity::{self, Identity};
use crate::keys::RecordKeys;
use crate::lives::Lives;
use crate::segment::{Segment, SegmentError};
use crate::shared::{Head, LogConfig};
use crate::tail::Tail;
use crate::writer::{CURSORS_KEY, End};

/// More would not fit the segment format, nor anybody's patience while sealing.
const MAX_SEGMENT_RECORDS: u64 = 1 << 24;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the folder {}: {error}", path.display())]
    Folder { path: PathBuf, error: io::Error },
    // A cause of its own, so that whoever asks for it finds it: see `LockError::behind`.
    #[error("{0}")]
    Lock(#[from] LockError),
    #[error("the tail cannot be opened: {0}")]
    Tail(#[from] redress_store::OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Segment(#[from] SegmentError),
    #[error(
        "{} names the log {found} of tenant `{tenant}`, not the one asked for",
        path.display()
    )]
    OtherLog {
        path: PathBuf,
        found: String,
        tenant: String,
    },
    #[error("the records from {from} to {to} are missing")]
    Gap { from: u64, to: u64 },
    #[error("the block at {position} cannot be read: {error}")]
    Block { position: u64, error: BlockError },
    #[error("the record at {position} cannot be read: {error}")]
    Record { position: u64, error: DecodeError },
    #[error("the record at {position} says that it is at {found}")]
    Misplaced { position: u64, found: u64 },
    #[error("the segment {} belongs to the log {found}", path.display())]
    StraySegment { path: PathBuf, found: LogId },
    #[error("the record at {position} belongs to the log {found}")]
    StrayRecord { position: u64, found: LogId },
    #[error("the cursors in the tail are damaged")]
    Cursors,
    #[error(
        "the log has {found} records and had {noted}: its tail is missing, or it was restored from \
         something older; take the missing records back from its stream (`redress log take-back`), or \
         bring back a newer copy, or declare them lost (`redress log declare-lost`); {} says so",
        note.display()
    )]
    TailMissing {
        noted: u64,
        found: u64,
        note: PathBuf,
    },
    #[error(
        "the first {size} records have the root {found} and had {noted}: they are not the records \
         that were written ({})",
        note.display()
    )]
    OtherHistory {
        size: u64,
        noted: Hash,
        found: Hash,
        note: PathBuf,
    },
    #[error("the records before the end cannot be read: {0}")]
    Read(#[from] ReadError),
    #[error("segments hold a multiple of 256 records, 256 to {MAX_SEGMENT_RECORDS}; {0} is none")]
    SegmentRecords(u64),
    #[error("a tenant or service is named by 1 to 64 of A-Z a-z 0-9 . _ -, not by `{0}`")]
    Name(String),
    #[error("the writer cannot be started: {0}")]
    Thread(io::Error),
}

impl OpenError {
    /// The first position that cannot be read, where it is known.
    pub fn position(&self) -> Option<u64> {
        match self {
            Self::Segment(error) => error.position(),
            Self::Read(error) => error.position(),
            Self::Gap { from, .. } => Some(*from),
            Self::TailMissing { found, .. } => Some(*found),
            Self::Block { position, .. }
            | Self::Record { position, .. }
            | Self::StrayRecord { position, .. }
            | Self::Misplaced { position, .. } => Some(*position),
            Self::Folder { .. }
            | Self::Lock(_)
            | Self::Tail(_)
            | Self::Store(_)
            | Self::OtherLog { .. }
            | Self::StraySegment { .. }
            | Self::Cursors
            | Self::OtherHistory { .. }
            | Self::SegmentRecords(_)
            | Self::Name(_)
            | Self::Thread(_) => None,
        }
    }
}

/// What was on the disk.
pub(crate) struct Found {
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) tail: Tail,
    pub(crate) cursors: Cursors,
    pub(crate) head: Head,
    /// Blocks that a segment holds too: a crash came before they left the tail.
    pub(crate) leftover: Vec<u64>,
}

pub(crate) fn lock(config: &LogConfig) -> Result<DirLock, OpenError> {
    let records = config.segment_records;
    if !(1..=MAX_SEGMENT_RECORDS).contains(&records) || !records.is_multiple_of(256) {
        return Err(OpenError::SegmentRecords(records));
    }
    // Both stand between slashes and commas in records and tokens.
    let is_name = |name: &str| {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        (1..=64).contains(&name.len()) && name.bytes().all(good)
    };
    for name in [&config.tenant, &config.service] {
        if !is_name(name) {
            return Err(OpenError::Name(name.clone()));
        }
    }
    let segments = config.folder.join("segments");
    fs::create_dir_all(&segments).map_err(|error| OpenError::Folder {
        path: segments.clone(),
        error,
    })?;
    Ok(DirLock::acquire(&config.folder)?)
}

pub(crate) fn tail_store(config: &LogConfig) -> Result<Arc<dyn Store>, OpenError> {
    let (store, report) = SledStore::open(&config.folder.join("tail"))?;
    tracing::debug!(?report, "the tail is open");
    Ok(Arc::new(store))
}

/// What the folder says of itself, and whether it does; else what it will say once it begins.
pub(crate) fn identity(config: &LogConfig) -> Result<(Identity, bool), OpenError> {
    let folder = |error| OpenError::Folder {
        path: config.folder.join(identity::NAME),
        error,
    };
    if let Some(identity) = identity::read(&config.folder).map_err(folder)? {
        let same = identity.tenant == config.tenant
            && identity.service == config.service
            && identity.partition == config.partition;
        return if same {
            Ok((identity, true))
        } else {
            let found = identity.place();
            Err(OpenError::OtherLog {
                path: config.folder.join(identity::NAME),
                found,
                tenant: identity.tenant,
            })
        };
    }
    let identity = Identity {
        tenant: config.tenant.clone(),
        service: config.service.clone(),
        partition: config.partition,
        log: config.new_log_id,
        earlier: Vec::new(),
    };
    Ok((identity, false))
}

/// Begins a log: the last step before its first record, once it is known that the folder holds no
/// records of another.
pub(crate) fn begin(config: &LogConfig, identity: &Identity) -> Result<(), OpenError> {
    let folder = |error| OpenError::Folder {
        path: config.folder.clone(),
        error,
    };
    identity::write(&config.folder, identity).map_err(folder)?;
    sync_names_of(&config.folder).map_err(folder)
}

/// Makes the names of the folders above durable: a synced file in a folder that a power cut takes
/// away is lost too.
pub(crate) fn sync_names_of(folder: &Path) -> io::Result<()> {
    let folder = fs::canonicalize(folder)?;
    for above in folder.ancestors().skip(1) {
        // What is not ours to read was not made by us.
        let Ok(opened) = fs::File::open(above) else {
            break;
        };
        match opened.sync_all() {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => break,
            synced => synced?,
        }
    }
    Ok(())
}

pub(crate) fn find(
    config: &LogConfig,
    identity: &Identity,
    store: &dyn Store,
) -> Result<(Found, End), OpenError> {
    let lives = identity.lives();
    let segments = segments(&config.folder.join("segments"), &lives)?;
    let sealed = segments.last().map_or(0, |segment| segment.end());
    let mut reading = Reading {
        lives: identity.lives(),
        tail: Tail::starting_at(sealed),
        frontier: match segments.last() {
            Some(last) => last.frontier_after()?,
            None => Frontier::new(),
        },
        time: segments.last().map(|last| last.meta.last_time),
        starts_command: segments.last().is_none_or(|last| last.meta.ends_command),
        next: sealed,
        cursors: segments
            .last()
            .map(|last| last.meta.cursors.clone())
            .unwrap_or_default(),
        leftover: Vec::new(),
    };
    let torn = for_each_block(store, &mut |block| reading.block(block))?;
    if let Some(to) = torn.filter(|torn| *torn != reading.next) {
        let from = reading.next;
        return Err(OpenError::Gap { from, to });
    }
    // A life begins with a record of its own, in one step with the end of the one before.
    if let Some(began) = lives.began_at().filter(|began| *began >= reading.next) {
        let (from, to) = (reading.next, began + 1);
        return Err(OpenError::Gap { from, to });
    }
    let cursors = match store.get(CURSORS_KEY)? {
        Some(bytes) => {
            let (alone, size) = cursor::decode(&bytes).ok_or(OpenError::Cursors)?;
            match size.cmp(&reading.next) {
                Ordering::Less => reading.cursors.clone(),
                Ordering::Equal => alone,
                // They were written when there were more records.
                Ordering::Greater => {
                    let (from, to) = (reading.next, size);
                    return Err(OpenError::Gap { from, to });
                }
            }
        }
        None => reading.cursors.clone(),
    };
    let Reading {
        tail,
        frontier,
        time,
        leftover,
        ..
    } = reading;
    let head = Head {
        size: frontier.len(),
        root: frontier.root(),
        time,
    };
    let end = End {
        frontier,
        time,
        cursors: cursors.clone(),
    };
    Ok((
        Found {
            segments,
            tail,
            cursors,
            head,
            leftover,
        },
        end,
    ))
}

/// Opens the segments in order and checks that nothing is missing between them.
pub(crate) fn segments(folder: &Path, lives: &Lives) -> Result<Vec<Arc<Segment>>, OpenError> {
    let io = |error| OpenError::Folder {
        path: folder.to_owned(),
        error,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("seg") => paths.push(path),
            // Sealing was interrupted; its records are still in the tail.
            Some("tmp") => fs::remove_file(&path).map_err(io)?,
            Some(_) | None => {}
        }
    }
    paths.sort();
    // A process that was killed may have renamed a segment without syncing the name. The blocks that
    // the segment replaces leave the tail next, so the name must be durable before.
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(io)?;
    let (mut segments, mut next) = (Vec::new(), 0);
    for path in paths {
        let segment = Segment::open(&path)?;
        if lives.keeps(segment.log, segment.end()).is_err() {
            return Err(OpenError::StraySegment {
                path,
                found: segment.log,
            });
        }
        if segment.first != next {
            return Err(OpenError::Gap {
                from: next,
                to: segment.first,
            });
        }
        next = segment.end();
        segments.push(Arc::new(segment));
    }
    Ok(segments)
}

/// Hands out every block of the tail in order. The last one may have been left unfinished by a crash,
/// before anybody was told of it: then it answers where that one would have begun.
pub(crate) fn for_each_block(
    store: &dyn Store,
    take: &mut dyn FnMut(Block) -> Result<(), OpenError>,
) -> Result<Option<u64>, OpenError> {
    let end = [KEY_PREFIX + 1];
    let mut from = vec![KEY_PREFIX];
    // The chunks of the block that is being read.
    let (mut first, mut chunks) = (None, Vec::new());
    let mut torn = None;
    let mut finish = |first: Option<u64>, chunks: Vec<Chunk>| -> Result<(), OpenError> {
        let (Some(position), false) = (first, chunks.is_empty()) else {
            return Ok(());
        };
        if let Some(from) = torn {
            // Only the last block can have been left unfinished.
            return Err(OpenError::Gap { from, to: position });
        }
        let Some(bytes) = block::joined(chunks) else {
            torn = Some(position);
            return Ok(());
        };
        let block = Block::decode(&bytes).map_err(|error| OpenError::Block { position, error })?;
        if block.first != position {
            return Err(OpenError::Misplaced {
                position,
                found: block.first,
            });
        }
        take(block)
    };
    loop {
        let page = store.scan(&from, Some(&end), 256)?;
        let Some((last, _)) = page.last() else { break };
        from = [last.as_slice(), &[0]].concat();
        for (key, chunk) in page {
            let damaged = OpenError::Block {
                position: 0,
                error: BlockError::Format,
            };
            let (of, _) = read_chunk_key(&key).ok_or(damaged)?;
            if first != Some(of) {
                finish(first, std::mem::take(&mut chunks))?;
                first = Some(of);
            }
            chunks.push((key, chunk));
        }
    }
    finish(first, chunks)?;
    Ok(torn)
}

/// A chunk of a block, with its key.
type Chunk = (Vec<u8>, Vec<u8>);

/// The tail as far as it has been read.
struct Reading {
    lives: Lives,
    tail: Tail,
    frontier: Frontier,
    time: Option<jiff::Timestamp>,
    starts_command: bool,
    next: u64,
    /// As the last block left them, or the last segment.
    cursors: Cursors,
    leftover: Vec<u64>,
}

impl Reading {
    fn block(&mut self, block: Block) -> Result<(), OpenError> {
        if block.end() <= self.next {
            self.leftover.push(block.first);
            return Ok(());
        }
        if block.first > self.next {
            return Err(OpenError::Gap {
                from: self.next,
                to: block.first,
            });
        }
        if block.first < self.next && self.next != self.tail.start {
            // Only a segment may end in the middle of a block.
            return Err(OpenError::Misplaced {
                position: self.next,
                found: block.first,
            });
        }
        let mut keys = Vec::with_capacity(block.records.len());
        let mut first_time = None;
        for (position, bytes) in (block.first..).zip(&block.records) {
            let record =
                Record::decode(bytes).map_err(|error| OpenError::Record { position, error })?;
            if record.position != position {
                return Err(OpenError::Misplaced {
                    position,
                    found: record.position,
                });
            }
            if record.log != self.lives.log_at(position) {
                let found = record.log;
                return Err(OpenError::StrayRecord { position, found });
            }
            first_time.get_or_insert(record.time);
            if position < self.next {
                keys.push(RecordKeys::of(&record, false));
                continue;
            }
            keys.push(RecordKeys::of(&record, self.starts_command));
            self.starts_command = record.command_end;
            self.time = Some(record.time);
            self.frontier.push(leaf_hash(bytes));
        }
        self.next = block.end();
        self.cursors.clone_from(&block.cursors);
        let microsecond = first_time.map_or(0, jiff::Timestamp::as_microsecond);
        self.tail.append(block, &keys, microsecond);
        Ok(())
    }
}

/// The keys under which a block stands in the store.
pub(crate) fn keys_of_block(store: &dyn Store, first: u64) -> Result<Vec<Vec<u8>>, StoreError> {
    let chunks = store.scan(&chunk_key(first, 0), Some(&chunk_key(first, u8::MAX)), 32)?;
    Ok(chunks.into_iter().map(|(key, _)| key).collect())
}
