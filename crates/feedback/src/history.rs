//! What another system says that it did with an item before Redress took it over.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A fact that the source states, denies or leaves open.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    #[default]
    Unknown,
    No,
    Yes,
}

/// How the organisation had answered, as reported.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ResponseClass {
    InProgress,
    UntimelyResponse,
    ClosedWithMonetaryRelief,
    ClosedWithNonMonetaryRelief,
    ClosedWithRelief,
    ClosedWithExplanation,
    ClosedWithoutRelief,
    Closed,
    /// The source says nothing.
    #[default]
    Unknown,
    /// A wording that this version does not class; [`ReportedHistory::response`] has it.
    #[serde(other)]
    Other,
}

impl Answer {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::No => "no",
            Self::Yes => "yes",
        }
    }
}

impl ResponseClass {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "in_progress",
            Self::UntimelyResponse => "untimely_response",
            Self::ClosedWithMonetaryRelief => "closed_with_monetary_relief",
            Self::ClosedWithNonMonetaryRelief => "closed_with_non_monetary_relief",
            Self::ClosedWithRelief => "closed_with_relief",
            Self::ClosedWithExplanation => "closed_with_explanation",
            Self::ClosedWithoutRelief => "closed_without_relief",
            Self::Closed => "closed",
            Self::Unknown => "unknown",
            Self::Other => "other",
        }
    }

    /// Whether the organisation is done with it, as far as the report says. A late answer, or one in
    /// words that are not classed here, is an answer.
    pub fn implies_closed(self) -> bool {
        self.stage() > Stage::InProgress
    }

    fn stage(self) -> Stage {
        match self {
            Self::Unknown => Stage::Nothing,
            Self::InProgress => Stage::InProgress,
            Self::Other => Stage::Unclassed,
            Self::UntimelyResponse => Stage::Untimely,
            Self::ClosedWithMonetaryRelief
            | Self::ClosedWithNonMonetaryRelief
            | Self::ClosedWithRelief
            | Self::ClosedWithExplanation
            | Self::ClosedWithoutRelief
            | Self::Closed => Stage::Closed,
        }
    }
}

/// One report about one item. Storage format: it stands in events as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedHistory {
    /// Who reports: a configured name such as `cfpb`.
    pub source: String,
    /// Over the whole report: equal digests are the same report. A submission brings SHA-256, 64 hex
    /// digits. An event has a keyed hash of it, 32 hex digits, because a report can say things that
    /// point at a person.
    pub digest: String,
    /// The source's own wording of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    pub response_class: ResponseClass,
    pub timely: Answer,
    pub disputed: Answer,
    /// Not a closing date: the day on which the source handed the complaint to the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_to_company_on: Option<Date>,
    /// The source's two dates contradict each other; both are kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent_before_received: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_response: Option<String>,
    /// Whether the customer's own words came with the report.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub submitted_narrative: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Nothing,
    InProgress,
    Unclassed,
    Untimely,
    Closed,
}

/// Where a report stands among the reports about one item; the greatest is the effective one.
///
/// Reports carry no time of their own and do not come in order, so what decides is how far the
/// matter had got: stage of the response, then the dispute (open, denied, stated), then the day sent
/// to the company, then whether the words are there. The digest makes the order total, so every
/// order of arrival ends at the same report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank<'a> {
    stage: Stage,
    disputed: Answer,
    sent_to_company_on: Option<Date>,
    narrative: bool,
    digest: &'a str,
    source: &'a str,
}

impl ReportedHistory {
    pub fn rank(&self) -> Rank<'_> {
        Rank {
            stage: self.response_class.stage(),
            disputed: self.disputed,
            sent_to_company_on: self.sent_to_company_on,
            narrative: self.submitted_narrative,
            digest: &self.digest,
            source: &self.source,
        }
    }
}
