//! Publishing, with many acknowledgements on their way.
//!
//! All acknowledgements of a session come back under one subject, in the order of what they
//! acknowledge: that costs less than a subject, a header and a waiter for each.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::header::NATS_EXPECTED_LAST_SEQUENCE;
use async_nats::{HeaderMap, HeaderValue, Message, Subject, Subscriber};
use futures::StreamExt;
use redress_event_log::Stored;
use serde::Deserialize;
use tokio::sync::{Semaphore, mpsc};

use super::{Halt, Relay, RelayState};
use crate::names::event_suffix;
use crate::record::Glance;

/// Records that wait for their acknowledgement.
const IN_FLIGHT: usize = 512;
/// Records that are read from the log together; so many wait to be sent while the next are read.
const READ: usize = 256;

/// So that strangers know what they read: a `CloudEvent` in one piece, as the binding for NATS has it.
const CONTENT_TYPE: &str = "Content-Type";
const CLOUD_EVENT: &str = "application/cloudevents+json";

const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What `JetStream` says to a publish.
#[derive(Deserialize)]
struct Acknowledgement {
    seq: Option<u64>,
    #[serde(default)]
    duplicate: bool,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    description: Option<String>,
}

/// What is on its way.
struct Window {
    places: Semaphore,
    /// Records that were sent so far, those before the session included.
    sent: AtomicU64,
}

impl Relay {
    /// Publishes from a position on, until something is not as expected.
    pub(super) async fn publish(&self, next: u64) -> Halt {
        let reply = Subject::from(self.bus.client().new_inbox());
        let Ok(answers) = self.bus.client().subscribe(reply.clone()).await else {
            return again("acknowledgements cannot be subscribed to");
        };
        let window = Window {
            places: Semaphore::new(IN_FLIGHT),
            sent: AtomicU64::new(next),
        };
        let (read, records) = mpsc::channel(1);
        tokio::select! {
            halt = self.read(next, read) => halt,
            halt = self.send(records, &reply, &window) => halt,
            halt = self.acknowledge(next, answers, &window) => halt,
            halt = self.look_after_the_stream() => halt,
            // What is on its way may have arrived or not; nobody will tell.
            () = self.bus.lost() => Halt::Resume(RelayState::Away {
                why: self.bus.state().to_string(),
            }),
        }
    }

    /// Somebody can empty or delete the stream while there is nothing to publish.
    async fn look_after_the_stream(&self) -> Halt {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            // Read first: what is acknowledged in the meantime is in the stream too.
            let acknowledged = self.told.acknowledged.load(Ordering::Relaxed);
            match self.bus.event_span(&self.place).await {
                Ok(Some(span)) if span.last >= acknowledged => {}
                Ok(_) => return again("the stream is not what it was"),
                Err(error) => tracing::debug!(%error, "the relay's look at its stream"),
            }
        }
    }

    /// Reads ahead of what is sent.
    async fn read(&self, mut next: u64, read: mpsc::Sender<Vec<Stored>>) -> Halt {
        loop {
            let records = match self.source.next(next, READ).await {
                Ok(records) => records,
                Err(error) => return error.into(),
            };
            next += records.len() as u64;
            if read.send(records).await.is_err() {
                return again("nobody sends what is read");
            }
        }
    }

    async fn send(
        &self,
        mut records: mpsc::Receiver<Vec<Stored>>,
        reply: &Subject,
        window: &Window,
    ) -> Halt {
        let mut subjects = Subjects::new(self.place.subjects(&self.bus.config().tenant));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, CLOUD_EVENT);
        while let Some(records) = records.recv().await {
            for Stored { position, bytes } in records {
                let Ok(place) = window.places.acquire().await else {
                    break;
                };
                place.forget();
                let mut headers = headers.clone();
                headers.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(position));
                let subject = subjects.of(&bytes);
                let client = self.bus.client();
                let sent =
                    client.publish_with_reply_and_headers(subject, reply.clone(), headers, bytes);
                if sent.await.is_err() {
                    return again("a record could not be sent");
                }
                window.sent.store(position + 1, Ordering::Relaxed);
            }
        }
        again("nothing is read any more")
    }

    async fn acknowledge(&self, mut next: u64, mut answers: Subscriber, window: &Window) -> Halt {
        let patience = self.bus.config().request_timeout;
        loop {
            let is_awaited = window.sent.load(Ordering::Relaxed) > next;
            let answer = match tokio::time::timeout(patience, answers.next()).await {
                Ok(Some(answer)) => answer,
                Ok(None) => return again("acknowledgements come no more"),
                Err(_) if is_awaited => return again("NATS does not acknowledge in time"),
                Err(_) => continue,
            };
            let acknowledged = match sequence(&answer) {
                Ok(acknowledged) => acknowledged,
                Err(why) => return again(&why),
            };
            if acknowledged != next + 1 {
                return again("NATS acknowledged another sequence than was expected");
            }
            next += 1;
            window.places.add_permits(1);
            let told = &self.told;
            told.acknowledged.store(next, Ordering::Relaxed);
            told.published.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The sequence that is acknowledged.
fn sequence(answer: &Message) -> Result<u64, String> {
    if let Some(status) = answer.status {
        return Err(format!("nobody stores what is published: {status}"));
    }
    let told = serde_json::from_slice::<Acknowledgement>(&answer.payload);
    match told.map_err(|error| error.to_string())? {
        Acknowledgement {
            error: Some(fault), ..
        } => Err(fault.description.unwrap_or_default()),
        Acknowledgement {
            duplicate: true, ..
        } => Err("NATS takes a record for one that it has".to_owned()),
        Acknowledgement { seq, .. } => seq.ok_or_else(|| "that is no acknowledgement".to_owned()),
    }
}

/// Under which subject a record is published. Most are of the same type as the one before.
struct Subjects {
    prefix: String,
    last: (String, Subject),
}

impl Subjects {
    fn new(prefix: String) -> Self {
        let last = (String::new(), Subject::from(String::new()));
        Self { prefix, last }
    }

    fn of(&mut self, record: &[u8]) -> Subject {
        let glance = Glance::at(record);
        let kind = glance.as_ref().map_or("", |glance| &glance.kind);
        if self.last.0 != kind || self.last.1.is_empty() {
            let subject = format!("{}.{}", self.prefix, event_suffix(kind));
            self.last = (kind.to_owned(), Subject::from(subject));
        }
        self.last.1.clone()
    }
}

fn again(why: &str) -> Halt {
    let why = why.to_owned();
    Halt::Resume(RelayState::Away { why })
}
