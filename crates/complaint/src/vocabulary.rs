//! The field's words, as they are stored. All of it is storage format.

use jiff::civil::Date;
use redress_envelope::{Money, VaultRef};
use serde::{Deserialize, Serialize};

/// A word that is not in a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is none of {}", .expected.join(", "))]
pub struct NoSuchWord {
    pub word: String,
    pub expected: &'static [&'static str],
}

impl NoSuchWord {
    pub(crate) fn of(word: &str, expected: &'static [&'static str]) -> Self {
        let word = word.chars().take(80).collect();
        Self { word, expected }
    }
}

macro_rules! word_as_display {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// Words that are computed and never stored.
macro_rules! computed_words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($variant),+ }

        impl $name {
            pub const WORDS: &'static [&'static str] = &[$($word),+];
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::str::FromStr for $name {
            type Err = crate::NoSuchWord;
            fn from_str(word: &str) -> Result<Self, crate::NoSuchWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(crate::NoSuchWord::of(word, Self::WORDS)),
                }
            }
        }
        $crate::vocabulary::word_as_display!($name);
    };
}

macro_rules! stored_words {
    (other = $other:literal; $(#[$doc:meta])* $name:ident {
        $($(#[$note:meta])* $variant:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$note])* #[cfg_attr(feature = "schema", schemars(rename = $word))] $variant,)+
            #[doc = $other]
            #[cfg_attr(feature = "schema", schemars(untagged))]
            Other(String),
        }

        impl $name {
            pub const WORDS: &'static [&'static str] = &[$($word),+];
            /// The values of all known words.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $word,)+ Self::Other(word) => word }
            }

            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Other(_))
            }
        }
        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word { $($word => Self::$variant,)+ _ => Self::Other(word.to_owned()) }
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
                Ok(Self::from(&*word))
            }
        }
        $crate::vocabulary::word_as_display!($name);
    };
}

