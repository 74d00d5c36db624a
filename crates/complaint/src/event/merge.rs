//! Several complaints of one matter. Both streams tell of it: the one that is merged says into which, the
//! other one which it received. The latter is recorded first, so that none is merged into a complaint
//! that does not take it.

use jiff::Timestamp;
use redress_envelope::{ItemId, VaultRef};
use serde::{Deserialize, Serialize};

/// From now on another complaint answers this one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergedInto {
    /// The other complaint.
    pub into: ItemId,
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// It is a complaint of its own again, and stands where it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unmerged {
    /// The complaint into which it had been merged.
    pub from: ItemId,
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// From now on this complaint answers another one, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergeReceived {
    /// The complaint that is merged into this one.
    pub from: ItemId,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The other one is a complaint of its own again, or never came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MergeEnded {
    /// The complaint that had been merged into this one.
    pub from: ItemId,
    /// When it happened.
    pub occurred_at: Timestamp,
}
