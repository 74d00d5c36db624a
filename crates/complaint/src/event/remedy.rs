//! One remedy at a time, after the response that it belongs to.

use jiff::Timestamp;
use redress_envelope::VaultRef;
use serde::{Deserialize, Serialize};

use super::NumberedRemedy;

/// A remedy more than the response had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemedyOffered {
    #[serde(flatten)]
    pub remedy: NumberedRemedy,
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
