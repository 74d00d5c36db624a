//! Publishing, with many acknowledgements on their way.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::jetstream::context::{PublishAckFuture, PublishError};
use async_nats::jetstream::message::PublishMessage;
use redress_event_log::Stored;
use tokio::sync::mpsc;

use super::{Halt, Relay, RelayState};
use crate::names::event_suffix;
use crate::record::Glance;

/// Records that wait for their acknowledgement.
const IN_FLIGHT: usize = 256;
/// Records that are read from the log together.
const READ: usize = 256;

/// So that strangers know what they read: a `CloudEvent` in one piece, as the binding for NATS has it.
const CONTENT_TYPE: &str = "Content-Type";
const CLOUD_EVENT: &str = "application/cloudevents+json";

const LOOK_EVERY: Duration = Duration::from_secs(5);

struct Sent {
    position: u64,
    acknowledgement: PublishAckFuture,
}

impl Relay {
    /// Publishes from a position on, until something is not as expected.
    pub(super) async fn publish(&self, next: u64) -> Halt {
        let (sent, waiting) = mpsc::channel(IN_FLIGHT);
        tokio::select! {
            halt = self.send(next, sent) => halt,
            halt = self.acknowledge(waiting) => halt,
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

    async fn send(&self, mut next: u64, sent: mpsc::Sender<Sent>) -> Halt {
        let subjects = self.place.subjects(&self.bus.config().tenant);
        loop {
            let records = match self.source.next(next, READ).await {
                Ok(records) => records,
                Err(error) => return error.into(),
            };
            for record in records {
                let position = record.position;
                let Ok(acknowledgement) = self.send_one(&subjects, record).await else {
                    return again("a record could not be sent");
                };
                let one = Sent {
                    position,
                    acknowledgement,
                };
                if sent.send(one).await.is_err() {
                    return again("nobody waits for acknowledgements");
                }
                next = position + 1;
            }
        }
    }

    async fn send_one(
        &self,
        subjects: &str,
        record: Stored,
    ) -> Result<PublishAckFuture, PublishError> {
        let kind = Glance::at(&record.bytes).map(|glance| glance.kind.into_owned());
        let suffix = event_suffix(kind.as_deref().unwrap_or_default());
        let message = PublishMessage::build()
            .payload(record.bytes)
            .header(CONTENT_TYPE, CLOUD_EVENT)
            .expected_last_sequence(record.position);
        let context = self.bus.context();
        context
            .send_publish(format!("{subjects}.{suffix}"), message)
            .await
    }

    async fn acknowledge(&self, mut waiting: mpsc::Receiver<Sent>) -> Halt {
        while let Some(sent) = waiting.recv().await {
            let acknowledged = match sent.acknowledgement.await {
                Ok(acknowledged) => acknowledged,
                Err(error) => return again(&error.to_string()),
            };
            if acknowledged.duplicate || acknowledged.sequence != sent.position + 1 {
                return again("NATS acknowledged another sequence than was expected");
            }
            let told = &self.told;
            told.acknowledged
                .store(acknowledged.sequence, Ordering::Relaxed);
            told.published.fetch_add(1, Ordering::Relaxed);
        }
        again("nothing is sent any more")
    }
}

fn again(why: &str) -> Halt {
    let why = why.to_owned();
    Halt::Resume(RelayState::Away { why })
}
