//! The smallest stream there can be, numbers that are added up, and a place to keep a log of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use redress_envelope::{Actor, Context, Draft, LogId, Record, Subject, derived_uuid};
use redress_event_log::{
    Clock, Command, CountingClock, Done, Life, Log, LogConfig, TransactError, UnreadableEvent,
};
use redress_evidence::{Hash, leaf_hash, subtree_root};
use redress_store::{MemoryStore, Store};
use serde::{Deserialize, Serialize};

#[derive(Debug)]
pub(crate) struct Tally;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) events: u64,
    pub(crate) sum: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Added {
    pub(crate) amount: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) noise: String,
}

/// The refusal: a sum over the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TooMuch;

const LIMIT: u64 = 1_000_000_000;

impl Life for Tally {
    type State = State;
    type Event = Added;

    fn decode(record: &Record) -> Result<Added, UnreadableEvent> {
        serde_json::from_str(record.data.get()).map_err(|error| UnreadableEvent {
            kind: record.kind.clone(),
            position: record.position,
            why: error.to_string(),
        })
    }

    fn encode(event: &Added) -> Draft {
        Draft {
            kind: "redress.tally.added.v1",
            data: serde_json::value::to_raw_value(event).unwrap(),
        }
    }

    fn evolve(state: &mut State, event: &Added) {
        state.events += 1;
        state.sum += event.amount;
    }
}

pub(crate) type Outcome = Result<Done<State>, TransactError<TooMuch>>;

pub(crate) fn added(amount: u64) -> Added {
    let noise = String::new();
    Added { amount, noise }
}

/// Text that does not compress below half of its length.
pub(crate) fn noise(random: &mut fastrand::Rng, bytes: usize) -> String {
    (0..bytes).map(|_| random.alphanumeric()).collect()
}

pub(crate) fn subject(stream: u64) -> Subject {
    Subject::new("tally", &stream.to_string()).unwrap()
}

pub(crate) fn command(stream: u64) -> Command {
    Command::new(subject(stream), Context::by(Actor::System))
}

/// A command with a request id, and a digest of its body.
pub(crate) fn request(stream: u64, id: &str, digest: &str) -> Command {
    let mut command = command(stream);
    command.context.request_id = Some(id.to_owned());
    command.context.request_digest = Some(digest.to_owned());
    command
}

pub(crate) async fn add(log: &Log, command: Command, events: Vec<Added>) -> Outcome {
    let decide = move |state: &State, _| {
        let sum = state.sum + events.iter().map(|event| event.amount).sum::<u64>();
        if sum > LIMIT {
            Err(TooMuch)
        } else {
            Ok(events)
        }
    };
    log.transact::<Tally, TooMuch>(command, decide).await
}

/// Appends this many records to one stream, in commands of 50.
pub(crate) async fn grow(log: &Log, records: u64) {
    let mut left = records;
    while left > 0 {
        let now = left.min(50);
        let events = (0..now).map(|_| added(1)).collect();
        add(log, command(999), events).await.unwrap();
        left -= now;
    }
}

/// Waits until this many records are in segments.
pub(crate) async fn sealed(log: &Log, records: u64) {
    for _ in 0..3000 {
        if log.sealed() >= records {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{} of {records} records are sealed", log.sealed());
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(CountingClock::from("2026-01-01T00:00:00Z".parse().unwrap()))
}

pub(crate) fn config(dir: &Path) -> LogConfig {
    LogConfig {
        folder: dir.join("log"),
        tenant: "acme".to_owned(),
        service: "intake".to_owned(),
        partition: 0,
        new_log_id: LogId(derived_uuid("log", &["of the tests"])),
        segment_records: 256,
        queue: 64,
        state_cache_bytes: 1 << 20,
    }
}

/// A folder in memory where there is one: a log whose tail is in memory has no use for a disk, and
/// its segments are synced hundreds of times.
pub(crate) fn fast_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// A log's home: a folder, and a tail in memory that outlives the log.
#[derive(Debug)]
pub(crate) struct Home {
    dir: tempfile::TempDir,
    pub(crate) tail: Arc<MemoryStore>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            dir: fast_folder(),
            tail: Arc::new(MemoryStore::new()),
            clock: clock(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn config(&self) -> LogConfig {
        config(self.path())
    }

    pub(crate) fn open(&self) -> Log {
        self.open_on(Arc::clone(&self.tail) as Arc<dyn Store>)
    }

    pub(crate) fn open_on(&self, store: Arc<dyn Store>) -> Log {
        Log::open_with(self.config(), store, Arc::clone(&self.clock)).unwrap()
    }

    pub(crate) async fn restart(&self, log: Log) -> Log {
        log.close().await.unwrap();
        self.open()
    }
}

pub(crate) async fn all_bytes(log: &Log) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    loop {
        let batch = log.read(all.len() as u64, 1000, usize::MAX).await.unwrap();
        if batch.is_empty() {
            return all;
        }
        for stored in batch {
            assert_eq!(stored.position, all.len() as u64, "no gap");
            all.push(stored.bytes.to_vec());
        }
    }
}

pub(crate) async fn all_records(log: &Log) -> Vec<Record> {
    let bytes = all_bytes(log).await;
    bytes
        .iter()
        .map(|bytes| Record::decode(bytes).unwrap())
        .collect()
}

/// The Merkle root, computed anew from the bytes.
pub(crate) fn root_of(records: &[Vec<u8>]) -> Hash {
    let leaves: Vec<Hash> = records.iter().map(|bytes| leaf_hash(bytes)).collect();
    subtree_root(&leaves)
}

pub(crate) fn encoded(records: &[Record]) -> Vec<Vec<u8>> {
    records
        .iter()
        .map(|record| record.encode().unwrap())
        .collect()
}
