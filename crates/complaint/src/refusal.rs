//! Why a command is not done: the rule, what is missing, and what would make it right.
//!
//! The codes are stable: programs may branch on them, and no code ever changes its meaning.
//!
//! | Code | The rule |
//! |---|---|
//! | `COMPLAINT_NOT_FOUND` | There is no such complaint. |
//! | `COMPLAINT_ALREADY_OPENED` | Another feedback, reference or report opened this complaint. |
//! | `COMPLAINT_NOT_TAKEN_OVER` | Another system reports on what was taken over from it. |
//! | `COMPLAINT_CLOSED` | A closed complaint is reopened before it is handled further. |
//! | `COMPLAINT_WITHDRAWN` | A withdrawn complaint is not handled further. |
//! | `COMPLAINT_ALREADY_ACKNOWLEDGED` | The first one counts; another is no correction. |
//! | `COMPLAINT_NOT_ACKNOWLEDGED` | A complaint is acknowledged before it is assessed. |
//! | `COMPLAINT_NOT_ASSESSED` | A complaint is assessed before it is investigated or answered. |
//! | `ASSESSMENT_INCOMPLETE` | An assessment says all five things that it must. |
//! | `SEVERITY_REASON_MISSING` | Who finds another severity than the policy's matrix says why. |
//! | `ASSIGNMENT_EMPTY` | An assignment names a handler, a queue or both. |
//! | `CONFLICT_OF_INTEREST_NOT_DECLARED` | An investigator declares that there is none. |
//! | `CONFLICT_OF_INTEREST` | Who has a conflict of interest does not investigate. |
//! | `HANDLER_HAS_CONFLICT` | Who has a conflict of interest in a complaint does not handle it. |
//! | `EVIDENCE_UNKNOWN` | A finding rests on evidence that was recorded. |
//! | `INVESTIGATION_ALREADY_STARTED` | What is being investigated was found to need it. |
//! | `INVESTIGATION_NOT_STARTED` | A response rests on one, or on why none is needed. |
//! | `DECIDED_BY_MISSING` | That no investigation is required is decided by a named person. |
//! | `RELIES_ON_ITSELF` | A complaint cannot rely on its own investigation. |
//! | `RESPONSE_EMPTY` | A response offers at least one remedy or is an explained refusal. |
//! | `CAUSE_MISSING` | A response names a cause, or says that none was established. |
//! | `RESPONSE_ALREADY_PROPOSED` | The investigation is over once a response is proposed. |
//! | `PROMISED_IN_THE_PAST` | A remedy is promised for a day that is not over. |
//! | `RESPONSE_NOT_PROPOSED` | A decision is communicated after a response was proposed. |
//! | `UPHELD_WITHOUT_REMEDY` | What is upheld, in whole or in part, is answered with a remedy. |
//! | `UPHELD_BUT_REFUSED` | What is upheld is not refused: with a refusal it is upheld in part. |
//! | `UNFOUNDED_BUT_UPHELD` | What was assessed as unfounded is not upheld. |
//! | `REFUSAL_NOT_EXPLAINED` | What is not upheld, or out of scope, is refused with an explanation. |
//! | `MADE_GOOD_BUT_NOT_UPHELD` | What is not upheld is not made good, unless as `goodwill`. |
//! | `NOT_SAID_WHERE` | What is referred or a duplicate says where it goes on. |
//! | `WITHDRAWAL_IS_NO_DECISION` | The complainant withdraws a complaint; nobody decides that. |
//! | `DECISION_ALREADY_COMMUNICATED` | A decision that was told is not replaced in silence. |
//! | `DECISION_NOT_COMMUNICATED` | Acceptance, dispute and closing follow a decision. |
//! | `DISPUTE_NOT_INVESTIGATED` | A disputed decision is investigated anew before another answer. |
//! | `COMPLAINT_ALREADY_DISPUTED` | One dispute is open at a time. |
//! | `REMEDY_UNKNOWN` | Only a remedy of the response that stands can be fulfilled. |
//! | `REMEDY_ALREADY_FULFILLED` | A remedy is fulfilled once. |
//! | `REMEDY_DECLINED` | What the complainant declined is not given. |
//! | `REMEDY_NOT_ALLOWED` | A remedy is of a kind that the policies allow. |
//! | `REMEDY_NOT_APPROVED` | Above the policy's limit another person approves what is offered. |
//! | `APPROVER_IS_OFFERER` | Nobody approves what they offered themselves. |
//! | `REMEDY_OPEN` | At closing every remedy is fulfilled or promised for a day still to come. |
//! | `PROMISES_OPEN` | A withdrawal says what becomes of what is owed. |
//! | `DECISION_NOT_ACCEPTED` | Closing as accepted needs the complainant's acceptance. |
//! | `DECISION_ACCEPTED` | The options are exhausted against a decision that was not accepted. |
//! | `RECOURSE_NOT_EXPLAINED` | Silence counts, and options are exhausted, after recourse was explained. |
//! | `SILENCE_TOO_SHORT` | Closing on silence needs the policy's time of silence. |
//! | `CLOSING_BASIS_NOT_ALLOWED` | A complaint is closed on a ground that the policies allow. |
//! | `EXTERNAL_RECOURSE_NOT_NAMED` | Where a policy asks for it, the body outside was named. |
//! | `RECORDS_MISSING` | The records that a policy asks for are there before closing. |
//! | `COMPLAINANT_NOT_SILENT` | Who accepted or disputed was not silent. |
//! | `COMPLAINT_ALREADY_CLOSED` | It was closed on another basis. |
//! | `COMPLAINT_NOT_CLOSED` | Only a closed complaint is reopened. |
//! | `COMPLAINT_WAITING` | Who waits for somebody resumes before the next step. |
//! | `COMPLAINT_ALREADY_WAITING` | A complaint waits for one answer at a time. |
//! | `COMPLAINT_ON_HOLD` | What is on hold is released before the next step. |
//! | `COMPLAINT_ALREADY_ON_HOLD` | A complaint is on hold on one basis at a time. |
//! | `COMPLAINT_ALREADY_ESCALATED` | An escalation goes to a higher level. |
//! | `ESCALATION_LEVEL_INVALID` | Levels are 1 to 9. |
//! | `OCCURRED_BEFORE_RECEIVED` | Nothing was done about a complaint before it was received. |
//! | `OCCURRED_BEFORE_DECISION` | An answer to a decision and the closing come after it. |
//! | `OCCURRED_BEFORE_CLOSING` | A reopening comes after the closing. |
//! | `OCCURRED_BEFORE_PAUSE` | Waiting and a hold end after they began. |
//! | `OCCURRED_BEFORE_ESCALATION` | What follows an escalation comes after it. |
//! | `OCCURRED_IN_FUTURE` | What is recorded has happened (clocks may differ by 5 minutes). |
//! | `FIELD_EMPTY` | The field needs a value. |
//! | `FIELD_UNKNOWN_VALUE` | The field holds a word of its list. |
//! | `FIELD_NOT_A_CODE` | The field holds 1 to 60 of `a-z 0-9 . _ -`, a letter or digit first. |
//! | `FIELD_TOO_LONG` | The title holds at most 200 bytes. |
//! | `FIELD_HAS_CONTROL_CHARACTERS` | The title is one line of plain text. |
//! | `FIELD_HAS_ADDRESS` | The title has no `@`: events hold no personal data. |
//! | `AMOUNT_INVALID` | An amount is 0 to 2^53 minor units of an ISO 4217 currency. |
//! | `TOO_MANY_REMEDIES` | A response has at most 32 remedies. |

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::{Money, MoneyError};

