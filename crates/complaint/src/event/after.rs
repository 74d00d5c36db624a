//! What comes after the closing.

use jiff::Timestamp;
use redress_envelope::VaultRef;
use serde::{Deserialize, Serialize};

use crate::Satisfaction;

/// The complainant was asked, after the closing, whether all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowedUp {
    /// The door through which: `phone`, `email`, ...
    pub channel: String,
    /// What was heard, as a code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant said how satisfied they are with how it was handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SatisfactionRecorded {
    #[serde(flatten)]
    pub satisfaction: Satisfaction,
    /// In the complainant's words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}
