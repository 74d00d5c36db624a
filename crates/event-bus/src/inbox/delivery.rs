//! One message: read, taken, answered, acknowledged. In this order.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use async_nats::jetstream::AckKind;
use async_nats::jetstream::message::Message;
use bytes::Bytes;
use serde::Serialize;

use super::Inbox;
use super::answer::{Answer, Notice, Told};
use super::message::Received;
use super::status::InboxState;
use crate::names::{receipt_subjects, rejected_subject};

/// Where a publisher wants its receipt.
const RECEIPT_TO: &str = "Redress-Receipt-To";
const LONGEST_SUBJECT: usize = 255;

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Inbox {
    pub(super) async fn deliver(&self, message: Message) {
        self.told.in_flight.fetch_add(1, Ordering::Relaxed);
        self.take_one(&message).await;
        self.told.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    async fn take_one(&self, message: &Message) {
        let received = match Received::from_message(message) {
            Ok(received) => received,
            Err(why) => {
                tracing::error!(why, "a message of the inbox says nothing of its place");
                return;
            }
        };
        let id = received.event.id.clone();
        let (source, sequence) = (received.source.clone(), received.sequence);
        let deliveries = received.deliveries;
        let answer = self.patiently(message, received).await;
        self.go_on_or_hold(&answer);
        // Receipts go first: a message that was acknowledged never comes again to be told of.
        let kind = match &answer {
            Answer::Accepted { receipt } => {
                let id = id.as_deref();
                let told = Told::Accepted { id, receipt };
                self.tell_publisher(message, &source, &told).await;
                count(&self.told.accepted);
                AckKind::Ack
            }
            Answer::Rejected {
                code,
                reason,
                reference,
            } => {
                let told = Told::Rejected {
                    id: id.as_deref(),
                    code,
                    reason,
                    reference,
                };
                self.tell_publisher(message, &source, &told).await;
                let notice = Notice {
                    sequence,
                    code,
                    reason,
                    reference,
                };
                let subject = rejected_subject(&self.bus.config().tenant, &source);
                self.publish(subject, &notice).await;
                count(&self.told.rejected);
                AckKind::Ack
            }
            Answer::Later { why } => {
                tracing::debug!(source, sequence, why, "a message comes again");
                count(&self.told.postponed);
                AckKind::Nak(Some(self.gate.hold()))
            }
            Answer::Again { why } => {
                tracing::warn!(source, sequence, why, "a message could not be taken");
                count(&self.told.postponed);
                AckKind::Nak(Some(self.flow.pause_after(deliveries)))
            }
        };
        if let Err(error) = message.double_ack_with(kind).await {
            tracing::debug!(%error, source, sequence, "a message comes again");
            count(&self.told.unconfirmed);
        }
    }

    /// Hands it to the taker as soon as that takes anything, and keeps it from coming again
    /// meanwhile.
    async fn patiently(&self, message: &Message, received: Received) -> Answer {
        let taken = async {
            self.gate.open().await;
            self.taker.take(received).await
        };
        tokio::pin!(taken);
        let half = self.flow.patience / 2;
        let mut beat = tokio::time::interval_at(Instant::now() + half, half);
        loop {
            tokio::select! {
                answer = &mut taken => return answer,
                _ = beat.tick() => {
                    if let Err(error) = message.ack_with(AckKind::Progress).await {
                        tracing::debug!(%error, "a message may come again while it is taken");
                    }
                }
            }
        }
    }

    fn go_on_or_hold(&self, answer: &Answer) {
        match answer {
            Answer::Accepted { .. } | Answer::Rejected { .. } => {
                self.gate.let_go();
                self.told.tell(InboxState::Taking);
            }
            Answer::Later { why } => {
                self.gate.hold();
                let why = why.clone();
                self.told.tell(InboxState::Waiting { why });
            }
            Answer::Again { .. } => {}
        }
    }

    async fn tell_publisher(&self, message: &Message, source: &str, told: &Told<'_>) {
        let Some(subject) = receipt_to(message) else {
            return;
        };
        let own = receipt_subjects(&self.bus.config().tenant, source);
        if !is_below(subject, &own) {
            tracing::warn!(source, "a receipt was asked for outside of {own}");
            count(&self.told.receipts_refused);
            return;
        }
        if self.publish(subject.to_owned(), told).await {
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

fn receipt_to(message: &Message) -> Option<&str> {
    let mut headers = message.headers.as_ref()?.iter();
    headers.find_map(|(name, values)| {
        let name: &str = name.as_ref();
        let is_it = name.eq_ignore_ascii_case(RECEIPT_TO);
        values
            .first()
            .filter(|_| is_it)
            .map(async_nats::HeaderValue::as_str)
    })
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
