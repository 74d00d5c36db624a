//! What a caller hands in, before anything about it is believed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use redress_envelope::Money;
use serde::{Deserialize, Serialize};

use crate::content::debug_without_words;
use crate::history::ReportedHistory;

/// Every field of a feedback item, as it came. An empty or blank text counts as absent, because
/// protobuf cannot tell the two apart. As JSON it is what `redress import --format feedback` reads.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Submission {
    pub kind: Option<String>,
    pub channel: Option<String>,
    pub reported_channel: Option<String>,
    pub product: Option<String>,
    pub sub_product: Option<String>,
    pub issue: Option<String>,
    pub sub_issue: Option<String>,
    pub site: Option<String>,
    pub supplier: Option<String>,
    pub business_unit: Option<String>,
    pub segment: Option<String>,
    pub jurisdiction: Option<String>,
    pub language: Option<String>,
    pub tags: Vec<String>,
    pub remedy_sought: Option<SubmittedRemedy>,
    pub immediate_action: Option<String>,
    pub scores: Vec<SubmittedScore>,
    pub attachments: Vec<SubmittedAttachment>,
    /// Absent: nobody asked.
    pub accessibility_need: Option<bool>,
    /// Absent: nobody asked.
    pub vulnerable: Option<bool>,
    pub assisted_by: Option<String>,
    pub occurred_at: Option<Timestamp>,
    /// The time of the submission where it is absent.
    pub received_at: Option<Timestamp>,
    pub aware_at: Option<Timestamp>,
    pub reported: Option<ReportedHistory>,
    pub description: Option<String>,
    pub customer: SubmittedCustomer,
    pub external_references: Vec<SubmittedReference>,
    pub unmapped: BTreeMap<String, String>,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubmittedRemedy {
    pub kind: Option<String>,
    pub amount: Option<Money>,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubmittedScore {
    pub measure: Option<String>,
    pub value: i64,
}

/// What is said about a file; the service has its bytes.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubmittedAttachment {
    pub name: Option<String>,
    pub media_type: Option<String>,
    pub bytes: u64,
}

/// Who the customer is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(default, deny_unknown_fields)]
pub struct SubmittedReference {
    pub system: Option<String>,
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
