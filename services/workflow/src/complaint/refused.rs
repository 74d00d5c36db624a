//! The domain's refusals as clients see them.

use redress_complaint::{Refusal, contact};
use redress_service::Problem;

pub(super) fn not_found() -> Problem {
    Problem::not_found("COMPLAINT_NOT_FOUND", "there is no such complaint")
        .with_remedy("check the id or the reference; it is opened moments after its feedback")
}

pub(super) fn refused(refusal: &Refusal) -> Problem {
    let (code, message) = (refusal.code(), refusal.to_string());
    let problem = match refusal {
        Refusal::NotOpened => return not_found(),
        // These cannot be right in any state.
        Refusal::FieldEmpty { .. }
        | Refusal::FieldUnknownValue { .. }
        | Refusal::FieldNotACode { .. }
        | Refusal::FieldTooLong { .. }
        | Refusal::FieldHasControlCharacters { .. }
        | Refusal::FieldHasAddress { .. }
        | Refusal::AmountInvalid { .. }
        | Refusal::TooManyRemedies { .. }
        | Refusal::AssignmentEmpty
        | Refusal::AssessmentIncomplete { .. }
        | Refusal::DecidedByMissing
        | Refusal::ReliesOnItself
        | Refusal::ResponseEmpty
        | Refusal::CauseMissing
        | Refusal::PromisedInThePast { .. }
        | Refusal::LevelOutOfRange { .. }
        | Refusal::MergeIntoItself
        | Refusal::AwardButMaintained
        | Refusal::AwardInvalid { .. }
        | Refusal::ScoreOutOfRange { .. }
        | Refusal::OccurredInFuture { .. } => Problem::invalid(code, "", message),
        Refusal::AlreadyOpened
        | Refusal::NotTakenOver
        | Refusal::ComplaintClosed
        | Refusal::ComplaintWithdrawn
        | Refusal::ComplaintMerged { .. }
        | Refusal::MergeCircular
        | Refusal::EvidenceSuperseded { .. }
        | Refusal::DeciderHasConflict
        | Refusal::DecisionNotDisputed
        | Refusal::ExternalOpen { .. }
        | Refusal::ExternalNotOpen
        | Refusal::ExternalStepMissing { .. }
        | Refusal::ExternalStepOver { .. }
        | Refusal::AlreadyAcknowledged { .. }
        | Refusal::NotAcknowledged { .. }
        | Refusal::NotAssessed
        | Refusal::ConflictNotDeclared
        | Refusal::ConflictOfInterest
        | Refusal::InvestigationAlreadyStarted
        | Refusal::InvestigationNotStarted
        | Refusal::ResponseAlreadyProposed
        | Refusal::ResponseNotProposed
        | Refusal::DecisionAlreadyCommunicated
        | Refusal::DecisionNotCommunicated
        | Refusal::DisputeNotInvestigated
        | Refusal::AlreadyDisputed
        | Refusal::RemedyUnknown { .. }
        | Refusal::RemedyAlreadyFulfilled { .. }
        | Refusal::RemedyDeclined { .. }
        | Refusal::RemedyOpen { .. }
        | Refusal::RemedyNotAllowed { .. }
        | Refusal::AmountMissing { .. }
        | Refusal::RemedyNotApproved { .. }
        | Refusal::ApproverIsOfferer { .. }
        | Refusal::ApproverHasConflict { .. }
        | Refusal::SeverityReasonMissing { .. }
        | Refusal::CloseBasisNotAllowed { .. }
        | Refusal::ExternalRecourseNotNamed
        | Refusal::RecordsMissing { .. }
        | Refusal::UpheldWithoutRemedy
        | Refusal::UpheldButRefused
        | Refusal::UnfoundedButUpheld
        | Refusal::RefusalNotExplained
        | Refusal::MadeGoodButNotUpheld { .. }
        | Refusal::NotSaidWhere
        | Refusal::WithdrawalIsNoDecision
        | Refusal::PromisesOpen { .. }
        | Refusal::DecisionAccepted
        | Refusal::DecisionNotAccepted
        | Refusal::RecourseNotExplained
        | Refusal::SilenceTooShort { .. }
        | Refusal::ComplainantNotSilent { .. }
        | Refusal::AlreadyClosed { .. }
        | Refusal::NotClosed
        | Refusal::HandlerHasConflict
        | Refusal::EvidenceUnknown { .. }
        | Refusal::Waiting { .. }
        | Refusal::AlreadyWaiting { .. }
        | Refusal::OnHold { .. }
        | Refusal::AlreadyOnHold { .. }
        | Refusal::AlreadyEscalated { .. }
        | Refusal::OccurredBefore { .. } => Problem::refused(code, message),
    };
    let problem = match refusal.field() {
        Some(field) => problem.with_field(wire_field(field)),
        None => Problem {
            field: None,
            ..problem
        },
    };
    problem.with_remedy(refusal.remedy())
}

/// The same of what is said to the complainant and heard back.
pub(super) fn contact_refused(refusal: &contact::Refusal) -> Problem {
    if let contact::Refusal::Complaint(refusal) = refusal {
        return refused(refusal);
    }
    let problem = Problem::refused(refusal.code(), refusal.to_string());
    let problem = match refusal.field() {
        Some(field) => problem.with_field(field.to_owned()),
        None => problem,
    };
    problem.with_remedy(refusal.remedy())
}

/// The field of the request that the domain knows under another name.
fn wire_field(field: &str) -> &str {
    match field {
        "remedy" => "remedy_number",
        "refusal" => "refusal_reason",
        "cause" => "cause_code",
        same => same,
    }
}
