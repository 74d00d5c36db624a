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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MonthJudged {
    /// The month, which had ended.
    pub month: Month,
    /// Whose days the month is made of.
    pub time_zone: String,
    /// What was known: charts as of this token have the same figures.
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "redress_envelope::schema::token")
    )]
    pub token: String,
    /// The rule by which it was judged: `xmr_limits`, the control chart of single values and moving ranges.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignalRaised {
    /// Follows from dimension, value, month and rule.
    pub signal_id: ItemId,
    /// The part of all complaints that it is about.
    pub slice: Slice,
    /// The month that lies outside.
    pub month: Month,
    /// The rule that was broken: see the judgement of the month.
    pub rule: String,
    /// On which side it lies outside.
    pub direction: Direction,
    /// What it was computed from. Of `xmr_limits`: `observed` (complaints received in the month), `centre`, `mean_moving_range`, `lower`, `upper` and `baseline_months`.
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "redress_envelope::schema::decimals")
    )]
    pub figures: Figures,
    /// The months by which the limits were set, where the rule has such months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_from: Option<Month>,
    /// The last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline_to: Option<Month>,
    /// The complaints in which it shows.
    pub evidence: Evidence,
    /// What was known when it was judged, and so what the figures can be computed from again.
    #[cfg_attr(
        feature = "schema",
        schemars(schema_with = "redress_envelope::schema::token")
    )]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Slice {
    /// `product` or `issue`.
    pub dimension: String,
    /// Such as `Kettle`.
    pub value: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// The complaints in which it shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
