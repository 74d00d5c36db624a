//! What happened. The structs are the storage format of `data`: fields may be added, each optional;
//! none is renamed, retyped or removed. The texts are the organisation's own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::Actor;
use serde::{Deserialize, Serialize};

/// Words that only grow: a stored one that this version does not know is kept, because no fold hangs on
/// it; a submitted one is refused.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$note])* #[serde(rename = $word)] $variant,)+
            /// A word of a later version.
            #[serde(untagged)]
            Other(String),
        }

        impl $name {
            /// Every word that may be submitted.
            pub const KNOWN: &'static [&'static str] = &[$($word),+];

            /// The value of a known word.
            pub fn known(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }

            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $word,)+ Self::Other(word) => word }
            }
        }
    };
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    CandidateOpened(CandidateOpened),
    SignalAdded(SignalAdded),
    Accepted(Accepted),
    Dismissed(Dismissed),
    Planned(Planned),
    Implemented(Implemented),
    Closed(Closed),
}

/// Something may be worth improving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CandidateOpened {
    /// What gave rise to it.
    pub source: Source,
    /// The organisation's own words. None of one that a signal opened: see
    /// [`heading`](Self::heading).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Of one that a signal opened: what the signal found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// When it happened, where somebody said so; else the record's `time` is all that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

impl CandidateOpened {
    /// What people call it: its title, or what the signal found in words.
    pub fn heading(&self) -> String {
        match (&self.title, &self.finding) {
            (Some(title), _) => title.clone(),
            // What tells it from others first, because lists cut what is long.
            (None, Some(Finding { slice, month, .. })) => {
                let Slice { dimension, value } = slice;
                format!("{month} {dimension} {value}: more than expected")
            }
            (None, None) => String::new(),
        }
    }
}

/// Another signal of the same slice, while the improvement is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignalAdded {
    /// The signal.
    pub source: Source,
    /// What it found.
    pub finding: Finding,
    /// When it happened, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// What gave rise to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// What it was.
    pub kind: SourceKind,
    /// Which one, as that kind is named: the id of a signal or a complaint, the number of an audit's
    /// finding. None where the record's actor is all there is to name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

vocabulary! {
    /// What can give rise to an improvement.
    SourceKind {
        Signal = "signal",
        Complaint = "complaint",
        Audit = "audit",
        Risk = "risk",
        Supplier = "supplier",
        Review = "review",
        /// Somebody's own observation.
        Person = "person",
    }
}

/// What a signal found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The part of all complaints that it is about.
    pub slice: Slice,
    /// The month whose point was out, as `2026-11`.
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "redress_envelope::schema::month")
    )]
    pub month: String,
    /// The rule of the chart that the point broke.
    pub rule: String,
    /// What the signal was computed from, by name, as decimals in text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "redress_envelope::schema::decimals")
    )]
    pub figures: BTreeMap<String, String>,
}

/// The part of all complaints that the signal is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Slice {
    /// Such as `product`.
    pub dimension: String,
    /// Such as `Kettle`.
    pub value: String,
}

/// Somebody took it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accepted {
    /// Who answers for it.
    pub owner: Actor,
    /// The last day on which it should be done.
    pub due: Date,
    /// When it happened, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// It is not followed up, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dismissed {
    /// In the organisation's own words.
    pub reason: String,
    /// When it happened, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// What will be done, by whom and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Planned {
    /// At least one.
    pub actions: Vec<Action>,
    /// When it happened, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Known later by its place in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Action {
    /// What it is meant to do.
    pub kind: ActionKind,
    /// Who does it.
    pub owner: Actor,
    /// The last day on which it should be done.
    pub due: Date,
    /// In the organisation's own words.
    pub description: String,
}

vocabulary! {
    ActionKind {
        Immediate = "immediate",
        Containment = "containment",
        Corrective = "corrective",
        Preventive = "preventive",
        Improvement = "improvement",
    }
}

/// What was planned has been carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Implemented {
    /// What shows that the plan was carried out.
    pub evidence: String,
    /// When it happened, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// It is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Closed {
    /// What came of it, in the organisation's own words.
    pub summary: String,
    /// What is known about the effect.
    pub verdict: Verdict,
    /// When it happened, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

vocabulary! {
    /// What is known about the effect.
    Verdict {
        /// No criterion was registered beforehand, so nothing can be said.
        NotMeasured = "not_measured",
    }
}
