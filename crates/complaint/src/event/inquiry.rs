//! What was found out about a complaint, and who may find it out.

use jiff::Timestamp;
use redress_envelope::{Actor, VaultRef};
use serde::{Deserialize, Serialize};

use crate::{Classification, Clearance, FindingResult, Revision};

/// Somebody has a conflict of interest in this complaint, whatever is done about it, and investigates it
/// no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConflictDeclared {
    /// Who has it.
    pub person: Actor,
    /// What it is, in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A conflict of interest that was declared is over, or was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConflictCleared {
    /// Who had it.
    pub person: Actor,
    /// Which of the two. Absent: nobody was asked then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Clearance>,
    /// Why there is none, in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Somebody was asked, or something was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EvidenceRecorded {
    /// The number that names it within its complaint, from 1, never used twice.
    pub evidence: u32,
    /// A code of the organisation's own: `photograph`, `statement`, `measurement`, ...
    pub kind: String,
    /// Where it comes from, as a code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What it says, in words, sealed.
    pub description: VaultRef,
    /// The number of the evidence in whose place it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<u32>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The investigation found something, or found that nothing can be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindingRecorded {
    /// The number that names it within its complaint, from 1, never used twice.
    pub finding: u32,
    /// What it says of what was complained of.
    pub result: FindingResult,
    /// The finding in words, sealed.
    pub description: VaultRef,
    /// The numbers of the evidence that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<u32>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// How bad or how complex it is was seen otherwise than before. What must be done at once stays as it was
/// assessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reclassified {
    #[serde(flatten)]
    pub classification: Classification,
    /// As it was until then.
    pub earlier: Classification,
    /// Whether it was seen wrongly, or more is known now. Absent: nobody was asked then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Revision>,
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}
