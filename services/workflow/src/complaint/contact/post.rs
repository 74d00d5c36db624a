//! Hands messages to a server of mail, and records what it says.
//!
//! What is to be sent are rows of the view, and whether it still is, the log says before each attempt: a
//! message is sent until its outcome is recorded, and never after that. Where the process ends between
//! the two it is sent again, under the same Message-ID. When it is tried next is kept in memory: after a
//! restart everything is tried at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_complaint::contact::command::{RecordBounce, RecordDelivery};
use redress_complaint::contact::{Command, Course, Event as Said, decide};
use redress_complaint::{BounceReason, Proof};
use redress_envelope::{Actor, Context, Subject, VaultRef};
use redress_event_log::{Command as ToRecord, Moment, TransactError};
use redress_mail::{Letter, NotSent};

use super::list::parts;
use crate::clocked::{Clocked, Event};
use crate::complaint::case::{Case, decode};
use crate::complaint::message_rows::{self, Queued};
use crate::life::ComplaintLife;
use crate::mail::Post;
use crate::sealing::Words;
use crate::waiting;
use crate::workflow::Inner;

/// How often it is looked whether something is to be sent.
const EVERY: Duration = Duration::from_secs(1);
/// Messages that are seen to in one look.
const AT_ONCE: usize = 500;
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// What sends.
pub(crate) struct Sender {
    inner: Arc<Inner>,
    post: Post,
    tried: BTreeMap<Queued, Wait>,
}

/// Until it is tried again.
#[derive(Debug, Clone, Copy)]
struct Wait {
    until: Instant,
    length: Duration,
}

/// What became of an attempt.
enum Outcome {
    /// With the receipt.
    Delivered(String),
    Bounced(BounceReason, String),
    /// Without personal data.
    NotNow(&'static str),
    /// Somebody else said what became of it.
    DealtWith,
}

impl Sender {
    pub(crate) fn new(inner: Arc<Inner>, post: Post) -> Self {
        let tried = BTreeMap::new();
        Self { inner, post, tried }
    }

    /// Sends until the log stops, and says why it did.
    pub(crate) async fn run(mut self, now: fn() -> Timestamp) -> String {
        loop {
            tokio::time::sleep(EVERY).await;
            if let Err(why) = self.look(now()).await {
                return why;
            }
        }
    }

    async fn look(&mut self, now: Timestamp) -> Result<(), String> {
        let oldest = now.checked_sub(self.post.give_up).unwrap_or(Timestamp::MIN);
        let channel = self.post.channel.clone();
        let rows = self
            .inner
            .complaints
            .query(move |rows| message_rows::since(rows, &channel, oldest, AT_ONCE));
        let queued: Vec<Queued> = rows.await.map_err(|error| error.to_string())?;
        for it in queued {
            let is_due = |wait: &Wait| wait.until <= Instant::now();
            if self.tried.get(&it).is_none_or(is_due) {
                self.attempt(it).await?;
            }
        }
        self.give_up(oldest).await
    }

    async fn attempt(&mut self, it: Queued) -> Result<(), String> {
        match self.send(it).await? {
            Outcome::DealtWith => {
                self.tried.remove(&it);
                Ok(())
            }
            Outcome::NotNow(why) => {
                let last = self.tried.get(&it).map(|wait| wait.length);
                let length = last.map_or(self.post.retry, |last| (2 * last).min(LONGEST_WAIT));
                let until = Instant::now() + length;
                self.tried.insert(it, Wait { until, length });
                let Queued {
                    complaint, message, ..
                } = it;
                tracing::warn!(%complaint, message, why, ?length, "a message is tried again later");
                Ok(())
            }
            Outcome::Delivered(said) => {
                // Without the receipt it arrived all the same.
                let explanation = self.inner.seal(it.complaint, &said).await.ok();
                let command = RecordDelivery {
                    message: it.message,
                    proof: Proof::AcceptedByServer,
                    explanation,
                    occurred_at: None,
                };
                self.record(it, command.into()).await
            }
            Outcome::Bounced(reason, said) => self.bounce(it, reason, &said).await,
        }
    }

    /// What was tried until it became too old.
    async fn give_up(&mut self, oldest: Timestamp) -> Result<(), String> {
        let old = self.tried.keys().filter(|it| it.recorded_at < oldest);
        let old: Vec<Queued> = old.copied().collect();
        for it in old {
            self.bounce(it, BounceReason::Expired, "").await?;
        }
        Ok(())
    }

    /// The outer error ends the sender.
    async fn send(&self, it: Queued) -> Result<Outcome, String> {
        let inner = &self.inner;
        let subject = Subject::item("complaint", it.complaint);
        let records = inner.log.read_stream(subject, inner.log.head().size).await;
        let records = records.map_err(|error| error.to_string())?;
        // Where something is not known, no result of sending it could be recorded.
        let Ok((case, None)) = Case::of(&records) else {
            return Ok(Outcome::NotNow("the complaint cannot be read"));
        };
        let message = case.contact.messages().get(&it.message);
        let is_queued = message.is_some_and(|message| message.course == Course::Requested);
        let mut events = records.iter().filter_map(|record| decode(record).ok()?);
        let content = events.find_map(|event| content_of(event, it.message));
        let (Some(content), Some(file)) = (content.filter(|_| is_queued), case.state.file()) else {
            return Ok(Outcome::DealtWith);
        };
        let Ok(words) = inner.words(&content).await else {
            return Ok(Outcome::NotNow("the words cannot be read now"));
        };
        let Words {
            text,
            erased,
            missing,
        } = words;
        if erased || missing {
            return Ok(Outcome::Bounced(
                BounceReason::WordsUnreadable,
                String::new(),
            ));
        }
        let Ok(to) = (self.post.addresses)(file.feedback).await else {
            return Ok(Outcome::NotNow("intake does not say the address"));
        };
        let Some(to) = to else {
            return Ok(Outcome::Bounced(BounceReason::NoAddress, String::new()));
        };
        let (subject, text) = parts(&text);
        let letter = Letter {
            to: &to,
            id: &format!("{}.{}", it.complaint, it.message),
            date: it.recorded_at,
            subject,
            text,
        };
        Ok(outcome(&to, self.post.mailer.send(&letter).await))
    }

