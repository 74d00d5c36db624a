//! A log on paper: records in memory that a test can add, take back and change.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use redress_envelope::{Actor, Context, LogId, Record, Subject, derived_uuid};
use redress_event_bus::{Owner, OwnerAway, OwnerHead, Relay, RelayState};
use redress_event_log::{BoxFuture, EarlierLife, Lives, Source, SourceError, Stored};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug)]
pub(crate) struct Paper {
    /// Of its first life.
    pub(crate) id: LogId,
    lives: Mutex<Lives>,
    records: Mutex<Vec<Bytes>>,
    size: watch::Sender<u64>,
    /// As the owner: does not answer.
    pub(crate) away: AtomicBool,
    /// As the owner: how often records were asked for.
    pub(crate) asked: AtomicU64,
}

pub(crate) fn log_id(name: &str) -> LogId {
    LogId(derived_uuid("log", &[name]))
}

pub(crate) fn record(log: LogId, position: u64, text: &str) -> Bytes {
    let record = Record {
        service: "intake".to_owned(),
        log,
        tenant: "acme".to_owned(),
        partition: 0,
        position,
        subject: Subject::new("tally", "1").unwrap(),
        version: position,
        time: "2026-01-01T00:00:00Z".parse().unwrap(),
        kind: "redress.tally.added.v1".to_owned(),
        command_end: true,
        context: Context::by(Actor::System),
        data: serde_json::value::to_raw_value(&serde_json::json!({ "text": text })).unwrap(),
    };
    record.encode().unwrap().into()
}

impl Paper {
    pub(crate) fn of(records: u64) -> Arc<Self> {
        Self::named("one", records)
    }

    pub(crate) fn named(name: &str, records: u64) -> Arc<Self> {
        let paper = Self {
            id: log_id(name),
            lives: Mutex::new(Lives::only(log_id(name))),
            records: Mutex::default(),
            size: watch::Sender::new(0),
            away: AtomicBool::new(false),
            asked: AtomicU64::new(0),
        };
        paper.add(records);
        Arc::new(paper)
    }

    pub(crate) fn add(&self, records: u64) {
        let mut all = self.records.lock().unwrap();
        for _ in 0..records {
            let position = all.len() as u64;
            let log = self.lives().log_at(position);
            all.push(record(log, position, &format!("number {position}")));
        }
        self.size.send_replace(all.len() as u64);
    }

    pub(crate) fn len(&self) -> u64 {
        *self.size.borrow()
    }

    pub(crate) fn all(&self) -> Vec<Bytes> {
        self.records.lock().unwrap().clone()
    }

    /// As a restore from something older does.
    pub(crate) fn cut(&self, records: u64) {
        self.records.lock().unwrap().truncate(records as usize);
        self.size.send_replace(records);
    }

    /// As an operator who declares the end lost, of which so many records are known.
    pub(crate) fn declare_lost(&self, kept: u64, name: &str) {
        let lost = self.len() - kept;
        self.cut(kept);
        let mut lives = self.lives.lock().unwrap();
        let log = std::mem::replace(&mut lives.log, log_id(name));
        lives.earlier.push(EarlierLife { log, records: kept });
        drop(lives);
        self.add(lost);
    }

    pub(crate) fn change(&self, position: u64) {
        self.records.lock().unwrap()[position as usize] = record(self.id, position, "changed");
    }

    pub(crate) fn go_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }

    fn some(&self, from: u64, most: usize) -> Vec<Stored> {
        let all = self.records.lock().unwrap();
        let numbered = (0..).zip(all.iter()).skip(from as usize).take(most);
        let stored = |(position, bytes): (u64, &Bytes)| Stored {
            position,
            bytes: bytes.clone(),
        };
        numbered.map(stored).collect()
    }
}

impl Source for Paper {
    fn place(&self) -> String {
        "intake/0".to_owned()
    }

    fn log(&self) -> LogId {
        self.lives().log
    }

    fn lives(&self) -> Lives {
        self.lives.lock().unwrap().clone()
    }

    fn next(&self, from: u64, most: usize) -> BoxFuture<'_, Result<Vec<Stored>, SourceError>> {
        Box::pin(async move {
            let mut size = self.size.subscribe();
            size.wait_for(|size| *size > from)
                .await
                .map_err(|error| SourceError::Ended(error.to_string()))?;
            Ok(self.some(from, most))
        })
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, SourceError>> {
        Box::pin(async move { Ok(self.len()) })
    }
}

impl Owner for Paper {
    fn head(&self) -> BoxFuture<'_, Result<OwnerHead, OwnerAway>> {
        Box::pin(async move {
            if self.away.load(Ordering::Relaxed) {
                return Err(OwnerAway("on purpose".to_owned()));
            }
            Ok(OwnerHead {
                lives: self.lives(),
                size: self.len(),
            })
        })
    }

    fn read(&self, from: u64, most: usize) -> BoxFuture<'_, Result<Vec<Stored>, OwnerAway>> {
        Box::pin(async move {
            if self.away.load(Ordering::Relaxed) {
                return Err(OwnerAway("on purpose".to_owned()));
            }
            self.asked.fetch_add(1, Ordering::Relaxed);
            Ok(self.some(from, most.min(1000)))
        })
    }
}

/// A relay at work, until it is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) relay: Relay,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) fn start(bus: &redress_event_bus::Bus, paper: &Arc<Paper>) -> Self {
        let source = Arc::clone(paper) as Arc<dyn Source>;
        let relay = Relay::new(bus.clone(), source).unwrap();
        let at_work = relay.clone();
        let task = tokio::spawn(async move {
            let Err(error) = at_work.run().await;
            panic!("{error}");
        });
        Self { relay, task }
    }

    pub(crate) async fn acknowledged(&self, records: u64) {
        let mut status = self.relay.status().await.unwrap();
        for _ in 0..3000 {
            if status.acknowledged >= records {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            status = self.relay.status().await.unwrap();
        }
        panic!("{records} records are not there: {status:?}");
    }

    pub(crate) async fn state(&self, wanted: impl Fn(&RelayState) -> bool) -> RelayState {
        let mut states = self.relay.watch();
        let found = tokio::time::timeout(Duration::from_secs(30), states.wait_for(|it| wanted(it)));
        let found = found.await.map(|state| state.unwrap().clone());
        found.unwrap_or_else(|_| panic!("it is {:?}", self.relay.watch().borrow()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}
