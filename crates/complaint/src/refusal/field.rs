//! Which field a refusal is about.

use super::Refusal;

impl Refusal {
    /// The command's field that is to blame, where it is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::AssessmentIncomplete { missing } => missing.first().copied(),
            Self::FieldEmpty { field }
            | Self::FieldUnknownValue { field }
            | Self::FieldNotACode { field }
            | Self::FieldTooLong { field, .. }
            | Self::FieldHasControlCharacters { field }
            | Self::FieldHasAddress { field } => Some(field),
            Self::AssignmentEmpty | Self::HandlerHasConflict => Some("handler"),
            Self::EvidenceUnknown { .. } | Self::EvidenceSuperseded { .. } => Some("evidence"),
            Self::ConflictNotDeclared | Self::ConflictOfInterest => Some("declaration"),
            Self::DecidedByMissing | Self::DeciderHasConflict => Some("decided_by"),
            Self::MergeIntoItself | Self::MergeCircular => Some("into"),
            Self::AwardButMaintained | Self::AwardInvalid { .. } => Some("award"),
            Self::ScoreOutOfRange { .. } => Some("score"),
            Self::ReliesOnItself => Some("relies_on"),
            Self::ResponseEmpty | Self::TooManyRemedies { .. } | Self::AmountInvalid { .. } => {
                Some("remedies")
            }
            Self::SeverityReasonMissing { .. } => Some("reason"),
            Self::CauseMissing => Some("cause"),
            Self::RemedyUnknown { .. }
            | Self::RemedyDeclined { .. }
            | Self::RemedyAlreadyFulfilled { .. } => Some("remedy"),
            Self::PromisedInThePast { .. }
            | Self::RemedyNotAllowed { .. }
            | Self::AmountMissing { .. } => Some("remedies"),
            Self::UpheldWithoutRemedy
            | Self::UpheldButRefused
            | Self::UnfoundedButUpheld
            | Self::RefusalNotExplained
            | Self::MadeGoodButNotUpheld { .. }
            | Self::NotSaidWhere
            | Self::WithdrawalIsNoDecision => Some("outcome"),
            Self::PromisesOpen { .. } => Some("promises"),
            Self::DecisionNotAccepted
            | Self::DecisionAccepted
            | Self::RecourseNotExplained
            | Self::SilenceTooShort { .. }
            | Self::CloseBasisNotAllowed { .. }
            | Self::ComplainantNotSilent { .. } => Some("basis"),
            Self::OccurredBefore { .. } | Self::OccurredInFuture { .. } => Some("occurred_at"),
            Self::LevelOutOfRange { .. } => Some("level"),
            Self::NotOpened
            | Self::AlreadyOpened
            | Self::NotTakenOver
            | Self::ComplaintClosed
            | Self::ComplaintWithdrawn
            | Self::ComplaintMerged { .. }
            | Self::AlreadyAcknowledged { .. }
            | Self::NotAcknowledged { .. }
            | Self::NotAssessed
            | Self::InvestigationAlreadyStarted
            | Self::InvestigationNotStarted
            | Self::ResponseAlreadyProposed
            | Self::ResponseNotProposed
            | Self::DecisionAlreadyCommunicated
            | Self::DecisionNotCommunicated
            | Self::DisputeNotInvestigated
            | Self::AlreadyDisputed
            | Self::DecisionNotDisputed
            | Self::ExternalOpen { .. }
            | Self::ExternalNotOpen
            | Self::ExternalStepMissing { .. }
            | Self::ExternalStepOver { .. }
            | Self::RemedyOpen { .. }
            | Self::RemedyNotApproved { .. }
            | Self::ApproverIsOfferer { .. }
            | Self::ApproverHasConflict { .. }
            | Self::ExternalRecourseNotNamed
            | Self::RecordsMissing { .. }
            | Self::AlreadyClosed { .. }
            | Self::Waiting { .. }
            | Self::AlreadyWaiting { .. }
            | Self::OnHold { .. }
            | Self::AlreadyOnHold { .. }
            | Self::AlreadyEscalated { .. }
            | Self::NotClosed => None,
        }
    }
}
