//! One message: taken, answered, told of. Then it may leave.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use serde::Serialize;

use super::Inbox;
use super::answer::{Answer, Notice, Rejection, Told};
use super::message::Received;
use super::status::InboxState;
use super::stored::Stored;
use crate::names::{receipt_subjects, rejected_subject};

const LONGEST_SUBJECT: usize = 255;

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A message that is with the taker is counted, however that ends.
struct InFlight<'a>(&'a AtomicU64);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Inbox {
    /// `known`: it may have been taken before.
    pub(super) async fn deliver(&self, message: &Stored, known: bool) {
        self.told.in_flight.fetch_add(1, Ordering::Relaxed);
        let _in_flight = InFlight(&self.told.in_flight);
        self.take_one(message, known).await;
        let answered = (message.sequence, message.published_at);
        self.leaving.is_answered(answered);
    }

    /// Hands it to the taker until that decides, and tells what it decided.
    async fn take_one(&self, message: &Stored, known: bool) {
        let event = message.published.read();
        let id = event.id.clone();
        let mut received = Received {
            source: message.source.clone(),
            sequence: message.sequence,
            deliveries: u64::from(known),
            published_at: message.published_at,
            published: message.published.clone(),
            event,
        };
        loop {
            received.deliveries += 1;
            self.gate.open().await;
            let answer = self.taker.take(received.clone()).await;
            match answer {
                Answer::Accepted { receipt } => {
                    // Receipts go first: a message that was removed is never told of again.
                    let (id, receipt) = (id.as_deref(), &receipt);
                    self.tell_publisher(message, &Told::Accepted { id, receipt })
                        .await;
                    count(&self.told.accepted);
                    self.go_on();
                    return;
                }
                Answer::Rejected(rejection) => {
                    self.tell_rejection(message, id.as_deref(), &rejection)
                        .await;
                    count(&self.told.rejected);
                    self.go_on();
                    return;
                }
                Answer::Later { why } => {
                    count(&self.told.postponed);
                    self.gate.hold();
                    self.told.tell(InboxState::Waiting { why });
                }
                Answer::Again { why } => {
                    let (source, sequence) = (&received.source, received.sequence);
                    tracing::warn!(source, sequence, why, "a message could not be taken");
                    count(&self.told.postponed);
                    let pause = self.flow.pause_after(received.deliveries);
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    fn go_on(&self) {
        self.gate.let_go();
        self.told.tell(InboxState::Taking);
    }

    async fn tell_rejection(&self, message: &Stored, id: Option<&str>, rejection: &Rejection) {
        self.tell_publisher(message, &Told::Rejected { id, rejection })
            .await;
        let notice = Notice {
            sequence: message.sequence,
            rejection,
        };
        let subject = rejected_subject(&self.bus.config().tenant, &message.source);
        self.publish(subject, &notice).await;
    }

    async fn tell_publisher(&self, message: &Stored, told: &Told<'_>) {
        let Some(subject) = &message.receipt_to else {
            return;
        };
        let source = &message.source;
        let own = receipt_subjects(&self.bus.config().tenant, source);
        if !is_below(subject, &own) {
            tracing::warn!(source, "a receipt was asked for outside of {own}");
            count(&self.told.receipts_refused);
            return;
        }
        if self.publish(subject.clone(), told).await {
            count(&self.told.receipts);
        }
    }

    async fn publish(&self, subject: String, what: &impl Serialize) -> bool {
        let Ok(bytes) = serde_json::to_vec(what) else {
            return false;
        };
        let client = self.bus.client();
        client.publish(subject, Bytes::from(bytes)).await.is_ok()
    }
}

/// Whether a subject is one below a prefix, and one that a message can be sent to.
fn is_below(subject: &str, prefix: &str) -> bool {
    let good = |token: &str| {
        let byte = |byte: u8| byte.is_ascii_graphic() && !b"*>".contains(&byte);
        !token.is_empty() && token.bytes().all(byte)
    };
    let rest = subject
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('.'));
    subject.len() <= LONGEST_SUBJECT && rest.is_some_and(|rest| rest.split('.').all(good))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_goes_only_below_the_publishers_own_subjects() {
        let own = receipt_subjects("acme", "crm");
        assert!(is_below("redress.v1.acme.receipt.crm.a.b-1", &own));
        for other in [
            "redress.v1.acme.receipt.crm",
            "redress.v1.acme.receipt.crm.",
            "redress.v1.acme.receipt.crm2.a",
            "redress.v1.acme.receipt.crm.>",
            "redress.v1.acme.receipt.crm.a b",
            "redress.v1.acme.inbox.crm",
            "$JS.API.STREAM.DELETE.REDRESS_ACME_INBOX",
            "",
        ] {
            assert!(!is_below(other, &own), "{other}");
        }
        let long = format!("{own}.{}", "a".repeat(300));
        assert!(!is_below(&long, &own));
    }
}
