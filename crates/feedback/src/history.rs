//! What another system says that it did with an item before Redress took it over.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Words on which a fold hangs: which of two reports counts, and whether the matter is over. One that
/// this version does not know is not guessed at: the event that holds it cannot be read.
macro_rules! closed_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name { $($(#[$note])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value of a known word.
            pub fn known(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

closed_words! {
    /// A fact that the source states, denies or leaves open.
    Answer {
        #[default]
        Unknown = "unknown",
        No = "no",
        Yes = "yes",
    }
}

closed_words! {
    /// How the organisation had answered, as reported.
    ResponseClass {
        InProgress = "in_progress",
        UntimelyResponse = "untimely_response",
        ClosedWithMonetaryRelief = "closed_with_monetary_relief",
        ClosedWithNonMonetaryRelief = "closed_with_non_monetary_relief",
        ClosedWithRelief = "closed_with_relief",
        ClosedWithExplanation = "closed_with_explanation",
        ClosedWithoutRelief = "closed_without_relief",
        Closed = "closed",
        /// The source says nothing.
        #[default]
        Unknown = "unknown",
        /// A wording that is not classed; [`ReportedHistory::response`] has it.
        Other = "other",
    }
}

impl ResponseClass {
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

/// One report about one item. What it does not say stays unknown.
///
/// It never implies an outcome: money may be paid without a finding, and an explanation may go with
/// either.
///
/// Storage format: it stands as it is in the events of feedback and in those of a complaint that was
/// taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportedHistory {
    /// Who reports: a configured name such as `cfpb`.
    pub source: String,
    /// Over the whole report: equal digests are the same report. A submission brings SHA-256, 64 hex
    /// digits. An event has a keyed hash of it, 32 hex digits, because a report can say things that
    /// point at a person.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = "^([0-9a-f]{32}|[0-9a-f]{64})$"))
    )]
    pub digest: String,
    /// The source's own wording of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// The response, classed.
    pub response_class: ResponseClass,
    /// Whether the organisation answered in time, as the source sees it.
    pub timely: Answer,
    /// Whether the customer disputed the response.
    pub disputed: Answer,
    /// Not a closing date: the day on which the source handed the complaint to the company.
    /// When the organisation told the customer that it has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// When the organisation was done with it. Counts where the response says that it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Not a closing date: the day on which the source handed the complaint to the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_to_company_on: Option<Date>,
    /// The source's two dates contradict each other; both are kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent_before_received: bool,
    /// What the organisation let the source publish, in the source's wording.
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
    /// Whether this report counts and not `other`, whichever came first.
    pub fn supersedes(&self, other: &Self) -> bool {
        self.rank() > other.rank()
    }

    /// When it was closed, where the report says that it was, and when.
    pub fn closed(&self) -> Option<Timestamp> {
        self.closed_at
            .filter(|_| self.response_class.implies_closed())
    }

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
