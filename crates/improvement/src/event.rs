//! What happened. The structs are the storage format of `data`: fields may be added, each optional;
//! none is renamed, retyped or removed. The texts are the organisation's own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::{Actor, ItemId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    CandidateOpened(CandidateOpened),
    Accepted(Accepted),
    Dismissed(Dismissed),
    Planned(Planned),
    Implemented(Implemented),
    Closed(Closed),
}

/// A signal stands for something that may be worth improving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateOpened {
    pub signal: ItemId,
    pub slice: Slice,
    /// The month whose point was out, as `2026-11`.
    pub month: String,
    /// The rule of the chart that the point broke.
    pub rule: String,
    /// What the signal was computed from, by name, as decimals in text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub figures: BTreeMap<String, String>,
    pub title: String,
}

/// The part of all complaints that the signal is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// Such as `product`.
    pub dimension: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    pub owner: Actor,
    pub due: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dismissed {
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub actions: Vec<Action>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// Known later by its place in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub kind: ActionKind,
    pub owner: Actor,
    pub due: Date,
    pub description: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    Immediate,
    Containment,
    Corrective,
    Preventive,
    Improvement,
    /// A word of a later version.
    #[serde(untagged)]
    Other(String),
}

impl ActionKind {
    /// Every word that may be submitted.
    pub const KNOWN: [&'static str; 5] = [
        "immediate",
        "containment",
        "corrective",
        "preventive",
        "improvement",
    ];

    /// The value of a known word.
    pub fn known(word: &str) -> Option<Self> {
        match word {
            "immediate" => Some(Self::Immediate),
            "containment" => Some(Self::Containment),
            "corrective" => Some(Self::Corrective),
            "preventive" => Some(Self::Preventive),
            "improvement" => Some(Self::Improvement),
            _ => None,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Immediate => "immediate",
            Self::Containment => "containment",
            Self::Corrective => "corrective",
            Self::Preventive => "preventive",
            Self::Improvement => "improvement",
            Self::Other(word) => word,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Implemented {
    /// What shows that the plan was carried out.
    pub evidence: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    pub summary: String,
    pub verdict: Verdict,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
}

/// What is known about the effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No criterion was registered beforehand, so nothing can be said.
    NotMeasured,
    /// A word of a later version.
    #[serde(untagged)]
    Other(String),
}
