//! The rule that each refusal names, and what would make it right.

use super::{Preceding, Refusal};

macro_rules! rules {
    ($($(#[$note:meta])* $pattern:pat => $code:literal, $remedy:literal;)+) => {
        /// Every code that a refusal of a complaint's command can have.
        pub const CODES: &[&str] = &[$($code),+];

        impl Refusal {
            /// Names the rule, for ever.
            pub fn code(&self) -> &'static str {
                match self { $($pattern => $code,)+ }
            }

            /// What would make it right.
            pub fn remedy(&self) -> &'static str {
                match self { $($pattern => $remedy,)+ }
            }
        }
    };
}

rules! {
    Self::NotOpened => "COMPLAINT_NOT_FOUND", "check the id or the reference";
    Self::AlreadyOpened => "COMPLAINT_ALREADY_OPENED", "use the complaint that there is";
    Self::NotTakenOver => "COMPLAINT_NOT_TAKEN_OVER", "record the step itself, or a note";
    Self::ComplaintClosed => "COMPLAINT_CLOSED", "reopen the complaint first";
    Self::ComplaintWithdrawn =>
        "COMPLAINT_WITHDRAWN",
        "submit new feedback if the complainant comes back";
    Self::ComplaintMerged { .. } =>
        "COMPLAINT_MERGED",
        "handle the complaint that it is merged into, or unmerge this one first";
    Self::MergeIntoItself => "MERGE_INTO_ITSELF", "name the other complaint";
    Self::MergeCircular => "MERGE_CIRCULAR", "unmerge the other complaint first";
    Self::AlreadyAcknowledged { .. } =>
        "COMPLAINT_ALREADY_ACKNOWLEDGED",
        "add a note if the complainant was told again";
    Self::NotAcknowledged { .. } =>
        "COMPLAINT_NOT_ACKNOWLEDGED",
        "acknowledge the complaint first; say when, if it has happened";
    Self::NotAssessed => "COMPLAINT_NOT_ASSESSED", "assess the complaint first";
    Self::AssessmentIncomplete { .. } => "ASSESSMENT_INCOMPLETE", "say what is missing";
    Self::SeverityReasonMissing { .. } =>
        "SEVERITY_REASON_MISSING",
        "give a reason, or leave the severity out: then it is the proposed one";
    Self::AssignmentEmpty => "ASSIGNMENT_EMPTY", "name a handler, a queue or both";
    Self::ConflictNotDeclared =>
        "CONFLICT_OF_INTEREST_NOT_DECLARED",
        "let the investigator declare that there is none";
    Self::ConflictOfInterest =>
        "CONFLICT_OF_INTEREST",
        "name another investigator; clear a conflict that was declared for the complaint and is none";
    Self::HandlerHasConflict =>
        "HANDLER_HAS_CONFLICT",
        "assign it to somebody else, or clear the conflict if it is none";
    Self::EvidenceUnknown { .. } => "EVIDENCE_UNKNOWN", "record the evidence first";
    Self::EvidenceSuperseded { .. } =>
        "EVIDENCE_SUPERSEDED",
        "name the evidence that stands in its place";
    Self::InvestigationAlreadyStarted =>
        "INVESTIGATION_ALREADY_STARTED",
        "propose a response from what was found";
    Self::InvestigationNotStarted =>
        "INVESTIGATION_NOT_STARTED",
        "start an investigation, or record why none is required";
    Self::DecidedByMissing => "DECIDED_BY_MISSING", "name the person who decided it";
    Self::DeciderHasConflict =>
        "DECIDER_HAS_CONFLICT",
        "let somebody else decide it, or clear the conflict if it is none";
    Self::ReliesOnItself => "RELIES_ON_ITSELF", "name the other complaint";
    Self::ResponseEmpty => "RESPONSE_EMPTY", "add a remedy, or a refusal with its explanation";
    Self::CauseMissing =>
        "CAUSE_MISSING",
        "give a cause code, or say that no cause was established";
    Self::ResponseAlreadyProposed =>
        "RESPONSE_ALREADY_PROPOSED",
        "propose another response, or communicate the decision";
    Self::PromisedInThePast { .. } =>
        "PROMISED_IN_THE_PAST",
        "promise a day to come, or leave the day out if it was done: then fulfil it";
    Self::UpheldWithoutRemedy =>
        "UPHELD_WITHOUT_REMEDY",
        "propose a response with a remedy, or communicate another outcome, such as not_upheld";
    Self::UpheldButRefused =>
        "UPHELD_BUT_REFUSED",
        "communicate partly_upheld, or propose a response without a refusal";
    Self::UnfoundedButUpheld =>
        "UNFOUNDED_BUT_UPHELD",
        "assess the complaint anew, or communicate not_upheld";
    Self::RefusalNotExplained =>
        "REFUSAL_NOT_EXPLAINED",
        "propose a response with a refusal and its explanation, or communicate another outcome, such as upheld";
    Self::MadeGoodButNotUpheld { .. } =>
        "MADE_GOOD_BUT_NOT_UPHELD",
        "uphold it at least in part, or propose it as goodwill";
    Self::NotSaidWhere =>
        "NOT_SAID_WHERE",
        "propose a response with the remedy referral or information, or an explained refusal";
    Self::WithdrawalIsNoDecision =>
        "WITHDRAWAL_IS_NO_DECISION",
        "withdraw the complaint, if the complainant took it back";
    Self::ResponseNotProposed => "RESPONSE_NOT_PROPOSED", "propose a response first";
    Self::DecisionAlreadyCommunicated =>
        "DECISION_ALREADY_COMMUNICATED",
        "record the complainant's dispute, or close and reopen";
    Self::DecisionNotCommunicated =>
        "DECISION_NOT_COMMUNICATED",
        "communicate the decision first";
    Self::DisputeNotInvestigated =>
        "DISPUTE_NOT_INVESTIGATED",
        "start an investigation of the dispute, or close if the options are exhausted";
    Self::AlreadyDisputed => "COMPLAINT_ALREADY_DISPUTED", "add a note with the further reason";
    Self::DecisionNotDisputed =>
        "DECISION_NOT_DISPUTED",
        "record first that the complainant disputes the decision";
    Self::ExternalOpen { .. } =>
        "EXTERNAL_DISPUTE_OPEN",
        "take its next step, and close the file when it is over";
    Self::ExternalNotOpen => "EXTERNAL_DISPUTE_NOT_OPEN", "record the referral first";
    Self::ExternalStepMissing { .. } =>
        "EXTERNAL_STEP_MISSING",
        "record what comes before it, with the time at which it happened";
    Self::ExternalStepOver { .. } =>
        "EXTERNAL_STEP_OVER",
        "go on from there; add a note if what is recorded is wrong";
    Self::AwardButMaintained =>
        "AWARD_BUT_MAINTAINED",
        "say overturned, or leave the award out";
    Self::ScoreOutOfRange { .. } =>
        "SCORE_OUT_OF_RANGE",
        "give the score as the complainant gave it, on the scale of the measure";
    Self::RemedyUnknown { .. } => "REMEDY_UNKNOWN", "use a number of the response that stands";
    Self::RemedyAlreadyFulfilled { .. } =>
        "REMEDY_ALREADY_FULFILLED",
        "nothing is left to do; add a note if the time is wrong";
    Self::RemedyDeclined { .. } =>
        "REMEDY_DECLINED",
        "record first that the complainant accepts it after all";
    Self::RemedyNotAllowed { .. } =>
        "REMEDY_NOT_ALLOWED",
        "offer a remedy of an allowed kind, or let the policy allow this one";
    Self::AmountMissing { .. } => "AMOUNT_MISSING", "say how much, as `refund:1250EUR`";
    Self::RemedyNotApproved { .. } =>
        "REMEDY_NOT_APPROVED",
        "let another person approve it, or propose one within the limit";
    Self::ApproverIsOfferer { .. } =>
        "APPROVER_IS_OFFERER",
        "let another person approve it";
    Self::ApproverHasConflict { .. } =>
        "APPROVER_HAS_CONFLICT",
        "let somebody else approve it, or clear the conflict if it is none";
    Self::RemedyOpen { .. } => "REMEDY_OPEN", "fulfil what was promised first";
    Self::PromisesOpen { .. } =>
        "PROMISES_OPEN",
        "say `still_owed` if you go on owing it, `released` if the complainant lets you off; or fulfil it first";
    Self::DecisionAccepted => "DECISION_ACCEPTED", "close on the basis accepted";
    Self::DecisionNotAccepted =>
        "DECISION_NOT_ACCEPTED",
        "record the acceptance, or close on another basis";
    Self::RecourseNotExplained =>
        "RECOURSE_NOT_EXPLAINED",
        "communicate the decision again and explain recourse";
    Self::SilenceTooShort { .. } =>
        "SILENCE_TOO_SHORT",
        "wait until then, or record the complainant's acceptance";
    Self::CloseBasisNotAllowed { .. } =>
        "CLOSING_BASIS_NOT_ALLOWED",
        "close on a ground that is allowed";
    Self::ExternalRecourseNotNamed =>
        "EXTERNAL_RECOURSE_NOT_NAMED",
        "communicate the decision again and name the body in `external_recourse`";
    Self::RecordsMissing { .. } =>
        "RECORDS_MISSING",
        "record what is missing first; what feedback did not say, as evidence of that kind";
    Self::ComplainantNotSilent { .. } =>
        "COMPLAINANT_NOT_SILENT",
        "close on the basis of what the complainant answered";
    Self::AlreadyClosed { .. } =>
        "COMPLAINT_ALREADY_CLOSED",
        "reopen the complaint if the basis is wrong";
    Self::NotClosed => "COMPLAINT_NOT_CLOSED", "go on with the open complaint";
    Self::Waiting { .. } => "COMPLAINT_WAITING", "resume the complaint first";
    Self::AlreadyWaiting { .. } =>
        "COMPLAINT_ALREADY_WAITING",
        "resume the complaint first, and let it wait anew; add a note with a further reason";
    Self::OnHold { .. } => "COMPLAINT_ON_HOLD", "release the complaint first";
    Self::AlreadyOnHold { .. } =>
        "COMPLAINT_ALREADY_ON_HOLD",
        "release the complaint first, and hold it anew; add a note with more of it";
    Self::AlreadyEscalated { .. } =>
        "COMPLAINT_ALREADY_ESCALATED",
        "escalate to a higher level, or de-escalate first; add a note with a further reason";
    Self::LevelOutOfRange { .. } => "ESCALATION_LEVEL_INVALID", "give a level from 1 to 9";
    Self::OccurredBefore { preceding: Preceding::Receipt, .. } =>
        "OCCURRED_BEFORE_RECEIVED",
        "correct `occurred_at`";
    Self::OccurredBefore { preceding: Preceding::Decision, .. } =>
        "OCCURRED_BEFORE_DECISION",
        "correct `occurred_at`";
    Self::OccurredBefore { preceding: Preceding::Closing, .. } =>
        "OCCURRED_BEFORE_CLOSING",
        "correct `occurred_at`";
    Self::OccurredBefore { preceding: Preceding::Waiting | Preceding::Hold, .. } =>
        "OCCURRED_BEFORE_PAUSE",
        "correct `occurred_at`";
    Self::OccurredBefore { preceding: Preceding::Escalation, .. } =>
        "OCCURRED_BEFORE_ESCALATION",
        "correct `occurred_at`";
    Self::OccurredBefore { preceding: Preceding::ExternalStep, .. } =>
        "OCCURRED_BEFORE_EXTERNAL_STEP",
        "correct `occurred_at`";
    Self::OccurredBefore { preceding: Preceding::Merging, .. } =>
        "OCCURRED_BEFORE_MERGING",
        "correct `occurred_at`";
    Self::OccurredInFuture { .. } =>
        "OCCURRED_IN_FUTURE",
        "correct `occurred_at`, or leave it out if it happens now";
    Self::FieldEmpty { .. } => "FIELD_EMPTY", "give a value";
    Self::FieldUnknownValue { .. } => "FIELD_UNKNOWN_VALUE", "use a word of this version's list";
    Self::FieldNotACode { .. } =>
        "FIELD_NOT_A_CODE",
        "use 1 to 60 of a-z 0-9 . _ -, a code and not a sentence; put words into a note";
    Self::FieldTooLong { .. } =>
        "FIELD_TOO_LONG",
        "use a code or a short title; text belongs in a note";
    Self::FieldHasControlCharacters { .. } =>
        "FIELD_HAS_CONTROL_CHARACTERS",
        "use one line of plain text";
    Self::FieldHasAddress { .. } =>
        "FIELD_HAS_ADDRESS",
        "use a code or a short title without personal data; put words into a note";
    Self::AmountInvalid { .. } | Self::AwardInvalid { .. } =>
        "AMOUNT_INVALID",
        "give minor units from 0 and an ISO 4217 currency such as EUR";
    Self::TooManyRemedies { .. } => "TOO_MANY_REMEDIES", "join remedies of one kind";
}