use crate::{CloseBasis, HoldBasis, RemedyKind, Severity, WaitingFor};

/// A rule says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such complaint")]
    NotOpened,
    #[error("the complaint was opened already, from other feedback or under another reference")]
    AlreadyOpened,
    #[error("the complaint was not taken over from another system, so none reports on it")]
    NotTakenOver,
    #[error("the complaint is closed")]
    ComplaintClosed,
    #[error("the complaint was withdrawn")]
    ComplaintWithdrawn,
    #[error(
        "the complaint was acknowledged already, {} at {at}",
        acknowledged_how(.channel.as_deref())
    )]
    AlreadyAcknowledged {
        channel: Option<String>,
        at: Timestamp,
    },
    #[error(
        "the complaint has not been acknowledged{}",
        if *.unknown { " as far as is known" } else { "" }
    )]
    NotAcknowledged { unknown: bool },
    #[error("the complaint has not been assessed")]
    NotAssessed,
    #[error("the assessment lacks {}", .missing.join(", "))]
    AssessmentIncomplete { missing: Vec<&'static str> },
    #[error(
        "the policies in force propose the severity `{proposed}`, and why it is another is not said"
    )]
    SeverityReasonMissing { proposed: Severity },
    #[error("the assignment names neither a handler nor a queue")]
    AssignmentEmpty,
    #[error("the investigator has not declared that there is no conflict of interest")]
    ConflictNotDeclared,
    #[error("the investigator declared a conflict of interest")]
    ConflictOfInterest,
    #[error("the handler has a conflict of interest in the complaint")]
    HandlerHasConflict,
    #[error("there is no evidence {evidence}")]
    EvidenceUnknown { evidence: u32 },
    #[error("the complaint is being investigated already")]
    InvestigationAlreadyStarted,
    #[error("nobody has investigated the complaint, and no reason is recorded why none need")]
    InvestigationNotStarted,
    #[error("who decided that no investigation is required is not named")]
    DecidedByMissing,
    #[error("the complaint cannot rely on its own investigation")]
    ReliesOnItself,
    #[error("the response offers no remedy and is no explained refusal")]
    ResponseEmpty,
    #[error("the response names no cause and does not say that none was established")]
    CauseMissing,
    #[error("a response was proposed already")]
    ResponseAlreadyProposed,
    #[error("a remedy is promised for {day}, which is over")]
    PromisedInThePast { day: Date },
    #[error("the outcome is that it is upheld, and the response offers no remedy")]
    UpheldWithoutRemedy,
    #[error("the outcome is that all of it is upheld, and the response refuses something")]
    UpheldButRefused,
    #[error("the outcome is that it is upheld, and the complaint was assessed as unfounded")]
    UnfoundedButUpheld,
    #[error("the outcome is that it is not upheld, and the response explains no refusal")]
    RefusalNotExplained,
    #[error("the outcome upholds nothing, and this makes good: remedy {}", numbers(.remedies))]
    MadeGoodButNotUpheld { remedies: Vec<u32> },
    #[error("the outcome is that it goes on elsewhere, and the response does not say where")]
    NotSaidWhere,
    #[error("a withdrawal is the complainant's step and no decision")]
    WithdrawalIsNoDecision,
    #[error("no response has been proposed")]
    ResponseNotProposed,
    #[error("a decision was communicated already")]
    DecisionAlreadyCommunicated,
    #[error("no decision has been communicated")]
    DecisionNotCommunicated,
    #[error("the decision is disputed and the dispute has not been investigated")]
    DisputeNotInvestigated,
    #[error("the decision is disputed already, on another ground")]
    AlreadyDisputed,
    #[error("the response that stands has no remedy {remedy}")]
    RemedyUnknown { remedy: u32 },
    #[error("remedy {remedy} was fulfilled already, at {at}")]
    RemedyAlreadyFulfilled { remedy: u32, at: Timestamp },
    #[error("the complainant declined remedy {remedy}")]
    RemedyDeclined { remedy: u32 },
    #[error("the policies in force allow no remedy `{kind}`, but {}", listed(.allowed))]
    RemedyNotAllowed {
        kind: RemedyKind,
        allowed: Vec<String>,
    },
    #[error("above the limit of {limit} and approved by nobody else: remedy {}", numbers(.remedies))]
    RemedyNotApproved { remedies: Vec<u32>, limit: Money },
    #[error("remedy {remedy} was offered by the same person")]
    ApproverIsOfferer { remedy: u32 },
    #[error("neither fulfilled nor promised for a day to come: remedy {}", numbers(.remedies))]
    RemedyOpen { remedies: Vec<u32> },
    #[error("promised to the complainant and not fulfilled: remedy {}", numbers(.remedies))]
    PromisesOpen { remedies: Vec<u32> },
    #[error("the complainant accepted the decision")]
    DecisionAccepted,
    #[error("the complainant has not accepted the decision")]
    DecisionNotAccepted,
    #[error("recourse has not been explained to the complainant")]
    RecourseNotExplained,
    #[error("the complainant's silence counts from {ends_at} on")]
    SilenceTooShort { ends_at: Timestamp },
    #[error("the policies in force do not allow to close on the basis `{basis}`, but on {}", bases(.allowed))]
    CloseBasisNotAllowed {
        basis: CloseBasis,
        allowed: Vec<CloseBasis>,
    },
    #[error("no body outside was named to which the complainant can turn")]
    ExternalRecourseNotNamed,
    #[error("the policies in force ask before closing for {}", .records.join(", "))]
    RecordsMissing { records: Vec<String> },
    #[error("the complainant was not silent: the decision was {answer}")]
    ComplainantNotSilent { answer: &'static str },
    #[error("the complaint was closed already, {}", closed_how(.basis.as_ref()))]
    AlreadyClosed { basis: Option<CloseBasis> },
    #[error("the complaint is not closed")]
    NotClosed,
    #[error("the complaint waits for {}, since {since}", whom(.waiting_for))]
    Waiting {
        waiting_for: WaitingFor,
        since: Timestamp,
    },
    #[error("the complaint waits already for {}, since {since}", whom(.waiting_for))]
    AlreadyWaiting {
        waiting_for: WaitingFor,
        since: Timestamp,
    },
    #[error("the complaint is on hold on the basis `{basis}`, since {since}")]
    OnHold { basis: HoldBasis, since: Timestamp },
    #[error("the complaint is on hold already, on the basis `{basis}`, since {since}")]
    AlreadyOnHold { basis: HoldBasis, since: Timestamp },
    #[error("the complaint is escalated to level {level} already")]
    AlreadyEscalated { level: u32 },
    #[error("there is no level {level} of escalation; levels are 1 to {max}")]
    LevelOutOfRange { level: u32, max: u32 },
    #[error("{occurred_at} is before {preceding}, at {earliest}")]
    OccurredBefore {
        preceding: Preceding,
        occurred_at: Timestamp,
        earliest: Timestamp,
    },
    #[error("{occurred_at} is in the future")]
    OccurredInFuture { occurred_at: Timestamp },
    #[error("`{field}` is empty")]
    FieldEmpty { field: &'static str },
    #[error("`{field}` has no known value")]
    FieldUnknownValue { field: &'static str },
    #[error("`{field}` is no code")]
    FieldNotACode { field: &'static str },
    #[error("`{field}` has {bytes} bytes; at most {max} are allowed")]
    FieldTooLong {
        field: &'static str,
        bytes: usize,
        max: usize,
    },
    #[error("`{field}` has line breaks or other control characters")]
    FieldHasControlCharacters { field: &'static str },
    #[error("`{field}` has an `@`, as an address has")]
    FieldHasAddress { field: &'static str },
    #[error("the amount of a remedy is not one: {error}")]
    AmountInvalid { error: MoneyError },
    #[error("the response has {count} remedies; at most {max} are allowed")]
    TooManyRemedies { count: usize, max: usize },
}

/// What comes before a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preceding {
    Receipt,
    Decision,
    Closing,
    Waiting,
    Hold,
    Escalation,
}

impl std::fmt::Display for Preceding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Receipt => "the complaint was received",
            Self::Decision => "the decision was communicated",
            Self::Closing => "the complaint was closed",
            Self::Waiting => "the complaint began to wait",
            Self::Hold => "the complaint was put on hold",
            Self::Escalation => "the complaint was escalated",
        })
    }
}

