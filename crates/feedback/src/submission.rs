//! What a caller hands in, before anything about it is believed.

mod strict;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::Money;
use serde::{Deserialize, Serialize};

use crate::content::debug_without_words;
use crate::history::ReportedHistory;

/// Every field of a feedback item, as it came. An empty or blank text counts as absent, because
/// protobuf cannot tell the two apart. As JSON it is what `redress import --format feedback` reads.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Submission {
    /// What sort of feedback it is.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::Kind>"))]
    pub kind: Option<String>,
    /// The door it came through. Absent in a message of the inbox: `partner_system`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::Channel>"))]
    pub channel: Option<String>,
    /// The source's own word for the channel, where it says something else or more.
    pub reported_channel: Option<String>,
    /// The organisation's own name of what it is about.
    pub product: Option<String>,
    pub sub_product: Option<String>,
    /// The organisation's own name of what went wrong.
    pub issue: Option<String>,
    pub sub_issue: Option<String>,
    /// Where in the organisation.
    pub site: Option<String>,
    pub supplier: Option<String>,
    pub business_unit: Option<String>,
    pub segment: Option<String>,
    /// ISO 3166-1 alpha-2 or ISO 3166-2: `GB`, `US-CA`.
    pub jurisdiction: Option<String>,
    /// BCP 47: `de-AT`.
    pub language: Option<String>,
    /// Words of the organisation's own.
    pub tags: Vec<String>,
    pub remedy_sought: Option<SubmittedRemedy>,
    /// What was done on the spot. It is sealed.
    pub immediate_action: Option<String>,
    /// Each measure once.
    pub scores: Vec<SubmittedScore>,
    pub attachments: Vec<SubmittedAttachment>,
    /// Absent: nobody asked.
    pub accessibility_need: Option<bool>,
    /// Absent: nobody asked.
    pub vulnerable: Option<bool>,
    /// The role of whoever helped the customer to say it.
    pub assisted_by: Option<String>,
    /// When it happened.
    #[serde(deserialize_with = "strict::time")]
    pub occurred_at: Option<Timestamp>,
    /// The day on which it happened, where the time is not known; one of the two at most.
    #[serde(deserialize_with = "strict::day")]
    pub occurred_on: Option<Date>,
    /// When the organisation got it. The time of the submission where it and the day are absent.
    #[serde(deserialize_with = "strict::time")]
    pub received_at: Option<Timestamp>,
    /// The day on which the organisation got it, where the time is not known. A time beside it is one
    /// of that day, somewhere: what clocks and statistics take for it.
    #[serde(deserialize_with = "strict::day")]
    pub received_on: Option<Date>,
    /// When the organisation knew enough for a regulatory clock to start.
    #[serde(deserialize_with = "strict::time")]
    pub aware_at: Option<Timestamp>,
    /// What another system says that it did with it before.
    #[serde(deserialize_with = "strict::report")]
    pub reported: Option<ReportedHistory>,
    /// What the customer said, in the customer's own words. It is sealed.
    pub description: Option<String>,
    /// It is sealed.
    pub customer: SubmittedCustomer,
    /// Ids in other systems, by which the same item is found again. They are kept as keyed hashes.
    pub external_references: Vec<SubmittedReference>,
    /// Whatever else the source has, by its own names. It is sealed.
    pub unmapped: BTreeMap<String, String>,
}

/// What the customer would like to be done.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SubmittedRemedy {
    /// What the customer would like to be done.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::RemedyKind>"))]
    pub kind: Option<String>,
    #[serde(deserialize_with = "strict::amount")]
    pub amount: Option<Money>,
}

/// A number that the customer gave.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SubmittedScore {
    /// What it measures.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::Measure>"))]
    #[serde(default)]
    pub measure: Option<String>,
    #[serde(deserialize_with = "strict::whole")]
    pub value: i64,
}

/// What is said about a file; the service has its bytes.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SubmittedAttachment {
    pub name: Option<String>,
    pub media_type: Option<String>,
    pub bytes: u64,
}

/// Who the customer is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SubmittedCustomer {
    pub reference: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub postal_code: Option<String>,
}

/// The item's id in another system.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SubmittedReference {
    /// The configured name of the other system.
    pub system: Option<String>,
    /// Within which the id is unique, where the system has more than one such place: of a `CloudEvent`
    /// its `source`. It is sealed.
    pub source: Option<String>,
    /// It is sealed.
    pub id: Option<String>,
}

debug_without_words!(
    Submission,
    SubmittedAttachment,
    SubmittedCustomer,
    SubmittedReference,
    SubmittedRemedy,
    SubmittedScore
);
