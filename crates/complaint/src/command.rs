//! What can be asked of a complaint.
//!
//! `occurred_at` says when it happened; without it, it happens now. Fields that a caller may have
//! left out, and that a rule asks for, are optional here, so that the refusal can name them.

mod after;
mod external;
mod merge;

use jiff::Timestamp;
use redress_envelope::{Actor, ItemId, VaultRef};

pub use after::{FollowUp, RecordSatisfaction};
pub use external::{
    BeginExternalResolution, CloseExternalFile, ImplementExternalResult, RecordDetermination,
    RecordExternalNotice, ReferExternally, SettleExternally, StateExternalPosition,
};
pub use merge::{EndMerge, Merge, ReceiveMerge, Unmerge};

use crate::{
    Cause, Clearance, CloseBasis, ConflictDeclaration, ExplainedRefusal, FindingResult, HoldBasis,
    ImmediateAction, Level, Outcome, Promises, Reference, RemedyOffer, ReportedHistory, Revision,
    SafetyImplication, Severity, Slices,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Open(Open),
    TakeOver(TakeOver),
    ReportHistory(ReportHistory),
    Acknowledge(Acknowledge),
    Assign(Assign),
    Assess(Assess),
    StartInvestigation(StartInvestigation),
    RecordInvestigationNotRequired(RecordInvestigationNotRequired),
    ProposeResponse(ProposeResponse),
    FulfilRemedy(FulfilRemedy),
    CommunicateDecision(CommunicateDecision),
    RecordAcceptance(RecordAcceptance),
    Dispute(Dispute),
    Close(Close),
    Reopen(Reopen),
    Withdraw(Withdraw),
    OfferRemedy(OfferRemedy),
    AcceptRemedy(AcceptRemedy),
    DeclineRemedy(DeclineRemedy),
    ApproveRemedy(ApproveRemedy),
    DeclareConflict(DeclareConflict),
    ClearConflict(ClearConflict),
    RecordEvidence(RecordEvidence),
    RecordFinding(RecordFinding),
    Reclassify(Reclassify),
    AwaitComplainant(AwaitComplainant),
    AwaitThirdParty(AwaitThirdParty),
    Resume(Resume),
    Hold(Hold),
    Release(Release),
    Escalate(Escalate),
    DeEscalate(DeEscalate),
    ReferExternally(ReferExternally),
    RecordExternalNotice(RecordExternalNotice),
    StateExternalPosition(StateExternalPosition),
    BeginExternalResolution(BeginExternalResolution),
    SettleExternally(SettleExternally),
    RecordDetermination(RecordDetermination),
    ImplementExternalResult(ImplementExternalResult),
    CloseExternalFile(CloseExternalFile),
    FollowUp(FollowUp),
    RecordSatisfaction(RecordSatisfaction),
    Merge(Merge),
    Unmerge(Unmerge),
    ReceiveMerge(ReceiveMerge),
    EndMerge(EndMerge),
    AddNote(AddNote),
}

/// Open a complaint from feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    pub feedback: ItemId,
    pub reference: Reference,
    pub about: Box<Slices>,
}

/// Take a complaint over from another system, in the state that its report implies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeOver {
    pub feedback: ItemId,
    pub reference: Reference,
    pub about: Box<Slices>,
    pub history: ReportedHistory,
}

/// Another report of a complaint that was taken over. Reports may come in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportHistory {
    pub history: ReportedHistory,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledge {
    /// How the complainant was told: `email`, `phone`, ...
    pub channel: String,
    pub occurred_at: Option<Timestamp>,
}

/// Give it to somebody, to a queue, or to somebody for a queue. Replaces the earlier assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    pub handler: Option<Actor>,
    pub queue: Option<String>,
    pub occurred_at: Option<Timestamp>,
}

/// Say how bad it is. A later assessment with another content replaces the earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assess {
    /// `None`: what the policies in force propose for the rest.
    pub severity: Option<Severity>,
    pub safety_implication: Option<SafetyImplication>,
    pub complexity: Option<Level>,
    pub impact: Option<Level>,
    pub immediate_action: Option<ImmediateAction>,
    /// Why it is of this severity, as a code of the organisation's own; must be said where the policies
    /// in force propose another.
    pub reason: Option<String>,
    /// Must be said of what was assessed before.
    pub because: Option<Revision>,
    pub occurred_at: Option<Timestamp>,
}

/// Start to investigate, or hand the investigation to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartInvestigation {
    pub investigator: Actor,
    pub declaration: ConflictDeclaration,
    pub occurred_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordInvestigationNotRequired {
    /// A code or title of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub decided_by: Option<Actor>,
    /// The complaint whose investigation covers this one.
    pub relies_on: Option<ItemId>,
    pub occurred_at: Option<Timestamp>,
}

/// Say what is offered or why nothing is. A later proposal, before it is communicated or after a
/// dispute, replaces the earlier with its open remedies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposeResponse {
    pub remedies: Vec<RemedyOffer>,
    pub refusal: Option<ExplainedRefusal>,
    pub cause: Option<Cause>,
    pub occurred_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FulfilRemedy {
    /// The number that `response_proposed` gave it.
    pub remedy: u32,
    pub occurred_at: Option<Timestamp>,
}

/// Tell the complainant. The same decision may be told again, also once it is disputed, to explain
/// recourse for instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommunicateDecision {
    pub outcome: Outcome,
    pub channel: String,
    /// Whether the complainant was told what can be done against it, inside and outside.
    pub recourse_explained: bool,
    /// The body outside that was named, as a code of the organisation's own.
    pub external_recourse: Option<String>,
    pub occurred_at: Option<Timestamp>,
}

/// The complainant accepts the decision; one that was disputed, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordAcceptance {
    pub occurred_at: Option<Timestamp>,
}

