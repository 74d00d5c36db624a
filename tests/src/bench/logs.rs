//! Real logs on the disk, and filling them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, anyhow};
use bytes::Bytes;
use jiff::Timestamp;
use redress_envelope::{Context, Draft, LogId, Record, Subject, derived_uuid};
use redress_event_log::{Clock, Command, Life, Log, LogConfig, UnreadableEvent};
use tokio::task::JoinSet;

use super::lives::ComplaintLife;

/// Commands under way at a time, unless one by one is measured.
pub(crate) const IN_FLIGHT: usize = 64;

#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        redress_service::clock::now()
    }
}

pub(crate) fn open(folder: &Path, service: &str, segment_records: u64) -> Result<Log> {
    let config = LogConfig {
        folder: folder.to_owned(),
        tenant: "default".to_owned(),
        service: service.to_owned(),
        partition: 0,
        new_log_id: LogId(derived_uuid("bench log", &[service])),
        segment_records,
        queue: 4_096,
        state_cache_bytes: 16 << 20,
    };
    Log::open(config, Arc::new(SystemClock)).with_context(|| folder.display().to_string())
}

pub(crate) struct Complaints;

impl Life for Complaints {
    type State = redress_complaint::State;
    type Event = redress_complaint::Event;

    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent> {
        redress_complaint::decode(&record.kind, &record.data)
            .map_err(|error| unreadable(record, &error))
    }

    fn encode(event: &Self::Event) -> Draft {
        redress_complaint::encode(event)
    }

    fn evolve(state: &mut Self::State, event: &Self::Event) {
        redress_complaint::evolve(state, event);
    }
}

pub(crate) struct FeedbackItems;

impl Life for FeedbackItems {
    type State = redress_feedback::State;
    type Event = redress_feedback::Event;

    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent> {
        redress_feedback::decode(&record.kind, &record.data)
            .map_err(|error| unreadable(record, &error))
    }

    fn encode(event: &Self::Event) -> Draft {
        redress_feedback::encode(event)
    }

    fn evolve(state: &mut Self::State, event: &Self::Event) {
        redress_feedback::evolve(state, event);
    }
}

fn unreadable(record: &Record, why: &dyn std::fmt::Display) -> UnreadableEvent {
    UnreadableEvent {
        kind: record.kind.clone(),
        position: record.position,
        why: why.to_string(),
    }
}

/// What one stream gets, command after command.
pub(crate) type Stream<L> = (Subject, Vec<(Context, <L as Life>::Event)>);

pub(crate) fn stream_of(life: ComplaintLife) -> Stream<Complaints> {
    let steps = life
        .steps
        .into_iter()
        .map(|step| (step.context, step.event))
        .collect();
    (life.subject, steps)
}

/// Appends everything, one event a command, with so many streams under way at a time.
pub(crate) async fn fill<L: Life>(
    log: &Log,
    streams: impl Iterator<Item = Stream<L>> + Send + 'static,
    in_flight: usize,
) -> Result<()> {
    let streams = Arc::new(Mutex::new(streams));
    let mut tasks: JoinSet<Result<()>> = JoinSet::new();
    for _ in 0..in_flight {
        let (log, streams) = (log.clone(), Arc::clone(&streams));
        tasks.spawn(async move {
            loop {
                let next = streams
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .next();
                let Some((subject, steps)) = next else {
                    return Ok(());
                };
                for (context, event) in steps {
                    append::<L>(&log, subject.clone(), context, event).await?;
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

async fn append<L: Life>(
    log: &Log,
    subject: Subject,
    context: Context,
    event: L::Event,
) -> Result<()> {
    let decide = |_: &L::State, _| Ok::<_, std::convert::Infallible>(vec![event]);
    log.transact::<L, _>(Command::new(subject, context), decide)
        .await
        .map(drop)
        .map_err(|error| anyhow!("nothing was appended: {error}"))
}

/// All records of a log, as they are stored.
pub(crate) async fn all_bytes(log: &Log) -> Result<Vec<Bytes>> {
    let stored = log.read(0, usize::MAX, usize::MAX).await?;
    Ok(stored.into_iter().map(|stored| stored.bytes).collect())
}
