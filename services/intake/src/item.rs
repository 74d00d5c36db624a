//! One piece of feedback as it stands, folded from its stream.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use redress_complaint::Reference;
use redress_envelope::{Actor, Record};
use redress_event_log::UnreadableEvent;
use redress_feedback::{Event, Feedback, Kind};
use serde::{Deserialize, Serialize};

use crate::life::decode;

/// What is known of a feedback item, without its words. Also the row of the view, so a change here
/// needs another version of the fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) id: String,
    /// Of the record with which it began.
    pub(crate) position: u64,
    pub(crate) recorded_at: Timestamp,
    pub(crate) recorded_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference: Option<Reference>,
    /// Who sent the message that it came as, if it came as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sender: Option<String>,
    /// Events of the item.
    pub(crate) version: u64,
    /// The report that counts, among all that came.
    pub(crate) facts: Box<Feedback>,
}

impl Item {
    /// Folds the item's records, in order; none if there are none.
    pub(crate) fn fold(records: &[Record]) -> Result<Option<Self>, UnreadableEvent> {
        let mut item = None;
        for record in records {
            item = Self::after(item, record, decode(record)?);
        }
        Ok(item)
    }

    /// The item after another of its events.
    pub(crate) fn after(before: Option<Self>, record: &Record, event: Event) -> Option<Self> {
        match (before, event) {
            (None, Event::Received(facts)) => Some(Self::received(record, facts)),
            (Some(mut item), Event::Received(facts) | Event::HistoryReported(facts)) => {
                item.version = record.version + 1;
                if item.facts.is_superseded_by(&facts) {
                    item.facts = facts;
                }
                Some(item)
            }
            // A report about nothing is never decided; the others have streams of their own.
            (
                before,
                Event::HistoryReported(_)
                | Event::ImportStarted(_)
                | Event::ImportReopened(_)
                | Event::ImportCompleted(_)
                | Event::InputRejected(_)
                | Event::RejectedInputAccepted(_)
                | Event::RejectedInputDiscarded(_),
            ) => before,
        }
    }

    fn received(record: &Record, facts: Box<Feedback>) -> Self {
        Self {
            id: record.subject.id().to_owned(),
            position: record.position,
            recorded_at: record.time,
            recorded_by: record.context.actor.to_string(),
            reference: reference(reference_year(&facts), record.position),
            sender: sender(record),
            version: record.version + 1,
            facts,
        }
    }

    /// How many other reports came after the first.
    pub(crate) fn updates(&self) -> u32 {
        u32::try_from(self.version.saturating_sub(1)).unwrap_or(u32::MAX)
    }
}

/// Whoever handed a message in, or the one for whom it was tried again.
fn sender(record: &Record) -> Option<String> {
    let context = &record.context;
    context.inbound_key.as_ref()?;
    match context.on_behalf_of.as_ref().unwrap_or(&context.actor) {
        Actor::Service(name) => Some(name.clone()),
        Actor::User(_) | Actor::System => None,
    }
}

/// What people call a complaint by: the year in which it was received, and its place in intake's
/// log.
pub(crate) fn reference(year: Option<i16>, position: u64) -> Option<Reference> {
    Reference::of_position(year?, position).ok()
}

/// The year in a reference. Other kinds of feedback open no complaint and have none.
pub(crate) fn reference_year(facts: &Feedback) -> Option<i16> {
    (facts.kind == Kind::Complaint).then(|| facts.received_at.to_zoned(TimeZone::UTC).year())
}