    async fn bounce(&mut self, it: Queued, reason: BounceReason, said: &str) -> Result<(), String> {
        let explanation = if said.is_empty() {
            None
        } else {
            // Without what was said it bounced all the same.
            self.inner.seal(it.complaint, said).await.ok()
        };
        let command = RecordBounce {
            message: it.message,
            reason,
            explanation,
            occurred_at: None,
        };
        self.record(it, command.into()).await
    }

    async fn record(&mut self, it: Queued, command: Command) -> Result<(), String> {
        let inner = &self.inner;
        let in_force = inner.policies.in_force().await;
        let in_force = in_force.map_err(|why| why.to_string())?;
        let context = Context {
            policy_version: Some(in_force.cited()),
            ..Context::by(Actor::System)
        };
        let subject = Subject::item("complaint", it.complaint);
        loop {
            let (book, command) = (Arc::clone(in_force.book()), command.clone());
            let decide = move |case: &Clocked, moment: Moment| {
                let said = decide(&case.complaint, &case.contact, &command, moment.time);
                let said = said.map_err(|refusal| refusal.code().to_owned())?;
                let events = case.with_contact(Vec::new(), said, &book);
                events.map_err(|refusal| refusal.code().to_owned())
            };
            let order = ToRecord::new(subject.clone(), context.clone());
            let error = match inner
                .log
                .transact::<ComplaintLife, String>(order, decide)
                .await
            {
                Ok(done) => {
                    // The next look shall not find it again.
                    let seen = inner.log.token(done.size);
                    let _ = waiting::view_covers(&inner.complaints, &seen).await;
                    break;
                }
                Err(error) => error,
            };
            if let TransactError::Refused(code) = &error {
                let Queued {
                    complaint, message, ..
                } = it;
                tracing::warn!(%complaint, message, code, "what became of it is not recorded");
                break;
            }
            error.waited().await.map_err(|error| error.to_string())?;
        }
        self.tried.remove(&it);
        Ok(())
    }
}

fn content_of(event: Event, number: u32) -> Option<VaultRef> {
    match event {
        Event::Contact(Said::MessageRequested(e)) if e.message == number => Some(e.content),
        Event::Contact(_) | Event::Complaint(_) | Event::Clock(_) | Event::Duty(_) => None,
    }
}

fn outcome(to: &str, sent: Result<String, NotSent>) -> Outcome {
    match sent {
        Ok(said) => Outcome::Delivered(format!("to {to}: {said}")),
        Err(NotSent::Address) => Outcome::Bounced(BounceReason::AddressInvalid, String::new()),
        Err(NotSent::NotNow { .. }) => Outcome::NotNow("the server does not take it now"),
        Err(NotSent::Refused { code, said }) => {
            Outcome::Bounced(reason(code, &said), format!("to {to}: {said}"))
        }
    }
}

/// Which class, subject and detail of RFC 3463 the server said, if it did: 5.1.1 is (1, 1).
fn detail(said: &str) -> Option<(u16, u16)> {
    let words = said.split(|it: char| !it.is_ascii_digit() && it != '.');
    let mut details = words.filter_map(|word| {
        let mut parts = word.split('.');
        let found = (parts.next()? == "5").then(|| Some((parts.next()?, parts.next()?)));
        let (subject, detail) = found.flatten().filter(|_| parts.next().is_none())?;
        Some((subject.parse().ok()?, detail.parse().ok()?))
    });
    details.next()
}

/// Only what is said of the address or the mailbox is kept as such: with the code 550 alone a server also
/// refuses what it takes for spam, or who sends it.
fn reason(code: u16, said: &str) -> BounceReason {
    match (detail(said), code) {
        (Some((1, 1 | 2 | 6 | 10)), _) | (None, 551) => BounceReason::AddressUnknown,
        (Some((1, 3)), _) | (None, 553) => BounceReason::AddressInvalid,
        (Some((2, 2)), _) | (None, 552) => BounceReason::MailboxFull,
        (Some(_) | None, _) => BounceReason::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_the_sender_is_no_fact_about_the_address() {
        for (code, said, expected) in [
            (
                550,
                "5.1.1 <jane@example.org>: no such user",
                BounceReason::AddressUnknown,
            ),
            (
                550,
                "permanent error (550): 5.1.10 null MX",
                BounceReason::AddressUnknown,
            ),
            (551, "user not local", BounceReason::AddressUnknown),
            (
                550,
                "5.7.1 SPF check failed for 5.1.1.9",
                BounceReason::Rejected,
            ),
            (550, "mailbox unavailable", BounceReason::Rejected),
            (554, "blocked, see 5.10", BounceReason::Rejected),
            (552, "5.2.2 quota exceeded", BounceReason::MailboxFull),
            (552, "the mailbox is full", BounceReason::MailboxFull),
            (552, "5.3.4 message too big", BounceReason::Rejected),
            (
                553,
                "mailbox name not allowed",
                BounceReason::AddressInvalid,
            ),
            (553, "5.1.3 bad syntax", BounceReason::AddressInvalid),
        ] {
            assert_eq!(reason(code, said), expected, "{code} {said}");
        }
    }
}
