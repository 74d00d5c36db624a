//! What another system reported of a complaint, and which of several reports counts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::vocabulary::closed_words;

closed_words! {
    /// A fact that a report states, denies or does not know.
    Reported {
        Unknown = "unknown",
        No = "no",
        Yes = "yes",
    }
}

closed_words! {
    /// The kind of answer that was reported.
    ResponseClass {
        InProgress = "in_progress",
        ClosedWithMonetaryRelief = "closed_with_monetary_relief",
        ClosedWithNonMonetaryRelief = "closed_with_non_monetary_relief",
        ClosedWithRelief = "closed_with_relief",
        ClosedWithExplanation = "closed_with_explanation",
        ClosedWithoutRelief = "closed_without_relief",
        Closed = "closed",
        UntimelyResponse = "untimely_response",
        /// An answer in words that are not known here.
        Other = "other",
        /// No answer is reported.
        Unknown = "unknown",
    }
}

impl ResponseClass {
    /// How far the matter had come: of two reports the one that is further on counts.
    fn rank(self) -> u8 {
        match self {
            Self::Unknown => 0,
            Self::InProgress => 1,
            Self::Other => 2,
            Self::UntimelyResponse => 3,
            Self::ClosedWithMonetaryRelief
            | Self::ClosedWithNonMonetaryRelief
            | Self::ClosedWithRelief
            | Self::ClosedWithExplanation
            | Self::ClosedWithoutRelief
            | Self::Closed => 4,
        }
    }

    /// Whether the report says that the organisation is done with it. An answer in unknown words,
    /// or a late one, is an answer.
    pub fn implies_closed(self) -> bool {
        self.rank() >= 2
    }
}

/// One report of a complaint by another system. What it does not say stays marked as unknown.
///
/// It never implies an outcome: money may be paid without a finding, and an explanation may go with
/// either. Nor does it give a time of closing.
///
/// Storage format: stands in `taken_over` and `history_reported` under `history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedHistory {
    /// Which system reports, `cfpb` for instance.
    pub source: String,
    /// Names the row that was read: the same digest is the same report.
    pub digest: String,
    /// The answer in the reporter's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    pub response_class: ResponseClass,
    pub timely: Reported,
    pub disputed: Reported,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_to_company_on: Option<Date>,
    /// The report has it sent on before it was received: kept as reported, and flagged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent_before_received: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_response: Option<String>,
    /// Whether the complainant's own words came with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub submitted_narrative: bool,
}

impl ReportedHistory {
    /// Whether this report counts and not `other`: the one in which the matter is further on, then
    /// the one that knows more of a dispute, then the one sent on later, then the one with the
    /// complainant's words. The digest makes it a total order that knows nothing of arrival, so the
    /// report that counts in the end is the same in whatever order they come.
    pub fn supersedes(&self, other: &Self) -> bool {
        self.order() > other.order()
    }

    fn order(&self) -> (u8, Reported, Option<Date>, bool, &str, &str) {
        (
            self.response_class.rank(),
            self.disputed,
            self.sent_to_company_on,
            self.submitted_narrative,
            &self.digest,
            &self.source,
        )
    }
}