/// The complainant rejects the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// A code of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    pub basis: CloseBasis,
    pub occurred_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopen {
    /// A code of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// The complainant takes it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdraw {
    /// A code of the organisation's own.
    pub reason: Option<String>,
    pub explanation: Option<VaultRef>,
    /// What becomes of what was promised; must be said where something is owed.
    pub promises: Option<Promises>,
    pub occurred_at: Option<Timestamp>,
}

/// Offer a remedy more: to what is proposed, or to what the complainant was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferRemedy {
    pub offer: RemedyOffer,
    pub occurred_at: Option<Timestamp>,
}

/// The complainant takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptRemedy {
    pub remedy: u32,
    pub occurred_at: Option<Timestamp>,
}

/// The complainant does not want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclineRemedy {
    pub remedy: u32,
    /// A code of the organisation's own.
    pub reason: Option<String>,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Stand for a remedy above the limit of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveRemedy {
    pub remedy: u32,
    /// Another person than who offered it.
    pub approver: Actor,
    pub occurred_at: Option<Timestamp>,
}

/// Say that somebody has a conflict of interest in this complaint, or more about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclareConflict {
    pub person: Actor,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Say that somebody has none any more, or had none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearConflict {
    pub person: Actor,
    /// Which of the two; must be said.
    pub because: Option<Clearance>,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Keep what an investigation has seen or heard. Every one is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordEvidence {
    /// A code of the organisation's own.
    pub kind: String,
    /// A code of the organisation's own.
    pub source: Option<String>,
    pub description: VaultRef,
    /// The number of the evidence in whose place it stands.
    pub supersedes: Option<u32>,
    pub occurred_at: Option<Timestamp>,
}

/// Keep what an investigation found. Every one is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFinding {
    pub result: FindingResult,
    pub description: VaultRef,
    /// The numbers that `evidence_recorded` gave.
    pub evidence: Vec<u32>,
    pub occurred_at: Option<Timestamp>,
}

/// See it otherwise than it was assessed. What is not said stays as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reclassify {
    pub severity: Option<Severity>,
    pub safety_implication: Option<SafetyImplication>,
    pub complexity: Option<Level>,
    pub impact: Option<Level>,
    /// Must be said.
    pub because: Option<Revision>,
    /// A code of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Wait for the complainant: an answer, a thing, a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitComplainant {
    /// A code of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Wait for somebody who is neither the complainant nor the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitThirdParty {
    /// Who, as a code of the organisation's own: `laboratory`, `courier`, ...
    pub third_party: String,
    /// A code of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Wait no longer, because the answer came or because none will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// A code of the organisation's own.
    pub reason: Option<String>,
    pub occurred_at: Option<Timestamp>,
}

/// Stop handling it, because a law or somebody with the power to do so says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub basis: HoldBasis,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Handle it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// A code of the organisation's own.
    pub reason: Option<String>,
    pub occurred_at: Option<Timestamp>,
}

/// Bring it before more eyes, or before higher ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalate {
    /// From 1 to 9, as the organisation counts them.
    pub level: u32,
    /// A code of the organisation's own.
    pub reason: String,
    pub explanation: Option<VaultRef>,
    pub occurred_at: Option<Timestamp>,
}

/// Handle it as any other again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeEscalate {
    /// A code of the organisation's own.
    pub reason: Option<String>,
    pub occurred_at: Option<Timestamp>,
}

/// Add a note, in any state. Two notes are never the same: every one is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddNote {
    pub note: VaultRef,
    pub occurred_at: Option<Timestamp>,
}

macro_rules! commands {
    ($($name:ident = $word:literal),+ $(,)?) => {
        impl Command {
            /// What the commands are called, each once.
            pub const NAMES: &'static [&'static str] = &[$($word),+];

            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $word),+ }
            }
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Self {
                Self::$name(command)
            }
        })+
    };
}

commands! {
    Open = "open",
    TakeOver = "take_over",
    ReportHistory = "report_history",
    Acknowledge = "acknowledge",
    Assign = "assign",
    Assess = "assess",
    StartInvestigation = "start_investigation",
    RecordInvestigationNotRequired = "record_investigation_not_required",
    ProposeResponse = "propose_response",
    FulfilRemedy = "fulfil_remedy",
    CommunicateDecision = "communicate_decision",
    RecordAcceptance = "record_acceptance",
    Dispute = "dispute",
    Close = "close",
    Reopen = "reopen",
    Withdraw = "withdraw",
    OfferRemedy = "offer_remedy",
    AcceptRemedy = "accept_remedy",
    DeclineRemedy = "decline_remedy",
    ApproveRemedy = "approve_remedy",
    DeclareConflict = "declare_conflict",
    ClearConflict = "clear_conflict",
    RecordEvidence = "record_evidence",
    RecordFinding = "record_finding",
    Reclassify = "reclassify",
    AwaitComplainant = "await_complainant",
    AwaitThirdParty = "await_third_party",
    Resume = "resume",
    Hold = "hold",
    Release = "release",
    Escalate = "escalate",
    DeEscalate = "de_escalate",
    ReferExternally = "refer_externally",
    RecordExternalNotice = "record_external_notice",
    StateExternalPosition = "state_external_position",
    BeginExternalResolution = "begin_external_resolution",
    SettleExternally = "settle_externally",
    RecordDetermination = "record_determination",
    ImplementExternalResult = "implement_external_result",
    CloseExternalFile = "close_external_file",
    FollowUp = "follow_up",
    RecordSatisfaction = "record_satisfaction",
    Merge = "merge",
    Unmerge = "unmerge",
    ReceiveMerge = "receive_merge",
    EndMerge = "end_merge",
    AddNote = "add_note",
}
