//! Why the register stays as it is: the rule, and what would make it right. The codes are stable.
//!
//! | Code | The rule |
//! |---|---|
//! | `HANDLER_NOT_FOUND` | There is nobody of that pseudonym in the register. |
//! | `HANDLER_ALREADY_REGISTERED` | Somebody is registered once; a repeat says the same. |
//! | `ABSENCE_UNKNOWN` | An absence that ends was announced. |
//! | `ABSENCE_INVALID` | An absence ends after it begins. |
//! | `SKILL_EXPIRES_IN_THE_PAST` | A skill is granted for a time to come. |
//! | `OCCURRED_IN_FUTURE` | What is recorded has happened (clocks may differ by 5 minutes). |
//! | `FIELD_EMPTY` | The field needs a value. |
//! | `FIELD_NOT_A_CODE` | The field holds 1 to 60 of `a-z 0-9 . _ -`, a letter or digit first. |
//! | `FIELD_TOO_MANY` | Somebody has at most 100 queues and 100 skills. |

use jiff::Timestamp;

/// A rule says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is nobody of that pseudonym in the register")]
    NotRegistered,
    #[error("the person is registered already, with other queues, another limit or a name")]
    AlreadyRegistered,
    #[error("there is no absence that begins at {from}")]
    AbsenceUnknown { from: Timestamp },
    #[error("the absence ends before it begins, or at once")]
    AbsenceInvalid,
    #[error("the skill expires at {expires_at}, and that is over")]
    ExpiresInThePast { expires_at: Timestamp },
    #[error("it happens only at {occurred_at}, in the future")]
    OccurredInFuture { occurred_at: Timestamp },
    #[error("`{field}` is empty")]
    FieldEmpty { field: &'static str },
    #[error("`{field}` is no code: 1 to 60 of a-z 0-9 . _ -, a letter or digit first")]
    FieldNotACode { field: &'static str },
    #[error("somebody has at most {max} `{field}`")]
    TooMany { field: &'static str, max: usize },
}

macro_rules! rules {
    ($($pattern:pat => $code:literal, $remedy:literal;)+) => {
        /// Every code that a refusal of the register can have.
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
    Self::NotRegistered => "HANDLER_NOT_FOUND", "register the person first";
    Self::AlreadyRegistered =>
        "HANDLER_ALREADY_REGISTERED",
        "join and leave queues, and limit the load; retire and register the person for another name";
    Self::AbsenceUnknown { .. } => "ABSENCE_UNKNOWN", "send the `from` of an absence that there is";
    Self::AbsenceInvalid => "ABSENCE_INVALID", "let `to` be after `from`";
    Self::ExpiresInThePast { .. } =>
        "SKILL_EXPIRES_IN_THE_PAST",
        "give a time to come, or none for a skill that does not expire";
    Self::OccurredInFuture { .. } =>
        "OCCURRED_IN_FUTURE",
        "correct `occurred_at`, or leave it out if it happens now";
    Self::FieldEmpty { .. } => "FIELD_EMPTY", "give it a value";
    Self::FieldNotACode { .. } => "FIELD_NOT_A_CODE", "write a code of your own, as `payments`";
    Self::TooMany { .. } => "FIELD_TOO_MANY", "give fewer";
}

impl Refusal {
    /// The field to blame.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotRegistered | Self::AlreadyRegistered => "handler",
            Self::AbsenceUnknown { .. } => "from",
            Self::AbsenceInvalid => "to",
            Self::ExpiresInThePast { .. } => "expires_at",
            Self::OccurredInFuture { .. } => "occurred_at",
            Self::FieldEmpty { field }
            | Self::FieldNotACode { field }
            | Self::TooMany { field, .. } => field,
        }
    }
}
