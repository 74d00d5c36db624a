//! What happened to a clock. Storage format: a field may be added with a default, nothing else changes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Engine, Target};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Started(Started),
    Paused(Paused),
    Resumed(Resumed),
    Retargeted(Retargeted),
    DueDateSet(DueDateSet),
    Stopped(Stopped),
    Continued(Continued),
}

/// The promise that a clock measures: everything that its due time is computed from, apart from what
/// happens to the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The version of the policy that says so. Only a retargeting ever puts a clock under another one.
    pub policy: String,
    pub target: Target,
    /// A calendar of that version of the policy.
    pub calendar: String,
    /// Of the target, in per cent, sorted: when to warn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warn_at_percent: Vec<u8>,
}

/// When something is due and warned of, and what computed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub due_at: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    pub engine: Engine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Of the target.
    pub percent: u8,
    pub at: Timestamp,
}

/// The clock began, or began anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// As the policy calls it: `acknowledge`.
    pub clock: String,
    pub occurred_at: Timestamp,
    pub terms: Terms,
    pub due: Due,
}

/// A cause to stand still came up; there may be several at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paused {
    pub cause: String,
    pub occurred_at: Timestamp,
}

/// A cause to stand still is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    pub cause: String,
    pub occurred_at: Timestamp,
    /// With everything that was paused so far; while another cause keeps the clock paused it is not
    /// yet true.
    pub due: Due,
}

/// Another promise holds, from the clock's own start on: what was used of the time stays used, and no
/// pause is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retargeted {
    pub occurred_at: Timestamp,
    pub terms: Terms,
    pub due: Due,
}

/// A person put the due date somewhere. There it stays, whatever is paused or retargeted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueDateSet {
    pub occurred_at: Timestamp,
    pub due_at: Timestamp,
}

/// What was promised was done, or is not to be done any more. Every pause ends with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    pub occurred_at: Timestamp,
}

/// A stopped clock goes on where it stood; the time between does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continued {
    pub occurred_at: Timestamp,
    pub due: Due,
}
