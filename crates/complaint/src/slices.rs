//! What work lists, indicators and reports slice complaints by.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The feedback's fields that are no personal data, as they stand when the complaint is opened, so
/// that every view of complaints needs the complaints' own log alone.
///
/// Storage format: stands in `opened` and `taken_over` under `about`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Slices {
    /// When the organisation got it.
    pub received_at: Timestamp,
    /// When what is complained of happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// The day on which it happened, where only the day is known; then there is no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_on: Option<Date>,
    /// The day on which the organisation got it, where only the day is known; `received_at` is what
    /// clocks and statistics take for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_on: Option<Date>,
    /// When somebody in the organisation became aware of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aware_at: Option<Timestamp>,
    /// `complaint`, `dispute`, ...: the feedback's word.
    pub kind: String,
    /// `web`, `phone`, ...: the feedback's word.
    pub channel: String,
    /// The source's own word for the channel, where it says something else or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_channel: Option<String>,
    /// The organisation's own name of what it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// More precisely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_product: Option<String>,
    /// The organisation's own name of what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// More precisely.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_issue: Option<String>,
    /// Where in the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// Whose part or service it is, where that is another organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// Which part of the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_unit: Option<String>,
    /// Which group of customers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// ISO 3166-1 alpha-2 or ISO 3166-2: `GB`, `US-CA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Words of the organisation's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The kind of remedy that the complainant wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy_sought: Option<String>,
    /// Whether something was done on the spot. Absent: nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediate_action_taken: Option<bool>,
    /// Whether the complainant is in a vulnerable situation. Absent: nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vulnerable: Option<bool>,
    /// Whether something is needed to take part. Absent: nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessibility_need: Option<bool>,
}

impl Slices {
    /// Slices that say nothing but when, what kind and through which door.
    pub fn new(received_at: Timestamp, kind: &str, channel: &str) -> Self {
        Self {
            received_at,
            occurred_at: None,
            occurred_on: None,
            received_on: None,
            aware_at: None,
            kind: kind.to_owned(),
            channel: channel.to_owned(),
            reported_channel: None,
            product: None,
            sub_product: None,
            issue: None,
            sub_issue: None,
            site: None,
            supplier: None,
            business_unit: None,
            segment: None,
            jurisdiction: None,
            language: None,
            tags: Vec::new(),
            remedy_sought: None,
            immediate_action_taken: None,
            vulnerable: None,
            accessibility_need: None,
        }
    }
}
