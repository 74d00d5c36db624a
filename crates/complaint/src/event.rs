//! What happened to a complaint. The structs are the storage format: a field may be added with a
//! default, nothing else may change; an incompatible change makes a new event type.
//!
//! `occurred_at` is always there, also where the command left it to the clock, so that a fold needs
//! no other time. What was only reported by another system has no time of its own.

mod after;
mod external;
mod inquiry;
mod merge;
mod pause;
mod remedy;

use jiff::Timestamp;
use redress_envelope::{Actor, ItemId, Money, VaultRef};
use serde::{Deserialize, Serialize};

use crate::{
    Assessment, Cause, CloseBasis, ConflictDeclaration, ExplainedRefusal, KeptOut, Outcome,
    Promises, Reference, Refusal, RemedyOffer, ReportedHistory, Revision, Severity, Slices,
};

pub use after::{FollowedUp, SatisfactionRecorded};
pub use external::{
    DeterminationReceived, ExternalDisputeSettled, ExternalFileClosed, ExternalNoticeReceived,
    ExternalPositionStated, ExternalResolutionBegun, ExternalResultImplemented, ReferredExternally,
};
pub use inquiry::{
    ConflictCleared, ConflictDeclared, EvidenceRecorded, FindingRecorded, Reclassified,
};
pub use merge::{MergeEnded, MergeReceived, MergedInto, Unmerged};
pub use pause::{
    ComplainantAwaited, DeEscalated, Escalated, Held, NextLevel, Released, Resumed,
    ThirdPartyAwaited,
};
pub use remedy::{RemedyAccepted, RemedyApproved, RemedyDeclined, RemedyOffered};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Opened(Opened),
    TakenOver(TakenOver),
    HistoryReported(HistoryReported),
    Acknowledged(Acknowledged),
    Assigned(Assigned),
    Assessed(Assessed),
    InvestigationStarted(InvestigationStarted),
    InvestigationRefused(InvestigationRefused),
    InvestigationNotRequired(InvestigationNotRequired),
    ResponseProposed(ResponseProposed),
    RemedyFulfilled(RemedyFulfilled),
    DecisionCommunicated(DecisionCommunicated),
    AcceptanceRecorded(AcceptanceRecorded),
    Disputed(Disputed),
    Closed(Closed),
    Reopened(Reopened),
    Withdrawn(Withdrawn),
    RemedyOffered(RemedyOffered),
    RemedyAccepted(RemedyAccepted),
    RemedyDeclined(RemedyDeclined),
    RemedyApproved(RemedyApproved),
    ConflictDeclared(ConflictDeclared),
    ConflictCleared(ConflictCleared),
    EvidenceRecorded(EvidenceRecorded),
    FindingRecorded(FindingRecorded),
    Reclassified(Reclassified),
    ComplainantAwaited(ComplainantAwaited),
    ThirdPartyAwaited(ThirdPartyAwaited),
    Resumed(Resumed),
    Held(Held),
    Released(Released),
    Escalated(Escalated),
    DeEscalated(DeEscalated),
    ReferredExternally(ReferredExternally),
    ExternalNoticeReceived(ExternalNoticeReceived),
    ExternalPositionStated(ExternalPositionStated),
    ExternalResolutionBegun(ExternalResolutionBegun),
    ExternalDisputeSettled(ExternalDisputeSettled),
    DeterminationReceived(DeterminationReceived),
    ExternalResultImplemented(ExternalResultImplemented),
    ExternalFileClosed(ExternalFileClosed),
    FollowedUp(FollowedUp),
    SatisfactionRecorded(SatisfactionRecorded),
    MergedInto(MergedInto),
    Unmerged(Unmerged),
    MergeReceived(MergeReceived),
    MergeEnded(MergeEnded),
    NoteAdded(NoteAdded),
}

/// A complaint was opened from an item of feedback, whose id it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Opened {
    /// The item of feedback. It is recorded by intake, under `feedback/<id>`.
    pub feedback: ItemId,
    /// What people call it on the phone and in letters.
    pub reference: Reference,
    /// What the feedback says that is not personal.
    pub about: Box<Slices>,
}

