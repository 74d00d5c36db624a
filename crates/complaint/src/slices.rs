//! What work lists, indicators and reports slice complaints by.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The feedback's fields that are no personal data, as they stand when the complaint is opened, so
/// that every view of complaints needs the complaints' own log alone.
///
/// Storage format: stands in `opened` and `taken_over` under `about`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slices {
    /// When the organisation got it.
    pub received_at: Timestamp,
    /// When what is complained of happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// When somebody in the organisation became aware of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aware_at: Option<Timestamp>,
    /// `complaint`, `dispute`, ...: the feedback's word.
    pub kind: String,
    /// `web`, `phone`, ...: the feedback's word.
    pub channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_product: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_issue: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The kind of remedy that the complainant wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy_sought: Option<String>,
    /// Whether the complainant is known to be in a vulnerable situation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub vulnerable: bool,
    /// Whether the complainant named something that is needed to take part.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accessibility_need: bool,
}

impl Slices {
    /// Slices that say nothing but when, what kind and through which door.
    pub fn new(received_at: Timestamp, kind: &str, channel: &str) -> Self {
        Self {
            received_at,
            occurred_at: None,
            aware_at: None,
            kind: kind.to_owned(),
            channel: channel.to_owned(),
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
            vulnerable: false,
            accessibility_need: false,
        }
    }
}
