//! That a complaint stands still or goes on, and that it is escalated.

use jiff::Timestamp;
use redress_envelope::VaultRef;
use serde::{Deserialize, Serialize};

use crate::{HoldBasis, WaitingFor};

/// Handling stands still until the complainant does something. Clocks may pause from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComplainantAwaited {
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Handling stands still until somebody else does something. Clocks may pause from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ThirdPartyAwaited {
    /// Who it is, as a code of the organisation's own.
    pub third_party: String,
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The waiting is over. One that a closing, a withdrawal or a merging ends has no such event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resumed {
    /// Who was waited for.
    pub waiting_for: WaitingFor,
    /// A code of the organisation's own. Absent: nobody said, or the complainant answered the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Handling stops on a legal basis. Clocks may pause from here on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Held {
    /// What allows it, or obliges to it.
    pub basis: HoldBasis,
    /// More of it in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Handling goes on. A hold that a closing, a withdrawal or a merging ends has no such event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Released {
    /// What had allowed the hold.
    pub basis: HoldBasis,
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complaint is before more or higher eyes. Where it stands does not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Escalated {
    /// From 1 to 9, as the organisation counts them.
    pub level: u32,
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// The policy and its name of the rule that did it, `ours/answer_late`, or of the level that went on,
    /// `ours/team_lead`. Absent: somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The version of that policy, with which the rule or the level is to be read. Absent: somebody did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Where it goes on to, if it is still escalated to this level then. Absent: nowhere by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<NextLevel>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Where an escalation goes on to by itself, as the policies in force said when it came to its level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NextLevel {
    /// From 1 to 9, as the organisation counts them.
    pub level: u32,
    /// The policy and its name of the level that goes on: `ours/team_lead`.
    pub rule: String,
    /// The version of that policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The complaint is escalated no longer, whatever level it had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeEscalated {
    /// The level that it had, from 1 to 9. It has none afterwards.
    pub from_level: u32,
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}