/// A list of words that only a new version of the program can lengthen. A stored word that this version
/// does not know is kept, because what holds it only tells; a submitted one is refused.
macro_rules! known_words {
    ($(#[$doc:meta])* $name:ident { $($body:tt)+ }) => {
        stored_words! {
            other = "A word of a later version.";
            $(#[$doc])*
            $name { $($body)+ }
        }
        impl std::str::FromStr for $name {
            type Err = crate::NoSuchWord;
            fn from_str(word: &str) -> Result<Self, crate::NoSuchWord> {
                match Self::from(word) {
                    Self::Other(_) => Err(crate::NoSuchWord::of(word, Self::WORDS)),
                    known => Ok(known),
                }
            }
        }
    };
}

/// A list of words that an organisation may lengthen with its own.
macro_rules! open_words {
    ($(#[$doc:meta])* $name:ident { $($body:tt)+ }) => {
        stored_words! {
            other = "A word of the organisation's own. Made by parsing, which never leaves a known \
                     word in here.";
            $(#[$doc])*
            $name { $($body)+ }
        }
        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;
            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(word))
            }
        }
    };
}
pub(crate) use {computed_words, word_as_display};

mod contact;
mod external;
mod inquiry;
mod pause;
mod satisfaction;

pub use contact::{BounceReason, Informs, Proof};
pub use external::{Determination, ExternalResult, ReferredBy, ResolutionMethod};
pub use inquiry::{Classification, Clearance, FindingResult, Revision};
pub use pause::{HoldBasis, WaitingFor};
pub use satisfaction::{Satisfaction, SatisfactionMeasure};

known_words! {
    /// How bad it is, found on assessment.
    Severity {
        Critical = "critical",
        Major = "major",
        Moderate = "moderate",
        Minor = "minor",
        Unfounded = "unfounded",
    }
}

known_words! {
    /// Whether somebody could come, or came, to harm.
    SafetyImplication {
        None = "none",
        Possible = "possible",
        Actual = "actual",
    }
}

known_words! {
    /// How complex the matter, how far its impact.
    Level {
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

known_words! {
    /// What an investigator declared before starting.
    ConflictDeclaration {
        NotMade = "not_made",
        NoConflict = "no_conflict",
        Conflict = "conflict",
    }
}

known_words! {
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

known_words! {
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

known_words! {
    /// What becomes, at a withdrawal, of what was promised and is not fulfilled.
    Promises {
        /// The organisation goes on owing it.
        StillOwed = "still_owed",
        /// The complainant lets the organisation off.
        Released = "released",
    }
}

known_words! {
    /// Why somebody was not let investigate.
    KeptOut {
        ConflictOfInterest = "conflict_of_interest",
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

impl RemedyKind {
    /// Whether it is a sum of money.
    pub fn is_money(&self) -> bool {
        matches!(
            self,
            Self::Refund | Self::FinancialAssistance | Self::Compensation
        )
    }

    /// Whether it makes good what went wrong. The others inform, regret or do a favour, which admits
    /// nothing; what a word of the organisation's own does is not known here.
    pub fn makes_good(&self) -> bool {
        match self {
            Self::Refund
            | Self::Replacement
            | Self::Repair
            | Self::Substitute
            | Self::FinancialAssistance
            | Self::Compensation => true,
            Self::TechnicalAssistance
            | Self::Information
            | Self::Referral
            | Self::Apology
            | Self::Goodwill
            | Self::ChangeOfPractice
            | Self::Other(_) => false,
        }
    }
}

/// What an assessment found. Stored flat, in the event that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Assessment {
    /// How bad it is.
    pub severity: Severity,
    /// Whether somebody could come, or came, to harm.
    pub safety_implication: SafetyImplication,
    /// How complex the matter is.
    pub complexity: Level,
    /// How far its impact goes.
    pub impact: Level,
    #[serde(flatten)]
    pub immediate_action: ImmediateAction,
}

/// Whether something must be done at once. Stored flat: `"immediate_action":"not_needed"`, or
/// `"needed"` with `immediate_action_what`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "FlatAction", into = "FlatAction")]
pub enum ImmediateAction {
    NotNeeded,
    Needed {
        what: VaultRef,
    },
    /// A word of a later version.
    Other {
        word: String,
        what: Option<VaultRef>,
    },
}

impl ImmediateAction {
    pub fn as_str(&self) -> &str {
        match self {
            Self::NotNeeded => "not_needed",
            Self::Needed { .. } => "needed",
            Self::Other { word, .. } => word,
        }
    }

    /// The words that say what.
    pub fn what(&self) -> Option<&VaultRef> {
        match self {
            Self::NotNeeded => None,
            Self::Needed { what } => Some(what),
            Self::Other { what, .. } => what.as_ref(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::schema::needed_says_what))]
struct FlatAction {
    /// `needed` or `not_needed`: whether something must be done at once.
    immediate_action: String,
    /// What must be done, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    immediate_action_what: Option<VaultRef>,
}

impl From<ImmediateAction> for FlatAction {
    fn from(action: ImmediateAction) -> Self {
        Self {
            immediate_action: action.as_str().to_owned(),
            immediate_action_what: action.what().cloned(),
        }
    }
}

impl TryFrom<FlatAction> for ImmediateAction {
    type Error = &'static str;

    fn try_from(flat: FlatAction) -> Result<Self, Self::Error> {
        let what = flat.immediate_action_what;
        match &*flat.immediate_action {
            "not_needed" => Ok(Self::NotNeeded),
            "needed" => what
                .map(|what| Self::Needed { what })
                .ok_or("`immediate_action_what` is missing"),
            _ => Ok(Self::Other {
                word: flat.immediate_action,
                what,
            }),
        }
    }
}

/// Why it happened, as far as the response says. Stored flat: `"cause":"no_cause_established"`, or
/// `"established"` with `cause_code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "FlatCause", into = "FlatCause")]
pub enum Cause {
    NoCauseEstablished,
    Established {
        /// A code of the organisation's own.
        code: String,
    },
    /// A word of a later version.
    Other {
        word: String,
        code: Option<String>,
    },
}

impl Cause {
    pub fn as_str(&self) -> &str {
        match self {
            Self::NoCauseEstablished => "no_cause_established",
            Self::Established { .. } => "established",
            Self::Other { word, .. } => word,
        }
    }

    pub fn code(&self) -> Option<&str> {
        match self {
            Self::NoCauseEstablished => None,
            Self::Established { code } => Some(code),
            Self::Other { code, .. } => code.as_deref(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(transform = crate::schema::established_names_a_cause))]
struct FlatCause {
    /// `established` or `no_cause_established`.
    cause: String,
    /// A code of the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause_code: Option<String>,
}

impl From<Cause> for FlatCause {
    fn from(cause: Cause) -> Self {
        Self {
            cause: cause.as_str().to_owned(),
            cause_code: cause.code().map(str::to_owned),
        }
    }
}

impl TryFrom<FlatCause> for Cause {
    type Error = &'static str;

    fn try_from(flat: FlatCause) -> Result<Self, Self::Error> {
        let code = flat.cause_code;
        match &*flat.cause {
            "no_cause_established" => Ok(Self::NoCauseEstablished),
            "established" => code
                .map(|code| Self::Established { code })
                .ok_or("`cause_code` is missing"),
            _ => Ok(Self::Other {
                word: flat.cause,
                code,
            }),
        }
    }
}

/// A remedy that is offered or promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemedyOffer {
    /// What is offered.
    pub kind: RemedyKind,
    /// How much, where it is money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The last day by which it is promised. A remedy with a day ahead of it counts as scheduled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_by: Option<Date>,
}

/// A "no" that says why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExplainedRefusal {
    /// A code or title of the organisation's own.
    pub reason: String,
    /// What the complainant is told.
    pub explanation: VaultRef,
}
