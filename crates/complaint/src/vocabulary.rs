//! The field's words, as they are stored. All of it is storage format.

use jiff::civil::Date;
use redress_envelope::{Money, VaultRef};
use serde::{Deserialize, Serialize};

/// A word that is not in a closed list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is none of {}", .expected.join(", "))]
pub struct UnknownWord {
    pub word: String,
    pub expected: &'static [&'static str],
}

macro_rules! word_as_serde {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let word: std::borrow::Cow<'de, str> = serde::Deserialize::deserialize(source)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A list of words that only a new version of the program can lengthen, because rules hang on them.
macro_rules! closed_words {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$note:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$note])* $variant),+ }

        impl $name {
            pub const WORDS: &'static [&'static str] = &[$($word),+];
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::str::FromStr for $name {
            type Err = crate::UnknownWord;
            fn from_str(word: &str) -> Result<Self, crate::UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(crate::UnknownWord {
                        word: word.chars().take(80).collect(),
                        expected: Self::WORDS,
                    }),
                }
            }
        }
        $crate::vocabulary::word_as_serde!($name);
    };
}

/// A list of words that an organisation may lengthen with its own.
macro_rules! open_words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($variant,)+
            /// A word of the organisation's own. Made by parsing, which never leaves a known word
            /// in here.
            Other(String),
        }

        impl $name {
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $word,)+ Self::Other(word) => word }
            }
        }
        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word { $($word => Self::$variant,)+ _ => Self::Other(word.to_owned()) }
            }
        }
        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(word))
            }
        }
        $crate::vocabulary::word_as_serde!($name);
    };
}
pub(crate) use {closed_words, word_as_serde};

closed_words! {
    /// How bad it is, found on assessment.
    Severity {
        Critical = "critical",
        Major = "major",
        Moderate = "moderate",
        Minor = "minor",
        Unfounded = "unfounded",
    }
}

closed_words! {
    /// Whether somebody could come, or came, to harm.
    SafetyImplication {
        None = "none",
        Possible = "possible",
        Actual = "actual",
    }
}

closed_words! {
    /// How complex the matter, how far its impact.
    Level {
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

closed_words! {
    /// What an investigator declared before starting.
    ConflictDeclaration {
        NotMade = "not_made",
        NoConflict = "no_conflict",
        Conflict = "conflict",
    }
}

closed_words! {
    /// On what ground a complaint was closed.
    CloseBasis {
        /// The complainant accepted the decision.
        Accepted = "accepted",
        /// The complainant stayed silent for the policy's time after recourse was explained.
        Silent = "silent",
        /// Every option, inside the organisation and outside, is exhausted.
        OptionsExhausted = "options_exhausted",
    }
}

open_words! {
    /// What the organisation decided.
    Outcome {
        Upheld = "upheld",
        PartlyUpheld = "partly_upheld",
        NotUpheld = "not_upheld",
        Withdrawn = "withdrawn",
        OutOfScope = "out_of_scope",
        Referred = "referred",
        Duplicate = "duplicate",
    }
}

open_words! {
    /// What puts it right.
    RemedyKind {
        Refund = "refund",
        Replacement = "replacement",
        Repair = "repair",
        Substitute = "substitute",
        TechnicalAssistance = "technical_assistance",
        Information = "information",
        Referral = "referral",
        FinancialAssistance = "financial_assistance",
        Compensation = "compensation",
        Apology = "apology",
        Goodwill = "goodwill",
        ChangeOfPractice = "change_of_practice",
    }
}

/// What an assessment found. Stored flat, in the event that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    pub severity: Severity,
    pub safety_implication: SafetyImplication,
    pub complexity: Level,
    pub impact: Level,
    #[serde(flatten)]
    pub immediate_action: ImmediateAction,
}

/// Whether something must be done at once. Stored flat: `"immediate_action":"not_needed"`, or
/// `"needed"` with `immediate_action_what`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "immediate_action", rename_all = "snake_case")]
pub enum ImmediateAction {
    NotNeeded,
    Needed {
        #[serde(rename = "immediate_action_what")]
        what: VaultRef,
    },
}

/// Why it happened, as far as the response says. Stored flat: `"cause":"no_cause_established"`, or
/// `"established"` with `cause_code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    NoCauseEstablished,
    Established {
        /// A code of the organisation's own.
        #[serde(rename = "cause_code")]
        code: String,
    },
}

/// A remedy that is offered or promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyOffer {
    pub kind: RemedyKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The last day by which it is promised. A remedy with a day ahead of it counts as scheduled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_by: Option<Date>,
}

/// A "no" that says why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedRefusal {
    /// A code or title of the organisation's own.
    pub reason: String,
    /// What the complainant is told.
    pub explanation: VaultRef,
}
