//! What the publisher of an accepted message is told.

use jiff::Timestamp;
use redress_complaint::Reference;
use redress_envelope::{ItemId, format_timestamp};
use redress_event_log::{Done, Log};
use serde::Serialize;
use serde_json::Value;

/// A message that is feedback.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    pub(crate) feedback_id: ItemId,
    /// Of a complaint only.
    pub(crate) reference: Option<Reference>,
    /// The place of its first record.
    position: Option<u64>,
    token: String,
    repeated: bool,
    recorded_at: Option<Timestamp>,
}

/// Programs of others read it: fields are added, never renamed.
#[derive(Serialize)]
struct Receipt {
    feedback_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u64>,
    token: String,
    repeated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_at: Option<String>,
}

impl Accepted {
    pub(super) fn new<S>(
        log: &Log,
        feedback_id: ItemId,
        reference: Option<Reference>,
        done: &Done<S>,
    ) -> Self {
        Self {
            feedback_id,
            reference,
            position: done.records.first().map(|record| record.position),
            token: log.token(done.size).to_string(),
            repeated: done.repeated || done.records.is_empty(),
            recorded_at: done.records.last().map(|record| record.time),
        }
    }

    /// As JSON. Everything but `repeated` is as it was the first time.
    pub(super) fn receipt(&self) -> Value {
        let receipt = Receipt {
            feedback_id: self.feedback_id.to_string(),
            reference: self.reference.map(|it| it.to_string()),
            position: self.position,
            token: self.token.clone(),
            repeated: self.repeated,
            recorded_at: self.recorded_at.map(format_timestamp),
        };
        serde_json::to_value(receipt).unwrap_or(Value::Null)
    }
}
