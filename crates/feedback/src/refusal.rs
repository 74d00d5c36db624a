//! Why something is refused, and what would make it right.

use std::fmt;

use jiff::Timestamp;
use redress_envelope::format_timestamp;

/// One rule that was broken, and by which field. No message repeats what was submitted: a customer's
/// words must not end in an error or a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    field: Option<String>,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    Required,
    TooLong { max_chars: usize },
    TooMany { max: usize },
    TooLarge { max_bytes: u64 },
    ControlCharacter,
    UnknownWord { known: &'static [&'static str] },
    Malformed { expected: &'static str },
    OutOfRange { from: i64, to: i64 },
    Repeated,
    BeforeTheEarliest { earliest: Timestamp },
    InTheFuture { latest: Timestamp },
    BeforeItHappened,
    BeforeItWasReceived,
    NotOnThatDay,
    TimeAndDay,
    SurveyWithoutScore,
    NothingSaid,
    AlreadyReceived,
    ImportNotStarted,
    ImportStartedOtherwise,
    ImportCountsDisagree,
    ImportDaysDisagree,
    InputNotRejected,
    InputAccepted,
    InputDiscarded,
}

impl Refusal {
    pub(crate) fn of(field: impl Into<String>, rule: Rule) -> Self {
        Self {
            field: Some(field.into()),
            rule,
        }
    }

