//! What complaints are sliced by.

use redress_complaint::{Outcome, Severity, Status};
use redress_feedback::{Answer, ResponseClass};

use crate::facts::{Case, Word};

/// One way to slice. Every item has one value in each, an empty one where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dimension {
    Product,
    SubProduct,
    Issue,
    SubIssue,
    Channel,
    Language,
    Vulnerable,
    AccessibilityNeed,
    Site,
    Supplier,
    BusinessUnit,
    Segment,
    Jurisdiction,
    Outcome,
    Severity,
    Status,
    ResponseClass,
    ReportedResponse,
    ReportedTimely,
    ReportedDisputed,
}

impl Dimension {
    pub(crate) const ALL: [Self; 20] = [
        Self::Product,
        Self::SubProduct,
        Self::Issue,
        Self::SubIssue,
        Self::Channel,
        Self::Language,
        Self::Vulnerable,
        Self::AccessibilityNeed,
        Self::Site,
        Self::Supplier,
        Self::BusinessUnit,
        Self::Segment,
        Self::Jurisdiction,
        Self::Outcome,
        Self::Severity,
        Self::Status,
        Self::ResponseClass,
        Self::ReportedResponse,
        Self::ReportedTimely,
        Self::ReportedDisputed,
    ];
    /// What is charted and judged.
    pub(crate) const CHARTED: [Self; 2] = [Self::Product, Self::Issue];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::SubProduct => "sub_product",
            Self::Issue => "issue",
            Self::SubIssue => "sub_issue",
            Self::Channel => "channel",
            Self::Language => "language",
            Self::Vulnerable => "vulnerable",
            Self::AccessibilityNeed => "accessibility_need",
            Self::Site => "site",
            Self::Supplier => "supplier",
            Self::BusinessUnit => "business_unit",
            Self::Segment => "segment",
            Self::Jurisdiction => "jurisdiction",
            Self::Outcome => "outcome",
            Self::Severity => "severity",
            Self::Status => "status",
            Self::ResponseClass => "response_class",
            Self::ReportedResponse => "reported_response",
            Self::ReportedTimely => "reported_timely",
            Self::ReportedDisputed => "reported_disputed",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// All words that can stand in it, where they are a closed list; else `None`.
    pub(crate) fn words(self) -> Option<Vec<&'static str>> {
        let answers = || Answer::ALL.iter().map(|it| it.as_str()).collect();
        match self {
            Self::Status => Some(Status::WORDS.to_vec()),
            Self::Severity => Some(Severity::WORDS.to_vec()),
            Self::Outcome => Some(Outcome::WORDS.to_vec()),
            Self::ResponseClass => Some(ResponseClass::ALL.iter().map(|it| it.as_str()).collect()),
            Self::Vulnerable
            | Self::AccessibilityNeed
            | Self::ReportedTimely
            | Self::ReportedDisputed => Some(answers()),
            Self::Product
            | Self::SubProduct
            | Self::Issue
            | Self::SubIssue
            | Self::Channel
            | Self::Language
            | Self::Site
            | Self::Supplier
            | Self::BusinessUnit
            | Self::Segment
            | Self::Jurisdiction
            | Self::ReportedResponse => None,
        }
    }

    /// The value that an item has.
    pub(crate) fn of<'a>(self, case: &Case<'a>) -> &'a str {
        match self {
            Self::Product => case.word(Word::Product),
            Self::SubProduct => case.word(Word::SubProduct),
            Self::Issue => case.word(Word::Issue),
            Self::SubIssue => case.word(Word::SubIssue),
            Self::Channel => case.word(Word::Channel),
            Self::Language => case.word(Word::Language),
            Self::Vulnerable => asked(case.word(Word::Vulnerable)),
            Self::AccessibilityNeed => asked(case.word(Word::AccessibilityNeed)),
            Self::Site => case.word(Word::Site),
            Self::Supplier => case.word(Word::Supplier),
            Self::BusinessUnit => case.word(Word::BusinessUnit),
            Self::Segment => case.word(Word::Segment),
            Self::Jurisdiction => case.word(Word::Jurisdiction),
            Self::Outcome => case.complaint().map_or("", |course| course.outcome()),
            Self::Severity => case.complaint().map_or("", |course| course.severity()),
            Self::Status => case.status().map_or("", |status| status.as_str()),
            Self::ResponseClass => case.report.map_or("", |report| report.class.as_str()),
            Self::ReportedResponse => case.report.map_or("", |report| report.response),
            Self::ReportedTimely => answer(case, |report| report.timely),
            Self::ReportedDisputed => answer(case, |report| report.disputed),
        }
    }
}

/// What nobody asked is not a no.
fn asked(word: &str) -> &str {
    if word.is_empty() { "unknown" } else { word }
}

/// Without a report nobody knows.
fn answer(
    case: &Case<'_>,
    of: impl Fn(&crate::facts::Report<'_>) -> redress_feedback::Answer,
) -> &'static str {
    case.report
        .as_ref()
        .map_or("unknown", |report| of(report).as_str())
}