/// A complaint was taken over from another system, with what that reported about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TakenOver {
    /// The item of feedback. It is recorded by intake, under `feedback/<id>`.
    pub feedback: ItemId,
    /// What people call it on the phone and in letters.
    pub reference: Reference,
    /// What the feedback says that is not personal.
    pub about: Box<Slices>,
    /// What the other system reported.
    pub history: ReportedHistory,
}

/// Recorded also where an earlier report counts: see [`ReportedHistory::supersedes`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HistoryReported {
    /// What the other system reported now.
    pub history: ReportedHistory,
}

/// The complainant was told that the complaint is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acknowledged {
    /// The door through which: `email`, `phone`, ...
    pub channel: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The whole assignment as it stands from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assigned {
    /// The person who handles it. Absent: nobody in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<Actor>,
    /// A work list of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// How bad it is, how complex, and whether something must be done at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assessed {
    #[serde(flatten)]
    pub assessment: Assessment,
    /// The severity that the policies in force proposed for what was found. Absent: they proposed none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_severity: Option<Severity>,
    /// Why it is of this severity, as a code of the organisation's own. There where another was proposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity_reason: Option<String>,
    /// Why it was assessed again. Absent: it was not, or nobody was asked then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Revision>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Somebody began to investigate, after saying whether they have a conflict of interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvestigationStarted {
    /// Who investigates.
    pub investigator: Actor,
    /// What the investigator said about a conflict of interest.
    pub declaration: ConflictDeclaration,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Somebody was to investigate and was kept out. Who does is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvestigationRefused {
    /// Who was to investigate.
    pub investigator: Actor,
    /// What that person said about a conflict of interest.
    pub declaration: ConflictDeclaration,
    /// Why that was refused.
    pub reason: KeptOut,
    /// When it happened.
    pub occurred_at: Timestamp,
}

impl InvestigationRefused {
    /// What whoever asked for it is told.
    pub fn refusal(&self) -> Refusal {
        match self.reason {
            KeptOut::ConflictOfInterest | KeptOut::Other(_) => Refusal::ConflictOfInterest,
        }
    }
}

/// It was decided that nothing needs to be investigated, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvestigationNotRequired {
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// Who decided it.
    pub decided_by: Actor,
    /// The complaint whose investigation answers this one too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relies_on: Option<ItemId>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// Replaces the earlier response, if there was one: what that left open is no longer owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResponseProposed {
    /// What is offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<NumberedRemedy>,
    /// Who offers them, where another person has to approve one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_by: Option<Actor>,
    /// Why nothing is, or not everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<ExplainedRefusal>,
    #[serde(flatten)]
    pub cause: Cause,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A remedy with the number that names it within its complaint, from 1, never used twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NumberedRemedy {
    /// The number.
    pub remedy: u32,
    #[serde(flatten)]
    pub offer: RemedyOffer,
    /// What one person may offer alone of this currency, where all offers of it together are more: then another
    /// person has to approve this one. It is 0 where the policies limit other currencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_limit: Option<Money>,
}

/// A remedy that was offered has been given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemedyFulfilled {
    /// The number of the remedy, from the response.
    pub remedy: u32,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant was told what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DecisionCommunicated {
    /// What was decided.
    pub outcome: Outcome,
    /// The door through which: `email`, `letter`, ...
    pub channel: String,
    /// Whether the complainant was told where else to turn.
    pub recourse_explained: bool,
    /// The body outside that was named as one to turn to, as a code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_recourse: Option<String>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant accepted the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AcceptanceRecorded {
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant does not accept the decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disputed {
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complaint was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Closed {
    /// On what ground.
    pub basis: CloseBasis,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A closed complaint was opened again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reopened {
    /// A code of the organisation's own.
    pub reason: String,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The complainant took the complaint back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Withdrawn {
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in words, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<VaultRef>,
    /// What becomes of what was promised and not fulfilled. Absent: nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promises: Option<Promises>,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A note for those who handle the complaint; its words are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NoteAdded {
    /// The words, sealed.
    pub note: VaultRef,
    /// When it happened.
    pub occurred_at: Timestamp,
}