    pub(crate) fn of_all(rule: Rule) -> Self {
        Self { field: None, rule }
    }

    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Path of the field that is to blame, such as `scores[2].value`.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Stable; programs may depend on it.
    pub fn code(&self) -> &'static str {
        match self.rule {
            Rule::Required => "FIELD_REQUIRED",
            Rule::TooLong { .. } => "FIELD_TOO_LONG",
            Rule::TooMany { .. } => "FIELD_TOO_MANY",
            Rule::TooLarge { .. } => "FIELD_TOO_LARGE",
            Rule::ControlCharacter => "FIELD_CONTROL_CHARACTER",
            Rule::UnknownWord { .. } => "FIELD_UNKNOWN_VALUE",
            Rule::Malformed { .. } => "FIELD_MALFORMED",
            Rule::OutOfRange { .. } => "FIELD_OUT_OF_RANGE",
            Rule::Repeated => "FIELD_REPEATED",
            Rule::BeforeTheEarliest { .. } => "TIME_TOO_EARLY",
            Rule::InTheFuture { .. } => "TIME_IN_THE_FUTURE",
            Rule::BeforeItHappened => "TIME_BEFORE_OCCURRED",
            Rule::BeforeItWasReceived => "TIME_BEFORE_RECEIVED",
            Rule::NotOnThatDay => "TIME_NOT_ON_DAY",
            Rule::TimeAndDay => "TIME_AND_DAY",
            Rule::SurveyWithoutScore => "SURVEY_WITHOUT_SCORE",
            Rule::NothingSaid => "FEEDBACK_SAYS_NOTHING",
            Rule::AlreadyReceived => "FEEDBACK_ALREADY_RECEIVED",
            Rule::ImportNotStarted => "IMPORT_NOT_STARTED",
            Rule::ImportStartedOtherwise => "IMPORT_STARTED_OTHERWISE",
            Rule::ImportCountsDisagree => "IMPORT_COUNTS_DISAGREE",
            Rule::ImportDaysDisagree => "IMPORT_DAYS_DISAGREE",
            Rule::InputNotRejected => "REJECTED_NOT_FOUND",
            Rule::InputAccepted => "REJECTED_ACCEPTED",
            Rule::InputDiscarded => "REJECTED_DISCARDED",
        }
    }

    /// What the rule says, by name, for programs.
    pub fn values(&self) -> Vec<(&'static str, String)> {
        match &self.rule {
            Rule::TooLong { max_chars } => vec![("max_chars", max_chars.to_string())],
            Rule::TooMany { max } => vec![("max", max.to_string())],
            Rule::TooLarge { max_bytes } => vec![("max_bytes", max_bytes.to_string())],
            Rule::UnknownWord { known } => vec![("known", known.join(", "))],
            Rule::OutOfRange { from, to } => {
                vec![("from", from.to_string()), ("to", to.to_string())]
            }
            Rule::BeforeTheEarliest { earliest } => {
                vec![("earliest", format_timestamp(*earliest))]
            }
            Rule::InTheFuture { latest } => vec![("latest", format_timestamp(*latest))],
            Rule::Required
            | Rule::ControlCharacter
            | Rule::Repeated
            | Rule::Malformed { .. }
            | Rule::BeforeItHappened
            | Rule::BeforeItWasReceived
            | Rule::NotOnThatDay
            | Rule::TimeAndDay
            | Rule::SurveyWithoutScore
            | Rule::NothingSaid
            | Rule::AlreadyReceived
            | Rule::ImportNotStarted
            | Rule::ImportStartedOtherwise
            | Rule::ImportCountsDisagree
            | Rule::ImportDaysDisagree
            | Rule::InputNotRejected
            | Rule::InputAccepted
            | Rule::InputDiscarded => Vec::new(),
        }
    }

    /// What would make it right.
    pub fn remedy(&self) -> String {
        match &self.rule {
            Rule::Required => "give it a value".into(),
            Rule::TooLong { max_chars } => format!("shorten it to {max_chars} characters"),
            Rule::TooMany { max } => format!("give at most {max}"),
            Rule::TooLarge { max_bytes } => format!("keep it to {max_bytes} bytes"),
            Rule::ControlCharacter => "remove control characters".into(),
            Rule::UnknownWord { known } => format!("use one of {}", known.join(", ")),
            Rule::Malformed { expected } => format!("write it as {expected}"),
            Rule::OutOfRange { from, to } => format!("give a whole number from {from} to {to}"),
            Rule::Repeated => {
                "give it once; what somebody else answered is feedback of its own".into()
            }
            Rule::BeforeTheEarliest { earliest } => {
                format!("give a time from {} on", format_timestamp(*earliest))
            }
            Rule::InTheFuture { latest } => {
                format!("give a time up to {}", format_timestamp(*latest))
            }
            Rule::BeforeItHappened => "give a time that is not before it happened".into(),
            Rule::BeforeItWasReceived => "give a time that is not before `received_at`".into(),
            Rule::NotOnThatDay => "give `received_on` alone, or a time of that day".into(),
            Rule::TimeAndDay => "give the time, or the day where the time is not known".into(),
            Rule::SurveyWithoutScore => "give a score, or another kind".into(),
            Rule::NothingSaid => {
                "give a description, a product, an issue, a score or an attachment".into()
            }
            Rule::AlreadyReceived => {
                "submit it under another request id, or with the report of another system".into()
            }
            Rule::ImportNotStarted => "start the import first".into(),
            Rule::ImportStartedOtherwise => "give the other import another id".into(),
            Rule::ImportCountsDisagree => {
                "count every row once: new, repeated, updated or rejected".into()
            }
            Rule::ImportDaysDisagree => {
                "give both days, the first not after the last, or neither".into()
            }
            Rule::InputNotRejected => "check the id: `ListRejected` gives it".into(),
            Rule::InputAccepted => "read the feedback that it has become".into(),
            Rule::InputDiscarded => "publish or submit it again, corrected".into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "`{field}` ")?;
        }
        match &self.rule {
            Rule::Required => f.write_str("is missing"),
            Rule::TooLong { max_chars } => write!(f, "is longer than {max_chars} characters"),
            Rule::TooMany { max } => write!(f, "has more than {max} entries"),
            Rule::TooLarge { max_bytes } => write!(f, "takes more than {max_bytes} bytes"),
            Rule::ControlCharacter => f.write_str("contains a control character"),
            Rule::UnknownWord { known } => write!(f, "is none of {}", known.join(", ")),
            Rule::Malformed { expected } => write!(f, "is not {expected}"),
            Rule::OutOfRange { from, to } => write!(f, "is not between {from} and {to}"),
            Rule::Repeated => f.write_str("was given before"),
            Rule::BeforeTheEarliest { earliest } => {
                write!(f, "is before {}", format_timestamp(*earliest))
            }
            Rule::InTheFuture { .. } => f.write_str("lies in the future"),
            Rule::BeforeItHappened => f.write_str("is before it happened"),
            Rule::BeforeItWasReceived => f.write_str("is before `received_at`"),
            Rule::NotOnThatDay => {
                f.write_str("is not on the day of `received_on`, in any time zone")
            }
            Rule::TimeAndDay => f.write_str("is given beside `occurred_at`"),
            Rule::SurveyWithoutScore => f.write_str("a survey response has no score"),
            Rule::NothingSaid => f.write_str("the feedback says nothing"),
            Rule::AlreadyReceived => f.write_str("an item with this id was received before"),
            Rule::ImportNotStarted => f.write_str("the import was not started"),
            Rule::ImportStartedOtherwise => {
                f.write_str("an import with this id was started for another source")
            }
            Rule::ImportCountsDisagree => f.write_str("the import's counts do not add up"),
            Rule::ImportDaysDisagree => f.write_str("the import's days contradict each other"),
            Rule::InputNotRejected => f.write_str("no such input was rejected"),
            Rule::InputAccepted => f.write_str("the input was accepted after all"),
            Rule::InputDiscarded => f.write_str("the input was discarded"),
        }
    }
}

impl std::error::Error for Refusal {}
