//! A rejected input as it stands, folded from its stream.

use jiff::Timestamp;
use redress_envelope::Record;
use redress_event_log::UnreadableEvent;
use redress_feedback::{Event, RejectedInput, RejectionReason};
use serde::{Deserialize, Serialize};

use crate::life::decode;

/// Also the row of the view, so a change here needs another version of the fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) id: String,
    /// Of the record with which it began.
    pub(crate) position: u64,
    pub(crate) recorded_at: Timestamp,
    pub(crate) version: u64,
    pub(crate) facts: Box<RejectedInput>,
    pub(crate) standing: Standing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    Open,
    Accepted {
        feedback_id: String,
        corrected: bool,
        data_subject: String,
        settled: Settled,
    },
    Discarded {
        reason: String,
        settled: Settled,
    },
}

/// When, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settled {
    pub(crate) at: Timestamp,
    pub(crate) by: String,
}

impl Kept {
    /// Folds the records of a stream, in order; none if there are none.
    pub(crate) fn fold(records: &[Record]) -> Result<Option<Self>, UnreadableEvent> {
        let mut kept = None;
        for record in records {
            kept = Self::after(kept, record, decode(record)?);
        }
        Ok(kept)
    }

    /// The input after another of its events.
    pub(crate) fn after(before: Option<Self>, record: &Record, event: Event) -> Option<Self> {
        let Some(mut kept) = before else {
            return Self::begun(record, event);
        };
        kept.version = record.version + 1;
        let settled = Settled {
            at: record.time,
            by: record.context.actor.to_string(),
        };
        match event {
            Event::RejectedInputAccepted(it) => {
                kept.standing = Standing::Accepted {
                    feedback_id: it.feedback_id,
                    corrected: it.corrected,
                    data_subject: it.data_subject,
                    settled,
                };
            }
            Event::RejectedInputDiscarded(it) => {
                kept.standing = Standing::Discarded {
                    reason: it.reason,
                    settled,
                };
            }
            // It is rejected once; the others have streams of their own.
            Event::InputRejected(_)
            | Event::Received(_)
            | Event::HistoryReported(_)
            | Event::ImportStarted(_)
            | Event::ImportReopened(_)
            | Event::ImportCompleted(_) => {}
        }
        Some(kept)
    }

    fn begun(record: &Record, event: Event) -> Option<Self> {
        let Event::InputRejected(facts) = event else {
            return None;
        };
        Some(Self {
            id: record.subject.id().to_owned(),
            position: record.position,
            recorded_at: record.time,
            version: record.version + 1,
            facts,
            standing: Standing::Open,
        })
    }

    /// The reason that was told first.
    pub(crate) fn reason(&self) -> RejectionReason {
        let unknown = || RejectionReason {
            code: "UNKNOWN".to_owned(),
            ..RejectionReason::default()
        };
        self.facts.reasons.first().cloned().unwrap_or_else(unknown)
    }
}
