//! What names a message, and what it says beside its body.

use jiff::Timestamp;
use redress_envelope::{Actor, ItemId};
use redress_event_bus::{InboxEvent, Mode, Published, Received, Unreadable};
use redress_feedback::{EARLIEST, Submission, is_source};
use redress_service::Problem;

use super::NATS;
use super::canonical::{canonical, canonical_without};
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
            source: is_source(&source).is_ok().then_some(source),
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
            digest: content_of(names, body),
        }
    }

    /// Under which id it is kept where it is rejected: the same message again has the same one.
    pub(crate) fn rejected_id(&self, names: &Names) -> ItemId {
        let content = match (&self.event.data, self.wrong_time()) {
            (Ok(data), None) => content_of(names, data),
            (Ok(data), Some(time)) => {
                names.content("data and time", &[&content_of(names, data), time])
            }
            // Where the data cannot be read, the whole is what it says.
            (Err(_), _) => self.content_of_all(names),
        };
        names.rejected(&self.key, &content)
    }

    /// The event's time, where that alone can be what is wrong: the same event with a right one is
    /// another message. Many programs write there when they sent it, which says nothing.
    fn wrong_time(&self) -> Option<&str> {
        let time = self.event.time.as_deref()?;
        let parsed = time.parse::<Timestamp>();
        parsed.map_or(true, |it| it < EARLIEST).then_some(time)
    }

    /// What came, but for what is another each time that it is published.
    fn content_of_all(&self, names: &Names) -> String {
        let headers = &self.published.headers;
        let kept = headers
            .iter()
            .filter(|(name, _)| !OF_A_DELIVERY.contains(&name.as_str()));
        let mut parts: Vec<&str> = kept
            .flat_map(|(name, value)| [name.as_str(), value.as_str()])
            .collect();
        let payload = &self.published.payload;
        let body = match self.event.mode {
            Mode::Structured => canonical_without(payload, &ATTRIBUTES_OF_A_DELIVERY),
            Mode::Binary | Mode::Plain => None,
        };
        let (form, body) = match body {
            Some(body) => ("unreadable event", body),
            None => ("unreadable", text_of(payload)),
        };
        parts.push(&body);
        names.content(form, &parts)
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
        Some(origin?.within(self.event.source.as_deref(), problems))
    }

    /// Fills in what the message says about the submission, where the submission does not.
    pub(crate) fn fill_in(&self, submission: &mut Submission, problems: &mut Vec<Problem>) {
        // Where only the day is said, no time is made up beside it.
        if submission.received_on.is_none() {
            submission.received_at.get_or_insert(self.received_at);
        }
        let got = submission.received_at.unwrap_or(self.received_at);
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
        let is_said = submission.occurred_at.is_some() || submission.occurred_on.is_some();
        if !is_said && time <= known {
            submission.occurred_at = Some(time);
        }
    }
}

/// Why nothing can be read of a message.
pub(crate) fn unreadable(it: &Unreadable) -> Problem {
    let problem = Problem::invalid(it.code, it.field.unwrap_or_default(), it.why);
    match it.place {
        Some((line, column)) => at(problem, line, column),
        None => problem,
    }
}

/// Says where in a text it is.
pub(super) fn at(problem: Problem, line: usize, column: usize) -> Problem {
    problem
        .with_fact("line", line.to_string())
        .with_fact("column", column.to_string())
}

fn nanos(time: std::time::SystemTime) -> u128 {
    let since = time.duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos())
}

/// Headers that are another each time that the same is published. The header that names a message is in
/// its key where it counts.
const OF_A_DELIVERY: [&str; 6] = [
    "traceparent",
    "tracestate",
    "ce-traceparent",
    "ce-tracestate",
    "ce-time",
    "nats-msg-id",
];
/// The same of an event in structured mode.
const ATTRIBUTES_OF_A_DELIVERY: [&str; 3] = ["traceparent", "tracestate", "time"];

/// Keyed hash of a submission. What is no JSON stands for itself.
fn content_of(names: &Names, body: &[u8]) -> String {
    match canonical(body) {
        Some(text) => names.content("json", &[&text]),
        None => names.content("bytes", &[&text_of(body)]),
    }
}

/// A letter for each byte.
fn text_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
