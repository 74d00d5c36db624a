//! What happened. The structs are the storage format of `data`: fields may be added, each optional;
//! none is renamed, retyped or removed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_envelope::{Money, VaultRef};
use serde::{Deserialize, Serialize};

use crate::history::ReportedHistory;
use crate::vocabulary::{Channel, Kind, Measure, RemedyKind};

/// Everything about a feedback item that is not personal, and references to what is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Feedback {
    /// What sort of feedback it is.
    pub kind: Kind,
    /// The door it came through.
    pub channel: Channel,
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
    /// ISO 3166-1 alpha-2 or, where the part of the country matters, ISO 3166-2: `GB`, `US-CA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// BCP 47, in its customary case: `de-AT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Words of the organisation's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What the customer would like to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy_sought: Option<RemedySought>,
    /// Whether something was done on the spot; what it was is content. Absent: nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immediate_action_taken: Option<bool>,
    /// Numbers that the customer gave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// Files that came with it, sealed.
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
    /// The day on which it happened, as it was told, where only the day is known; then there is no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_on: Option<Date>,
    /// When the organisation got it: what clocks and statistics take. Where only the day is known
    /// (`received_on`), the first moment of that day in UTC, or when it happened where that was later on
    /// the day, or when it was recorded where the day had not begun in UTC.
    pub received_at: Timestamp,
    /// The day on which the organisation got it, as it was told, where only the day is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_on: Option<Date>,
    /// When the organisation knew enough for a regulatory clock to start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aware_at: Option<Timestamp>,
    /// What another system says that it did with it before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<ReportedHistory>,
    /// The sealed [`Content`](crate::Content); none where nothing personal came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<VaultRef>,
    /// Pseudonym of the person under whose key the content is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<String>", regex(pattern = "^[0-9a-f]{32}$"))
    )]
    pub data_subject: Option<String>,
    /// Keyed hash of the organisation's own reference of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<String>", regex(pattern = "^[0-9a-f]{32}$"))
    )]
    pub customer_hash: Option<String>,
    /// Its ids in other systems, by keyed hash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_references: Vec<ExternalReference>,
}

/// What the customer would like to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemedySought {
    /// Which remedy.
    pub kind: RemedyKind,
    /// How much, where it is money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// A number that the customer gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Score {
    /// What it measures.
    pub measure: Measure,
    /// The number, on the measure's own scale.
    pub value: i64,
}

/// A file that came with it; its bytes and its name are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attachment {
    /// The sealed bytes.
    pub content: VaultRef,
    /// Such as `image/jpeg`.
    pub media_type: String,
    /// The size of the file in bytes.
    pub bytes: u64,
}

/// The item's id in another system, by keyed hash: equal ids can be found, none can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExternalReference {
    /// The configured name of the other system.
    pub system: String,
    /// Of the id: 32 hex digits, under a key of this installation.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{32}$")))]
    pub keyed_hash: String,
    /// Of the source within which the id is unique, where the system has more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<String>", regex(pattern = "^[0-9a-f]{32}$"))
    )]
    pub source_hash: Option<String>,
}

/// A bulk load began. While one is open, no month counts as complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportStarted {
    /// `cfpb` or `feedback`.
    pub format: String,
    /// Who reports: `cfpb`.
    pub source: String,
    /// The version of the mapping, such as [`cfpb::RULES`](crate::cfpb::RULES).
    pub rules: String,
    /// What the operator calls the import, never with a customer's name in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A bulk load that had ended is open again: a row came that was not there. What holds while one is
/// open holds again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportReopened {}

/// A bulk load ended. `rows` is the sum of the four counts after it; they tell of the run that ended
/// it, and not of those before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportCompleted {
    /// Rows of the file.
    pub rows: u64,
    /// Recorded as new feedback.
    pub new: u64,
    /// Known already, and the same.
    pub repeated: u64,
    /// Known already, with a new report.
    pub updated: u64,
    /// Not taken; each is told to whoever ran the import.
    pub rejected: u64,
    /// The first and the last day of receipt among the rows that were not rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_from: Option<Date>,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_to: Option<Date>,
}

/// Something came through a door and could not be accepted. What came is sealed; here stands why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RejectedInput {
    /// `nats`
    pub door: String,
    /// By whom, as the door knows them; absent where they have no name that may stand here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What was wrong, the reason that was told first.
    pub reasons: Vec<RejectionReason>,
    /// How much more was wrong, where that is more than anybody reads.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_reasons: u64,
    /// When the organisation got it.
    pub received_at: Timestamp,
    /// The size of what came.
    pub bytes: u64,
    /// What came, sealed, in pieces in their order.
    pub message: Vec<VaultRef>,
    /// Pseudonym under whose key it is sealed: its own, because nobody has looked yet whose it is.
    pub data_subject: String,
    /// Pseudonym of the customer whom it names, where it can be read that far: it is erased with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Keyed hash of door, source and id: the inbound key that the feedback has once it is accepted.
    pub inbound_key: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// One thing that was wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RejectionReason {
    /// Stable, `SCREAMING_SNAKE_CASE`.
    pub code: String,
    /// Path of the field that is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What the rule says, by name: a limit, the words that may stand there, a line and a column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

/// A rejected input was tried again and is feedback now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InputAccepted {
    /// The item of feedback that it became.
    pub feedback_id: String,
    /// Whether somebody corrected it; the feedback says how it reads now.
    pub corrected: bool,
    /// Pseudonym of the person whose feedback it is: what came is erased with that person's words.
    pub data_subject: String,
}

/// A rejected input is not feedback, and nobody needs to look at it again: what came is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InputDiscarded {
    /// A code: `test_message`, `duplicate`, `not_feedback`.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Received(Box<Feedback>),
    /// Another report about the same item: the whole of it and not only what differs, because
    /// reports come in any order and a difference has no meaning in another one.
    HistoryReported(Box<Feedback>),
    ImportStarted(ImportStarted),
    ImportReopened(ImportReopened),
    ImportCompleted(ImportCompleted),
    InputRejected(Box<RejectedInput>),
    RejectedInputAccepted(InputAccepted),
    RejectedInputDiscarded(InputDiscarded),
}

impl Feedback {
    /// Whether `later` takes this one's place as what is known about the item. True for one of the
    /// two whichever came first, so every order of arrival ends at the same facts.
    pub fn is_superseded_by(&self, later: &Self) -> bool {
        later.reported.as_ref().map(ReportedHistory::rank)
            > self.reported.as_ref().map(ReportedHistory::rank)
    }
}
