//! What happened to a complaint. The structs are the storage format: a field may be added with a
//! default, nothing else may change; an incompatible change makes a new event type.
//!
//! `occurred_at` is always there, also where the command left it to the clock, so that a fold needs
//! no other time. What was only reported by another system has no time of its own.

use jiff::Timestamp;
use redress_envelope::{Actor, ItemId, VaultRef};
use serde::{Deserialize, Serialize};

use crate::{
    Assessment, Cause, CloseBasis, ConflictDeclaration, ExplainedRefusal, Outcome, Reference,
    RemedyOffer, ReportedHistory, Slices,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Opened(Opened),
    TakenOver(TakenOver),
    HistoryReported(HistoryReported),
    Acknowledged(Acknowledged),
    Assigned(Assigned),
    Assessed(Assessed),
    InvestigationStarted(InvestigationStarted),
    InvestigationNotRequired(InvestigationNotRequired),
    ResponseProposed(ResponseProposed),
    RemedyFulfilled(RemedyFulfilled),
    DecisionCommunicated(DecisionCommunicated),
    AcceptanceRecorded(AcceptanceRecorded),
    Disputed(Disputed),
    Closed(Closed),
    Reopened(Reopened),
    Withdrawn(Withdrawn),
    NoteAdded(NoteAdded),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub feedback: ItemId,
    pub reference: Reference,
    pub about: Box<Slices>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOver {
    pub feedback: ItemId,
    pub reference: Reference,
    pub about: Box<Slices>,
    pub history: ReportedHistory,
}

/// Recorded also where an earlier report counts: see [`ReportedHistory::supersedes`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryReported {
    pub history: ReportedHistory,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    pub channel: String,
    pub occurred_at: Timestamp,
}

/// The whole assignment as it stands from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<Actor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessed {
    #[serde(flatten)]
    pub assessment: Assessment,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvestigationStarted {
    pub investigator: Actor,
    pub declaration: ConflictDeclaration,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvestigationNotRequired {
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    pub decided_by: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relies_on: Option<ItemId>,
    pub occurred_at: Timestamp,
}

/// Replaces the earlier response, if there was one: what that left open is no longer owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseProposed {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<NumberedRemedy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<ExplainedRefusal>,
    #[serde(flatten)]
    pub cause: Cause,
    pub occurred_at: Timestamp,
}

/// A remedy with the number that names it within its complaint, from 1, never used twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberedRemedy {
    pub remedy: u32,
    #[serde(flatten)]
    pub offer: RemedyOffer,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyFulfilled {
    pub remedy: u32,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionCommunicated {
    pub outcome: Outcome,
    pub channel: String,
    pub recourse_explained: bool,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptanceRecorded {
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disputed {
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub basis: CloseBasis,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    pub occurred_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteAdded {
    pub note: VaultRef,
    pub occurred_at: Timestamp,
}
