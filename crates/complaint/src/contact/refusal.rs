//! Why a command is not done.
//!
//! | Code | The rule |
//! |---|---|
//! | `STATUS_TOKEN_UNKNOWN` | Only a token that was given out can be revoked. |
//! | `TOO_MANY_STATUS_TOKENS` | At most 20 tokens of a complaint open something at a time. |
//! | `MESSAGE_UNKNOWN` | What became of a message is told of one that was requested. |
//! | `MESSAGE_ALREADY_BOUNCED` | What came back did not arrive. |
//! | `TOO_MANY_MESSAGES` | A complaint has at most 500 messages. |
//! | `OCCURRED_BEFORE_MESSAGE` | What becomes of a message comes after it was requested. |

use jiff::Timestamp;

/// A rule says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A rule that holds for every step of a complaint.
    #[error(transparent)]
    Complaint(#[from] crate::Refusal),
    #[error("the complaint has no status token {token}")]
    TokenUnknown { token: u32 },
    #[error("the complaint has as many status tokens as it can have")]
    TooManyTokens,
    #[error("the complaint has no message {message}")]
    MessageUnknown { message: u32 },
    #[error("message {message} bounced already, at {at}")]
    AlreadyBounced { message: u32, at: Timestamp },
    #[error("the complaint has as many messages as it can have")]
    TooManyMessages,
    #[error("{given} is before the message was requested, at {earliest}")]
    BeforeRequest {
        given: Timestamp,
        earliest: Timestamp,
    },
}

/// Every code that a refusal can have beside those of [`crate::CODES`].
pub const CODES: &[&str] = &[
    "STATUS_TOKEN_UNKNOWN",
    "TOO_MANY_STATUS_TOKENS",
    "MESSAGE_UNKNOWN",
    "MESSAGE_ALREADY_BOUNCED",
    "TOO_MANY_MESSAGES",
    "OCCURRED_BEFORE_MESSAGE",
];

impl Refusal {
    /// Names the rule, for ever.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Complaint(refusal) => refusal.code(),
            Self::TokenUnknown { .. } => "STATUS_TOKEN_UNKNOWN",
            Self::TooManyTokens => "TOO_MANY_STATUS_TOKENS",
            Self::MessageUnknown { .. } => "MESSAGE_UNKNOWN",
            Self::AlreadyBounced { .. } => "MESSAGE_ALREADY_BOUNCED",
            Self::TooManyMessages => "TOO_MANY_MESSAGES",
            Self::BeforeRequest { .. } => "OCCURRED_BEFORE_MESSAGE",
        }
    }

    /// What would make it right.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Complaint(refusal) => refusal.remedy(),
            Self::TokenUnknown { .. } => "use a number that issuing the token answered with",
            Self::TooManyTokens => "revoke those that nobody needs",
            Self::MessageUnknown { .. } => "use a number of `complaint message list`",
            Self::AlreadyBounced { .. } => "send another message, and record that it was delivered",
            Self::TooManyMessages => "add a note of what is said otherwise",
            Self::BeforeRequest { .. } => "correct `occurred_at`",
        }
    }

    /// The command's field that is to blame, where it is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Complaint(refusal) => refusal.field(),
            Self::TokenUnknown { .. } => Some("token_number"),
            Self::MessageUnknown { .. } | Self::AlreadyBounced { .. } => Some("message_number"),
            Self::BeforeRequest { .. } => Some("occurred_at"),
            Self::TooManyTokens | Self::TooManyMessages => None,
        }
    }
}
