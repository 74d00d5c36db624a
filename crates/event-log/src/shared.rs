//! What the handles, the writer and the sealer of one log share.

use std::any::Any;
use std::path::PathBuf;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use jiff::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use redress_envelope::{LogId, Subject};
use redress_evidence::Hash;
use redress_store::{DirLock, Store};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::cursor::Cursors;
use crate::identity::Identity;
use crate::segment::Segment;
use crate::tail::Tail;

/// How a log is kept.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// The directory of this log; it is made if it is missing.
    pub folder: PathBuf,
    pub tenant: String,
    pub service: String,
    pub partition: u16,
    /// The id of a log that begins here; one that exists keeps its own.
    pub new_log_id: LogId,
    /// Records in a sealed segment: a multiple of 256.
    pub segment_records: u64,
    /// Commands that may wait for the writer; more are refused.
    pub queue: usize,
    /// Bytes of cached stream states.
    pub state_cache_bytes: u64,
}

impl LogConfig {
    pub const DEFAULT_SEGMENT_RECORDS: u64 = 65_536;
}

/// The end of a log: how many records it has, and what proves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub size: u64,
    /// The Merkle root over all records (RFC 6962).
    pub root: Hash,
    /// The recorded time of the last record.
    pub time: Option<Timestamp>,
}

pub(crate) type AnyState = Arc<dyn Any + Send + Sync>;

/// A stream's state, as the writer last left it.
#[derive(Debug, Clone)]
pub(crate) struct Cached {
    pub(crate) state: AnyState,
    /// Events in the stream.
    pub(crate) version: u64,
    /// The bytes of the records that made it, as a bound of its own size.
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct ByBytes;

impl Weighter<Subject, Cached> for ByBytes {
    fn weight(&self, _: &Subject, cached: &Cached) -> u64 {
        cached.bytes.max(64)
    }
}

impl Weighter<(u64, usize), Arc<Vec<Bytes>>> for ByBytes {
    fn weight(&self, _: &(u64, usize), records: &Arc<Vec<Bytes>>) -> u64 {
        records
            .iter()
            .map(|record| record.len() as u64)
            .sum::<u64>()
            .max(64)
    }
}

/// Bytes of unpacked frames that are kept for the next reader.
const FRAME_CACHE_BYTES: u64 = 16 << 20;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: LogConfig,
    pub(crate) identity: Identity,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    segments: RwLock<Arc<Vec<Arc<Segment>>>>,
    tail: RwLock<Tail>,
    cursors: RwLock<Cursors>,
    pub(crate) frames: Cache<(u64, usize), Arc<Vec<Bytes>>, ByBytes>,
    pub(crate) states: Cache<Subject, Cached, ByBytes>,
    pub(crate) head: watch::Sender<Head>,
    /// Why the log stopped for good, if it did.
    pub(crate) stopped: watch::Sender<Option<String>>,
    /// Given back when the last thread that works on the files has ended, and not before.
    _lock: DirLock,
}

impl Shared {
    pub(crate) fn new(
        config: LogConfig,
        identity: Identity,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        found: crate::open::Found,
        lock: DirLock,
    ) -> Self {
        Self {
            frames: Cache::with_weighter(64, FRAME_CACHE_BYTES, ByBytes),
            states: Cache::with_weighter(10_000, config.state_cache_bytes, ByBytes),
            config,
            identity,
            store,
            clock,
            segments: RwLock::new(Arc::new(found.segments)),
            tail: RwLock::new(found.tail),
            cursors: RwLock::new(found.cursors),
            head: watch::Sender::new(found.head),
            stopped: watch::Sender::new(None),
            _lock: lock,
        }
    }

    pub(crate) fn segments(&self) -> Arc<Vec<Arc<Segment>>> {
        Arc::clone(
            &self
                .segments
                .read()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }

    pub(crate) fn add_segment(&self, segment: Arc<Segment>) {
        let mut segments = self
            .segments
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut all = Vec::clone(&segments);
        all.push(segment);
        *segments = Arc::new(all);
    }

    // A panic while a lock is held ends the writer, and with it the process: what is behind the
    // lock is never used again, so a poisoned lock needs no second way out.
    pub(crate) fn tail(&self) -> RwLockReadGuard<'_, Tail> {
        self.tail
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn tail_mut(&self) -> RwLockWriteGuard<'_, Tail> {
        self.tail
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn cursors(&self) -> Cursors {
        self.cursors
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_cursors(&self, cursors: Cursors) {
        *self
            .cursors
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = cursors;
    }

    pub(crate) fn stop(&self, why: &str) {
        tracing::error!(log = %self.identity.place(), why, "the log has stopped");
        self.stopped.send_if_modified(|stopped| {
            let first = stopped.is_none();
            if first {
                *stopped = Some(why.to_owned());
            }
            first
        });
    }
}