fn whom(waiting_for: &WaitingFor) -> &'static str {
    match waiting_for {
        WaitingFor::Complainant => "the complainant",
        WaitingFor::ThirdParty => "a third party",
        WaitingFor::Other(_) => "somebody",
    }
}

fn numbers(remedies: &[u32]) -> String {
    let texts: Vec<_> = remedies.iter().map(u32::to_string).collect();
    texts.join(", ")
}

fn listed(kinds: &[String]) -> String {
    if kinds.is_empty() {
        "none at all".to_owned()
    } else {
        kinds.join(", ")
    }
}

fn bases(allowed: &[CloseBasis]) -> String {
    let words: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    listed(&words)
}

fn acknowledged_how(channel: Option<&str>) -> String {
    channel.map_or_else(
        || "as another system reports".to_owned(),
        |channel| format!("by {channel}"),
    )
}

fn closed_how(basis: Option<&CloseBasis>) -> String {
    basis.map_or_else(
        || "as another system reports".to_owned(),
        |basis| format!("on the basis `{basis}`"),
    )
}

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
    Self::InvestigationAlreadyStarted =>
        "INVESTIGATION_ALREADY_STARTED",
        "propose a response from what was found";
    Self::InvestigationNotStarted =>
        "INVESTIGATION_NOT_STARTED",
        "start an investigation, or record why none is required";
    Self::DecidedByMissing => "DECIDED_BY_MISSING", "name the person who decided it";
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
    Self::RemedyNotApproved { .. } =>
        "REMEDY_NOT_APPROVED",
        "let another person approve it, or propose one within the limit";
    Self::ApproverIsOfferer { .. } =>
        "APPROVER_IS_OFFERER",
        "let another person approve it";
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
    Self::AmountInvalid { .. } =>
        "AMOUNT_INVALID",
        "give minor units from 0 and an ISO 4217 currency such as EUR";
    Self::TooManyRemedies { .. } => "TOO_MANY_REMEDIES", "join remedies of one kind";
}

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
            Self::EvidenceUnknown { .. } => Some("evidence"),
            Self::ConflictNotDeclared | Self::ConflictOfInterest => Some("declaration"),
            Self::DecidedByMissing => Some("decided_by"),
            Self::ReliesOnItself => Some("relies_on"),
            Self::ResponseEmpty | Self::TooManyRemedies { .. } | Self::AmountInvalid { .. } => {
                Some("remedies")
            }
            Self::SeverityReasonMissing { .. } => Some("reason"),
            Self::CauseMissing => Some("cause"),
            Self::RemedyUnknown { .. }
            | Self::RemedyDeclined { .. }
            | Self::RemedyAlreadyFulfilled { .. } => Some("remedy"),
            Self::PromisedInThePast { .. } | Self::RemedyNotAllowed { .. } => Some("remedies"),
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
            | Self::RemedyOpen { .. }
            | Self::RemedyNotApproved { .. }
            | Self::ApproverIsOfferer { .. }
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
