//! One remedy at a time, after the response that it belongs to.

use jiff::Timestamp;
use redress_envelope::{Actor, VaultRef};
use serde::{Deserialize, Serialize};

use super::NumberedRemedy;

/// A remedy more than the response had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemedyOffered {
    #[serde(flatten)]
    pub remedy: NumberedRemedy,
    /// Who offered it, where another person has to approve it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_by: Option<Actor>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Another person than who offered it stands for a remedy above the limit of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemedyApproved {
    /// The number of the remedy, from the response or the offer.
    pub remedy: u32,
    /// Who approved it.
    pub approved_by: Actor,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant takes a remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemedyAccepted {
    /// The number of the remedy, from the response or the offer.
    pub remedy: u32,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant does not want a remedy: it is owed no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemedyDeclined {
    /// The number of the remedy, from the response or the offer.
    pub remedy: u32,
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}
