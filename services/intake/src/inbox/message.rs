//! What names a message, and what it says beside its body.

use jiff::Timestamp;
use redress_envelope::{Actor, ItemId};
use redress_event_bus::{InboxEvent, Published, Received};
use redress_feedback::Submission;
use redress_service::Problem;

use super::{NATS, canonical};
use crate::names::{Names, Origin};

/// A message, with its names here.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// Who sent it; none where that is no name that may stand in an event.
    pub(crate) source: Option<String>,
    /// When the organisation got it.
    pub(crate) received_at: Timestamp,
    pub(crate) published: Published,
    pub(crate) event: InboxEvent,
    /// Keyed hash of door, source and id.
    pub(crate) key: String,
}

/// What stands for a message in the log.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) key: String,
    pub(crate) item: ItemId,
    /// Keyed hash of the submission, however it was written.
    pub(crate) digest: String,
}

impl Message {
    pub(crate) fn new(names: &Names, received: Received, now: Timestamp) -> Self {
        let Received {
            source,
            sequence,
            published_at,
            published,
            event,
            ..
        } = received;
        // A clock that is ahead of ours is no reason to reject anything.
        let got = Timestamp::try_from(published_at).unwrap_or(now).min(now);
        let key = if let Some(id) = &event.id {
            names.message(NATS, &source, event.source.as_deref(), id)
        } else {
            // Nothing tells a repeat from a second message: only its place in the inbox names it.
            let place = format!("{sequence}@{}", nanos(published_at));
            names.message_without_id(NATS, &source, &place)
        };
        Self {
            source: is_source(&source).then_some(source),
            received_at: Timestamp::from_microsecond(got.as_microsecond()).unwrap_or(now),
            published,
            event,
            key,
        }
    }

    pub(crate) fn named(&self, names: &Names, body: &[u8]) -> Named {
        Named {
            key: self.key.clone(),
            item: names.item_of_reference(&self.key),
            digest: names.request(&text_of(body)),
        }
    }

    /// Under which id it is kept where it is rejected: the same message again has the same one.
    pub(crate) fn rejected_id(&self, names: &Names) -> ItemId {
        let content = match &self.event.data {
            Ok(data) => text_of(data),
            // Where the data cannot be read, the whole is what it says.
            Err(_) => text_of(&self.published.encode()),
        };
        names.rejected(&self.key, &names.request(&content))
    }

    pub(crate) fn actor(&self) -> Actor {
        match &self.source {
            Some(source) => Actor::Service(source.clone()),
            None => Actor::System,
        }
    }

    /// The system that it comes from and its id there, as an external reference of the feedback.
    pub(crate) fn origin(&self, problems: &mut Vec<Problem>) -> Option<Origin> {
        let Some(source) = &self.source else {
            let why = "the last part of the subject is no source";
            problems.push(
                Problem::invalid("SOURCE_INVALID", "subject", why)
                    .with_remedy("publish under a source of 1 to 40 of a-z, 0-9 and `-`"),
            );
            return None;
        };
        let mut found = Vec::new();
        let origin = Origin::new(source.clone(), self.event.id.as_ref()?, &mut found);
        problems.extend(found.into_iter().map(|problem| problem.with_field("id")));
        origin
    }

    /// Fills in what the message says about the submission, where the submission does not.
    pub(crate) fn fill_in(&self, submission: &mut Submission, problems: &mut Vec<Problem>) {
        let got = *submission.received_at.get_or_insert(self.received_at);
        let Some(time) = &self.event.time else { return };
        let Ok(time) = time.parse::<Timestamp>() else {
            problems.push(
                Problem::invalid("FIELD_MALFORMED", "time", "`time` is no time")
                    .with_remedy("write it as in RFC 3339, such as 2026-05-20T08:00:00Z"),
            );
            return;
        };
        // Many programs write there when they sent the event. What lies after its receipt is not
        // when it happened.
        let known = submission.aware_at.map_or(got, |aware| aware.min(got));
        if submission.occurred_at.is_none() && time <= known {
            submission.occurred_at = Some(time);
        }
    }
}

fn nanos(time: std::time::SystemTime) -> u128 {
    let since = time.duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos())
}

/// What may stand in an event, an actor and a subject: as `docs/publish.md` says.
fn is_source(text: &str) -> bool {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(good)
}

/// One text for the same content. What is no JSON stands for itself, byte by byte.
fn text_of(bytes: &[u8]) -> String {
    canonical(bytes).unwrap_or_else(|| bytes.iter().map(|byte| char::from(*byte)).collect())
}
