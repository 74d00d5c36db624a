//! Why a command is refused, and what would make it right.

use std::fmt;

use crate::state::StageName;

/// One rule that was broken. No message repeats what was submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    field: Option<String>,
    rule: Rule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    NotFound,
    OtherSource,
    NotACandidate { found: StageName },
    NotAccepted { found: StageName },
    NotPlanned { found: StageName },
    NotImplemented { found: StageName },
    PlanWithoutAction,
    Required,
    TooLong { max_chars: usize },
    TooMany { max: usize },
    ControlCharacter,
    UnknownWord { known: &'static [&'static str] },
    Address,
    SignalWithoutFinding,
    Over { found: StageName },
    DueInThePast,
    Malformed { expected: &'static str },
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

    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Path of the field that is to blame, such as `actions[1].due`.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Stable; programs may depend on it.
    pub fn code(&self) -> &'static str {
        match self.rule {
            Rule::NotFound => "IMPROVEMENT_NOT_FOUND",
            Rule::OtherSource => "IMPROVEMENT_OF_ANOTHER_SOURCE",
            Rule::NotACandidate { .. } => "IMPROVEMENT_NOT_A_CANDIDATE",
            Rule::NotAccepted { .. } => "IMPROVEMENT_NOT_ACCEPTED",
            Rule::NotPlanned { .. } => "IMPROVEMENT_NOT_PLANNED",
            Rule::NotImplemented { .. } => "IMPROVEMENT_NOT_IMPLEMENTED",
            Rule::PlanWithoutAction => "IMPROVEMENT_PLAN_WITHOUT_ACTION",
            Rule::Required => "FIELD_REQUIRED",
            Rule::TooLong { .. } => "FIELD_TOO_LONG",
            Rule::TooMany { .. } => "FIELD_TOO_MANY",
            Rule::ControlCharacter => "FIELD_CONTROL_CHARACTER",
            Rule::UnknownWord { .. } => "FIELD_UNKNOWN_VALUE",
            Rule::Address => "FIELD_HAS_ADDRESS",
            Rule::SignalWithoutFinding => "IMPROVEMENT_OF_A_SIGNAL",
            Rule::Over { .. } => "IMPROVEMENT_OVER",
            Rule::DueInThePast => "DUE_IN_THE_PAST",
            Rule::Malformed { .. } => "FIELD_MALFORMED",
        }
    }

    /// What would make it right.
    pub fn remedy(&self) -> String {
        match self.rule {
            Rule::NotFound => "name an improvement that was opened".into(),
            Rule::OtherSource => "open another improvement under another request id".into(),
            Rule::NotACandidate { .. } => "accept or dismiss each candidate once".into(),
            Rule::NotAccepted { .. } => "accept the candidate first, and plan it once".into(),
            Rule::NotPlanned { .. } => "plan it first, and implement it once".into(),
            Rule::NotImplemented { .. } => "implement the plan first, and close it once".into(),
            Rule::PlanWithoutAction => "plan at least one action".into(),
            Rule::Required => "give it a value".into(),
            Rule::TooLong { max_chars } => format!("shorten it to {max_chars} characters"),
            Rule::TooMany { max } => format!("give at most {max}"),
            Rule::ControlCharacter => "remove control characters".into(),
            Rule::UnknownWord { known } => format!("use one of {}", known.join(", ")),
            Rule::Address => "write it without personal data".into(),
            Rule::SignalWithoutFinding => {
                "look for it with the list of improvements; name another source".into()
            }
            Rule::Over { .. } => "open another improvement of the slice".into(),
            Rule::DueInThePast => {
                "give a day to come, or say with `occurred_at` when it was decided".into()
            }
            Rule::Malformed { expected } => format!("write it as {expected}"),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = &self.field {
            write!(f, "`{field}` ")?;
        }
        match self.rule {
            Rule::NotFound => f.write_str("there is no such improvement"),
            Rule::OtherSource => f.write_str("is another than the improvement was opened from"),
            Rule::NotACandidate { found } => missing(f, "a candidate", found),
            Rule::NotAccepted { found } => missing(f, "accepted and not yet planned", found),
            Rule::NotPlanned { found } => missing(f, "planned and not yet implemented", found),
            Rule::NotImplemented { found } => missing(f, "implemented and not yet closed", found),
            Rule::PlanWithoutAction => f.write_str("has no action"),
            Rule::Required => f.write_str("is missing"),
            Rule::TooLong { max_chars } => write!(f, "is longer than {max_chars} characters"),
            Rule::TooMany { max } => write!(f, "has more than {max} entries"),
            Rule::ControlCharacter => f.write_str("contains a control character"),
            Rule::UnknownWord { known } => write!(f, "is none of {}", known.join(", ")),
            Rule::Address => f.write_str("has an `@`, as an address has"),
            Rule::SignalWithoutFinding => {
                f.write_str("is a signal, and a signal opens its improvement itself")
            }
            Rule::Over { found } => {
                write!(f, "the improvement is {}: it is over", found.as_str())
            }
            Rule::DueInThePast => f.write_str("is a day that was over when that was decided"),
            Rule::Malformed { expected } => write!(f, "is not {expected}"),
        }
    }
}

fn missing(f: &mut fmt::Formatter<'_>, needed: &str, found: StageName) -> fmt::Result {
    write!(
        f,
        "the improvement must be {needed}; it is {}",
        found.as_str()
    )
}

impl std::error::Error for Refusal {}
