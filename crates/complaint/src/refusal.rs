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
//! | `COMPLAINT_MERGED` | A merged complaint is handled as the one that it was merged into. |
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
//! | `EVIDENCE_SUPERSEDED` | A finding rests on evidence in whose place none stands. |
//! | `INVESTIGATION_ALREADY_STARTED` | What is being investigated was found to need it. |
//! | `INVESTIGATION_NOT_STARTED` | A response rests on one, or on why none is needed. |
//! | `DECIDED_BY_MISSING` | That no investigation is required is decided by a named person. |
//! | `DECIDER_HAS_CONFLICT` | Who has a conflict of interest does not decide that. |
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
//! | `DECISION_NOT_DISPUTED` | Who brings a decision before another body disputes it. |
//! | `EXTERNAL_DISPUTE_OPEN` | One is open at a time, and over before the closing. |
//! | `EXTERNAL_DISPUTE_NOT_OPEN` | The steps of one follow a referral. |
//! | `EXTERNAL_STEP_MISSING` | The steps come in their order. |
//! | `EXTERNAL_STEP_OVER` | No step is taken twice in two ways, or after the end. |
//! | `AWARD_BUT_MAINTAINED` | Who maintains a decision awards nothing. |
//! | `REMEDY_UNKNOWN` | Only a remedy of the response that stands can be fulfilled. |
//! | `REMEDY_ALREADY_FULFILLED` | A remedy is fulfilled once. |
//! | `REMEDY_DECLINED` | What the complainant declined is not given. |
//! | `REMEDY_NOT_ALLOWED` | A remedy is of a kind that the policies allow. |
//! | `REMEDY_NOT_APPROVED` | Above the policy's limit another person approves what is offered. |
//! | `AMOUNT_MISSING` | Where what one person may offer is limited, money has an amount. |
//! | `APPROVER_IS_OFFERER` | Nobody approves what they offered themselves. |
//! | `APPROVER_HAS_CONFLICT` | Who has a conflict of interest approves nothing. |
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
//! | `COMPLAINT_NOT_CLOSED` | Only a closed complaint is reopened or followed up. |
//! | `SCORE_OUT_OF_RANGE` | A score is one that its measure knows. |
//! | `MERGE_INTO_ITSELF` | A complaint is merged into another. |
//! | `MERGE_CIRCULAR` | Of two complaints one goes into the other. |
//! | `COMPLAINT_WAITING` | Who waits for somebody resumes before the next step. |
//! | `COMPLAINT_ALREADY_WAITING` | A complaint waits for one answer at a time. |
//! | `COMPLAINT_ON_HOLD` | What is on hold is released before the next step. |
//! | `COMPLAINT_ALREADY_ON_HOLD` | A complaint is on hold on one basis at a time. |
//! | `COMPLAINT_ALREADY_ESCALATED` | An escalation goes to a higher level. |
//! | `ESCALATION_LEVEL_INVALID` | Levels are 1 to 9. |
//! | `OCCURRED_BEFORE_RECEIVED` | Nothing was done about a complaint before it was received. |
//! | `OCCURRED_BEFORE_DECISION` | An answer to a decision and the closing come after it. |
//! | `OCCURRED_BEFORE_CLOSING` | A reopening and a follow-up come after the closing. |
//! | `OCCURRED_BEFORE_PAUSE` | Waiting and a hold end after they began. |
//! | `OCCURRED_BEFORE_ESCALATION` | What follows an escalation comes after it. |
//! | `OCCURRED_BEFORE_EXTERNAL_STEP` | A step before another body comes after the one before. |
//! | `OCCURRED_BEFORE_MERGING` | An unmerging comes after the merging. |
//! | `OCCURRED_IN_FUTURE` | What is recorded has happened (clocks may differ by 5 minutes). |
//! | `FIELD_EMPTY` | The field needs a value. |
//! | `FIELD_UNKNOWN_VALUE` | The field holds a word of its list. |
//! | `FIELD_NOT_A_CODE` | The field holds 1 to 60 of `a-z 0-9 . _ -`, a letter or digit first. |
//! | `FIELD_TOO_LONG` | The title holds at most 200 bytes. |
//! | `FIELD_HAS_CONTROL_CHARACTERS` | The title is one line of plain text. |
//! | `FIELD_HAS_ADDRESS` | The title has no `@`: events hold no personal data. |
//! | `AMOUNT_INVALID` | An amount is 0 to 2^53 minor units of an ISO 4217 currency. |
//! | `TOO_MANY_REMEDIES` | A response has at most 32 remedies. |

mod field;
mod rule;
mod text;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::{ItemId, Money, MoneyError};

pub use self::rule::CODES;
use self::text::{acknowledged_how, bases, closed_how, listed, numbers, whom};
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
    #[error("the complaint is merged into {into}")]
    ComplaintMerged { into: ItemId },
    #[error("the complaint cannot be merged into itself")]
    MergeIntoItself,
    #[error("the other complaint is merged into this one, or about to be")]
    MergeCircular,
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
    #[error("other evidence stands in the place of evidence {evidence}")]
    EvidenceSuperseded { evidence: u32 },
    #[error("the complaint is being investigated already")]
    InvestigationAlreadyStarted,
    #[error("nobody has investigated the complaint, and no reason is recorded why none need")]
    InvestigationNotStarted,
    #[error("who decided that no investigation is required is not named")]
    DecidedByMissing,
    #[error("who decided that no investigation is required has a conflict of interest")]
    DeciderHasConflict,
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
    #[error("the decision that was communicated is not disputed")]
    DecisionNotDisputed,
    #[error("the complaint is before another body, `{body}`, and its file is open")]
    ExternalOpen { body: String },
    #[error("the complaint is before no other body")]
    ExternalNotOpen,
    #[error("before this step comes {missing}")]
    ExternalStepMissing { missing: &'static str },
    #[error("the dispute before the other body is past this step: {reached}")]
    ExternalStepOver { reached: &'static str },
    #[error("the decision is maintained, and something is awarded")]
    AwardButMaintained,
    #[error("the award is no amount: {error}")]
    AwardInvalid { error: MoneyError },
    #[error("{score} is no score of {measure}: {low} to {high}")]
    ScoreOutOfRange {
        measure: String,
        score: u32,
        low: u32,
        high: u32,
    },
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
    #[error("the policies in force limit what one person may offer, and the {kind} has no amount")]
    AmountMissing { kind: RemedyKind },
    #[error("above the limit of {limit} and approved by nobody else: remedy {}", numbers(.remedies))]
    RemedyNotApproved { remedies: Vec<u32>, limit: Money },
    #[error("remedy {remedy} was offered by the same person")]
    ApproverIsOfferer { remedy: u32 },
    #[error("who has a conflict of interest in the complaint does not approve remedy {remedy}")]
    ApproverHasConflict { remedy: u32 },
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
    ExternalStep,
    Merging,
}
