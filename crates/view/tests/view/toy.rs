//! A small domain, logs full of it, and the fold under test.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redress_envelope::{Actor, Cause, Context, Draft, LogId, Record, Subject, derived_uuid};
use redress_event_log::{
    BoxFuture, Command, CountingClock, Life, Log, LogConfig, Source, SourceError, Stored,
    UnreadableEvent,
};
use redress_store::MemoryStore;
use redress_view::{Fold, FoldError, Rows, View, ViewOptions};
use serde_json::value::RawValue;
use tokio::sync::watch;

pub(crate) const ADDED: &str = "redress.toy.added.v1";
pub(crate) const JOINED: &str = "redress.toy.joined.v1";
pub(crate) const BROKEN: &str = "redress.toy.broken.v1";
pub(crate) const NEW: &str = "redress.toy.new.v1";

struct Toy;

impl Life for Toy {
    type State = u64;
    type Event = (&'static str, u64);

    fn decode(_: &Record) -> Result<Self::Event, UnreadableEvent> {
        Ok((ADDED, 0))
    }

    fn encode((kind, amount): &Self::Event) -> Draft {
        let data = RawValue::from_string(format!("{{\"amount\":{amount}}}")).unwrap();
        Draft { kind, data }
    }

    fn evolve(state: &mut u64, _: &Self::Event) {
        *state += 1;
    }
}

pub(crate) fn log_id(service: &str) -> LogId {
    LogId(derived_uuid("toy log", &[service]))
}

pub(crate) fn open_log(dir: &Path, service: &str, log: LogId) -> Log {
    let config = LogConfig {
        folder: dir.join(format!("{service}-{log}")),
        tenant: "default".to_owned(),
        service: service.to_owned(),
        partition: 0,
        new_log_id: log,
        segment_records: 256,
        queue: 1024,
        state_cache_bytes: 1 << 20,
    };
    let clock = CountingClock::from("2026-11-21T20:00:00Z".parse().unwrap());
    Log::open_with(config, Arc::new(MemoryStore::default()), Arc::new(clock)).unwrap()
}

pub(crate) async fn append(
    log: &Log,
    subject: &str,
    events: &[(&'static str, u64)],
    causation: Option<Cause>,
) -> u64 {
    let context = Context {
        causation,
        ..Context::by(Actor::System)
    };
    let command = Command::new(Subject::new("note", subject).unwrap(), context);
    let events = events.to_vec();
    let done = log
        .transact::<Toy, Infallible>(command, move |_, _| Ok(events))
        .await
        .unwrap();
    done.size
}

/// Adds `count` records to twenty streams, a few to a command.
pub(crate) async fn fill(log: &Log, count: u64) {
    let from = log.head().size;
    let mut next = from;
    while next < from + count {
        let group = (1 + next % 7).min(from + count - next);
        let events: Vec<_> = (next..next + group).map(|amount| (ADDED, amount)).collect();
        append(log, &format!("{}", next % 20), &events, None).await;
        next += group;
    }
}

pub(crate) async fn records(log: &Log) -> Vec<Record> {
    let stored = log.read(0, usize::MAX, usize::MAX).await.unwrap();
    stored
        .iter()
        .map(|stored| Record::decode(&stored.bytes).unwrap())
        .collect()
}

pub(crate) fn amount(record: &Record) -> u64 {
    let data: BTreeMap<String, u64> = serde_json::from_str(record.data.get()).unwrap();
    data["amount"]
}

/// Sums, so that a record folded twice or not at all shows; and a join, so that order does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums<const VERSION: u32> {
    /// The fold waits while it is set.
    pub(crate) held: Arc<AtomicBool>,
    /// Broken records are folded as if they were none.
    pub(crate) mended: bool,
}

impl<const V: u32> Fold for Sums<V> {
    const NAME: &'static str = "sums";
    const VERSION: u32 = V;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        while self.held.load(Ordering::Acquire) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let sum_key = format!("sum/{}/{}", record.service, record.subject);
        let sum: u64 = rows.get_json(sum_key.as_bytes())?.unwrap_or(0);
        // Written before it is known whether the record can be folded.
        rows.put_json(sum_key.as_bytes(), &(sum + amount(record)))?;
        match record.kind.as_str() {
            ADDED => {
                let key = format!("at/{:06}", record.position);
                rows.put_json(key.as_bytes(), &amount(record))
            }
            JOINED => {
                let cause = record.context.causation.map_or(0, |cause| cause.position);
                let key = format!("at/{cause:06}");
                let caused: u64 = rows
                    .get_json(key.as_bytes())?
                    .ok_or_else(|| FoldError::broken("its cause is not folded"))?;
                let key = format!("joined/{:06}", record.position);
                rows.put_json(key.as_bytes(), &(caused + amount(record)))
            }
            NEW if V > 1 => Ok(()),
            BROKEN if self.mended => Ok(()),
            BROKEN => Err(FoldError::broken("it is broken")),
            other => Err(FoldError::UnknownType(other.to_owned())),
        }
    }
}

/// The rows that [`Sums`] must make of some logs, computed another way.
pub(crate) fn oracle(logs: &[Vec<Record>]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let (mut sums, mut rows) = (BTreeMap::<String, u64>::new(), BTreeMap::new());
    for record in logs.iter().flatten() {
        *sums
            .entry(format!("sum/{}/{}", record.service, record.subject))
            .or_default() += amount(record);
        match (record.kind.as_str(), record.context.causation) {
            (JOINED, Some(cause)) => {
                let caused = amount(&logs[0][cause.position as usize]) + amount(record);
                rows.insert(format!("joined/{:06}", record.position), caused);
            }
            _ => drop(rows.insert(format!("at/{:06}", record.position), amount(record))),
        }
    }
    rows.extend(sums);
    rows.into_iter()
        .map(|(key, value)| (key.into_bytes(), value.to_string().into_bytes()))
        .collect()
}

pub(crate) fn all_rows(view: &View) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let rows = view.rows().unwrap();
    rows.scan(b"", None, usize::MAX)
        .unwrap()
        .into_iter()
        .collect()
}

