//! What was judged, and what was found.

use std::collections::BTreeMap;

use redress_envelope::ItemId;
use serde::{Deserialize, Serialize};

use crate::month::Month;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    MonthJudged(MonthJudged),
    Raised(Box<SignalRaised>),
}

/// Every slice was looked at by one rule, once and for ever: what is received for the month later changes
/// charts, and raises nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthJudged {
    pub month: Month,
    /// Whose days the month is made of.
    pub time_zone: String,
    /// What was known: charts as of this token have the same figures.
    pub token: String,
    pub rule: String,
    /// By what the complaints were sliced.
    pub dimensions: Vec<String>,
    /// Slices with limits to be judged by.
    pub judged: u64,
    /// Slices without, by the reason, such as `baseline_too_short`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not_judged: BTreeMap<String, u64>,
    /// The signals that were raised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<ItemId>,
}

/// A month of a slice lies outside of its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalRaised {
    /// Follows from dimension, value, month and rule.
    pub signal_id: ItemId,
    pub slice: Slice,
    pub month: Month,
    pub rule: String,
    pub direction: Direction,
    pub figures: Figures,
    /// The months by which the limits were set, where the rule has such months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_from: Option<Month>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_to: Option<Month>,
    pub evidence: Evidence,
    /// What was known: see [`MonthJudged::token`].
    pub token: String,
}

impl SignalRaised {
    /// A figure by its name; empty, if the chart has none of that name.
    pub fn figure(&self, name: &str) -> &str {
        self.figures.get(name).map_or("", String::as_str)
    }
}

/// The part of all complaints that the signal is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// `product` or `issue`.
    pub dimension: String,
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Above,
    Below,
    /// A word of a later version: another rule can find something else.
    #[serde(untagged)]
    Other(String),
}

impl Direction {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
            Self::Other(word) => word,
        }
    }
}

/// Decimals by name, those that were computed with four digits after the point. Of `xmr_limits`:
/// `observed` (complaints received in the month), `centre`, `mean_moving_range`, `lower`, `upper`
/// and `baseline_months`; another rule may have others.
pub type Figures = BTreeMap<String, String>;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// How many complaints there are.
    pub count: u64,
    /// The first of them, in the order of their receipt.
    pub complaint_ids: Vec<ItemId>,
}

impl Evidence {
    pub const MAX_COMPLAINTS: usize = 20;

    /// Counts one more complaint.
    pub fn add(&mut self, complaint: ItemId) {
        self.count += 1;
        if self.complaint_ids.len() < Self::MAX_COMPLAINTS {
            self.complaint_ids.push(complaint);
        }
    }
}
