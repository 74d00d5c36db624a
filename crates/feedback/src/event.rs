//! What happened. The structs are the storage format of `data`: fields may be added, each optional;
//! none is renamed, retyped or removed.

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::{Money, VaultRef};
use serde::{Deserialize, Serialize};

use crate::history::ReportedHistory;
use crate::vocabulary::{Channel, Kind, Measure, RemedyKind};

/// Everything about a feedback item that is not personal, and references to what is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    pub kind: Kind,
    pub channel: Channel,
    /// The source's own word for the channel, where it says something else or more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_channel: Option<String>,
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
    /// ISO 3166-1 alpha-2 or, where the part of the country matters, ISO 3166-2: `GB`, `US-CA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// BCP 47, in its customary case: `de-AT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy_sought: Option<RemedySought>,
    /// Whether something was done on the spot; what it was is content. Absent: nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediate_action_taken: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Whether something is needed to take part. Absent: nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessibility_need: Option<bool>,
    /// Whether the customer is in a vulnerable situation. Absent: nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vulnerable: Option<bool>,
    /// The role of whoever helped the customer to say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assisted_by: Option<String>,
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// When the organisation got it.
    pub received_at: Timestamp,
    /// When the organisation knew enough for a regulatory clock to start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aware_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<ReportedHistory>,
    /// The sealed [`Content`](crate::Content); none where nothing personal came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<VaultRef>,
    /// Pseudonym of the person under whose key the content is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_subject: Option<String>,
    /// Keyed hash of the organisation's own reference of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_hash: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_references: Vec<ExternalReference>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedySought {
    pub kind: RemedyKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    pub measure: Measure,
    pub value: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub content: VaultRef,
    pub media_type: String,
    pub bytes: u64,
}

/// The item's id in another system, by keyed hash: equal ids can be found, none can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalReference {
    pub system: String,
    pub keyed_hash: String,
}

/// A bulk load began. While one is open, no month counts as complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportStarted {
    pub format: String,
    /// The operator's name for the file or system, never a path with a person's name in it.
    pub source: String,
    /// The version of the mapping, such as [`cfpb::RULES`](crate::cfpb::RULES).
    pub rules: String,
}

/// A bulk load ended. `rows` is the sum of the four counts after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCompleted {
    pub rows: u64,
    pub new: u64,
    pub repeated: u64,
    pub updated: u64,
    pub rejected: u64,
    /// The first and the last day of receipt among the rows that were not rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_to: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Received(Box<Feedback>),
    /// Another report about the same item: the whole of it and not only what differs, because
    /// reports come in any order and a difference has no meaning in another one.
    HistoryReported(Box<Feedback>),
    ImportStarted(ImportStarted),
    ImportCompleted(ImportCompleted),
}

impl Feedback {
    /// Whether `later` takes this one's place as what is known about the item. True for one of the
    /// two whichever came first, so every order of arrival ends at the same facts.
    pub fn is_superseded_by(&self, later: &Self) -> bool {
        later.reported.as_ref().map(ReportedHistory::rank)
            > self.reported.as_ref().map(ReportedHistory::rank)
    }
}
