//! What becomes of a message.

use std::fmt::Debug;

use redress_event_log::BoxFuture;
use serde::Serialize;

use super::message::Received;

/// Takes messages in. It knows a repeat by source and id, and gives it the answer of the first time.
pub trait Take: Debug + Send + Sync + 'static {
    /// Answers once what it makes of the message is durable.
    fn take(&self, message: Received) -> BoxFuture<'_, Answer>;
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is in the log. The receipt is JSON, and goes to the publisher as it is.
    Accepted { receipt: serde_json::Value },
    /// It is kept apart, to be corrected and tried again.
    Rejected(Rejection),
    /// Nothing can be taken now: it comes again, and nothing else is tried for a while.
    Later { why: String },
    /// This one cannot be taken now: it comes again, and others may do better.
    Again { why: String },
}

/// What is said of a message that was rejected: the same whenever it comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Stable, `SCREAMING_SNAKE_CASE`.
    pub code: String,
    /// Path of the field that is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// For people; nothing of the content.
    pub reason: String,
    /// What would make it right.
    pub remedy: String,
    /// Under which id it is kept.
    pub rejected_id: String,
}

/// What the publisher is told, and nobody else.
#[derive(Debug, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(super) enum Told<'a> {
    Accepted {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        receipt: &'a serde_json::Value,
    },
    Rejected {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a str>,
        #[serde(flatten)]
        rejection: &'a Rejection,
    },
}

/// What everybody who may read the source's rejections is told. The message's id can point at a
/// person, so it is left out; the broker told the publisher the sequence.
#[derive(Debug, Serialize)]
pub(super) struct Notice<'a> {
    pub(super) sequence: u64,
    #[serde(flatten)]
    pub(super) rejection: &'a Rejection,
}