pub(crate) fn small_steps() -> ViewOptions {
    ViewOptions {
        batch_records: 40,
        building_records: 40,
        // Some batches are larger, some are not.
        ingest_bytes: 6_800,
        read_records: 16,
        ..ViewOptions::default()
    }
}

pub(crate) const LONG: Duration = Duration::from_secs(20);

pub(crate) fn start<F: Fold>(dir: &Path, fold: F, logs: &[&Log]) -> View {
    let sources = logs
        .iter()
        .map(|log| Arc::new(Log::clone(log)) as Arc<dyn Source>)
        .collect();
    View::start(&dir.join("views"), fold, sources, small_steps()).unwrap()
}

/// Starts a view and waits until it has all that the logs have.
pub(crate) async fn caught_up<F: Fold>(dir: &Path, fold: F, logs: &[&Log]) -> View {
    let view = start(dir, fold, logs);
    for log in logs {
        view.wait_for(&log.token(log.head().size), LONG)
            .await
            .unwrap();
    }
    view
}

/// A log of which only the first records are shown.
#[derive(Debug)]
pub(crate) struct Gated {
    pub(crate) log: Log,
    pub(crate) shown: watch::Sender<u64>,
}

impl Gated {
    pub(crate) fn new(log: &Log) -> Arc<Self> {
        Arc::new(Self {
            log: log.clone(),
            shown: watch::Sender::new(0),
        })
    }
}

impl Source for Gated {
    fn place(&self) -> String {
        self.log.place()
    }

    fn log(&self) -> LogId {
        self.log.id()
    }

    fn next(&self, from: u64, max: usize) -> BoxFuture<'_, Result<Vec<Stored>, SourceError>> {
        Box::pin(async move {
            let mut shown = self.shown.subscribe();
            let end = *shown
                .wait_for(|shown| *shown > from)
                .await
                .map_err(|error| SourceError::Ended(error.to_string()))?;
            let count = usize::try_from(end - from).unwrap().min(max);
            Ok(self.log.read(from, count, usize::MAX).await?)
        })
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, SourceError>> {
        Box::pin(async move { Ok(*self.shown.borrow()) })
    }
}
