//! A dispute before another body: an ombudsman, an arbitrator, a court.

use jiff::Timestamp;
use redress_envelope::{Money, VaultRef};
use serde::{Deserialize, Serialize};

use crate::{Determination, ReferredBy, ResolutionMethod};

/// The complaint is before another body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReferredExternally {
    /// Which one, as a code of the organisation's own.
    pub body: String,
    /// Who brought it there.
    pub referred_by: ReferredBy,
    /// More of it in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The other body told the organisation of the dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalNoticeReceived {
    /// What it says, in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The organisation told the other body where it stands, for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalPositionStated {
    /// What it said, sealed.
    pub position: VaultRef,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The other body began to resolve the dispute, or went on to do so in another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalResolutionBegun {
    /// In which way.
    pub method: ResolutionMethod,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant and the organisation agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalDisputeSettled {
    /// What is to be paid, where it is money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub award: Option<Money>,
    /// What they agreed on, sealed.
    pub terms: VaultRef,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The other body recommended or decided something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeterminationReceived {
    /// What became of the organisation's decision.
    pub determination: Determination,
    /// What is to be paid, where it is money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub award: Option<Money>,
    /// What it says, in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The organisation did what was agreed on, or what the other body said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalResultImplemented {
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The dispute before the other body is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalFileClosed {
    /// Why, as a code of the organisation's own. Always there where it came to no result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}
