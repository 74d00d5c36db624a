//! What happened to a clock. Storage format: a field may be added with a default, nothing else changes.
//!
//! `clock` is the policy's name and the name that the policy gives the clock: `uk-disp/final_response`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Engine, Target};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Started(Started),
    Paused(Paused),
    Resumed(Resumed),
    Retargeted(Retargeted),
    DueDateSet(DueDateSet),
    DueDateCleared(DueDateCleared),
    Warned(Warned),
    Breached(Breached),
    Stopped(Stopped),
    Continued(Continued),
}

impl Event {
    pub fn clock(&self) -> &str {
        match self {
            Self::Started(it) => &it.clock,
            Self::Paused(it) => &it.clock,
            Self::Resumed(it) => &it.clock,
            Self::Retargeted(it) => &it.clock,
            Self::DueDateSet(it) => &it.clock,
            Self::DueDateCleared(it) => &it.clock,
            Self::Warned(it) => &it.clock,
            Self::Breached(it) => &it.clock,
            Self::Stopped(it) => &it.clock,
            Self::Continued(it) => &it.clock,
        }
    }

    pub fn occurred_at(&self) -> Timestamp {
        match self {
            Self::Started(it) => it.occurred_at,
            Self::Paused(it) => it.occurred_at,
            Self::Resumed(it) => it.occurred_at,
            Self::Retargeted(it) => it.occurred_at,
            Self::DueDateSet(it) => it.occurred_at,
            Self::DueDateCleared(it) => it.occurred_at,
            Self::Warned(it) => it.occurred_at,
            Self::Breached(it) => it.due_at,
            Self::Stopped(it) => it.occurred_at,
            Self::Continued(it) => it.occurred_at,
        }
    }
}

/// The promise that a clock measures: everything that its due time is computed from, apart from what
/// happens to the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Terms {
    /// The version of the policy that says so. Only a retargeting ever puts a clock under another one.
    pub policy: String,
    /// How long it may take.
    pub target: Target,
    /// A calendar of that version of the policy.
    pub calendar: String,
    /// Of the target, in per cent, sorted: when to warn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warn_at_percent: Vec<u8>,
}

/// When something is due and warned of, and what computed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Due {
    /// When something is due.
    pub due_at: Timestamp,
    /// When somebody is to be warned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// What computed it.
    pub engine: Engine,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Warning {
    /// Of the target.
    pub percent: u8,
    /// When that share is used.
    pub at: Timestamp,
}

/// The clock began, or began anew. What stands still just then is told by [`Paused`] events after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Started {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// What began it: a moment of a complaint (`received`), or `reopened`.
    pub by: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What is promised.
    pub terms: Terms,
    /// When it is due by that.
    pub due: Due,
}

/// A cause to stand still came up; there may be several at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Paused {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// `awaiting_complainant`, `awaiting_third_party`, `on_hold` or `merged`.
    pub cause: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A cause to stand still is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resumed {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// `awaiting_complainant`, `awaiting_third_party`, `on_hold` or `merged`.
    pub cause: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// With everything that was paused so far; while another cause keeps the clock paused it is not
    /// yet true.
    pub due: Due,
}

/// Another promise holds, from the clock's own start on: what was used of the time stays used, and no
/// pause is lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Retargeted {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// What became another one: `severity` or `extended`.
    pub by: String,
    /// Where a person decided it: a code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What is promised.
    pub terms: Terms,
    /// When it is due by that.
    pub due: Due,
}

/// A person put the due date somewhere. There it stays, whatever is paused or retargeted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DueDateSet {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// A code of the organisation's own.
    pub reason: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When something is due.
    pub due_at: Timestamp,
}

/// What is computed counts again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DueDateCleared {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// A code of the organisation's own.
    pub reason: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A share of the target's time was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Warned {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// Of the target.
    pub percent: u8,
    /// When it was used.
    pub occurred_at: Timestamp,
}

/// The due time passed. What is heard of later and happened before takes it back: what a [`Stopped`]
/// says counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Breached {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// The time at which it was broken, too.
    pub due_at: Timestamp,
}

/// What was promised was done, or is promised no longer. Every pause ends with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Stopped {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// What stopped it: a moment of a complaint (`decision_communicated`), or `reclassified` where its
    /// policy does not apply any more.
    pub by: String,
    /// Whether what was promised was done. If not, there is nothing to promise any more.
    pub is_fulfilled: bool,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// With everything that was paused.
    pub due: Due,
    /// What a person put in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_by_hand: Option<Timestamp>,
    /// Whether it was stopped at its due time or before.
    pub is_in_time: bool,
}

/// A stopped clock goes on where it stood; the time between does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Continued {
    /// The policy and its name of the clock: `uk-disp/final_response`.
    pub clock: String,
    /// `reopened` or `disputed`.
    pub by: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it is due by that.
    pub due: Due,
}
