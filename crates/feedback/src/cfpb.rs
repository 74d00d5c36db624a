//! The public format of the US Consumer Complaint Database, row by row.
//!
//! What becomes of the bureau's columns: the company complained of is the `business_unit`, the state
//! the `jurisdiction` (`US-CA`), the narrative and the ZIP code are content, the complaint id is an
//! external reference in the system `cfpb`. Product and issue stay as they are written. The bureau
//! publishes days, so there is a `received_on` and no time, and when it happened stays unknown. A
//! column without a field of its own goes into `Content::unmapped`. Reading files is the caller's.

mod row;
mod value;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use row::{COLUMNS, Row};

use crate::history::ReportedHistory;
use crate::submission::{Submission, SubmittedCustomer, SubmittedReference};

/// The source's name in reports, external references and inbound keys.
pub const SOURCE: &str = "cfpb";
/// The version of this mapping, as an import records it.
pub const RULES: &str = "cfpb/1";

/// One row, ready to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CfpbItem {
    pub complaint_id: String,
    /// Equal for the same row, in whichever file format, blanks, line ends or spelling of the date.
    pub row_digest: String,
    /// Carries the reported history.
    pub submission: Submission,
}

/// What is wrong with a row. It never repeats the value: columns shift, and then it can be anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}` {problem}")]
pub struct RowError {
    column: &'static str,
    problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("is empty")]
    Missing,
    #[error("is not a day written YYYY-MM-DD or MM/DD/YYYY")]
    Date,
    #[error("is not a complaint number of 1 to 20 digits")]
    ComplaintId,
    #[error("is not a state as two capital letters")]
    State,
    #[error("is neither Yes nor No nor N/A")]
    Answer,
}

impl RowError {
    fn new(column: &'static str, problem: Problem) -> Self {
        Self { column, problem }
    }

    /// The bureau's name of the column.
    pub fn column(&self) -> &'static str {
        self.column
    }

    pub fn problem(&self) -> Problem {
        self.problem
    }

    /// Stable; programs may depend on it.
    pub fn code(&self) -> &'static str {
        match self.problem {
            Problem::Missing => "ROW_VALUE_MISSING",
            Problem::Date => "ROW_DATE_INVALID",
            Problem::ComplaintId => "ROW_COMPLAINT_ID_INVALID",
            Problem::State => "ROW_STATE_INVALID",
            Problem::Answer => "ROW_ANSWER_INVALID",
        }
    }
}

/// Maps one row, or names everything that is wrong with it. Times and lengths are checked with the
/// submission.
pub fn submission(row: &Row) -> Result<CfpbItem, Vec<RowError>> {
    let mut row = row.clean();
    let mut errors = Vec::new();
    let complaint_id = note(
        &mut errors,
        value::complaint_id(row.complaint_id.as_deref()),
    );
    let received = note(
        &mut errors,
        value::day(row::DATE_RECEIVED, &mut row.date_received),
    );
    let sent_on = note(
        &mut errors,
        value::day(row::DATE_SENT, &mut row.date_sent_to_company),
    );
    let jurisdiction = note(&mut errors, value::jurisdiction(row.state.as_deref()));
    let timely = note(
        &mut errors,
        value::answer(row::TIMELY, row.timely_response.as_deref()),
    );
    let disputed = note(
        &mut errors,
        value::answer(row::DISPUTED, row.consumer_disputed.as_deref()),
    );
    for (column, value) in [
        (row::DATE_RECEIVED, &row.date_received),
        (row::PRODUCT, &row.product),
        (row::COMPANY, &row.company),
    ] {
        if value.is_none() {
            errors.push(RowError::new(column, Problem::Missing));
        }
    }
    let received = received.flatten();
    let (Some(complaint_id), Some(received), true) = (complaint_id, received, errors.is_empty())
    else {
        return Err(errors);
    };
    let sent_to_company_on = sent_on.flatten();
    let row_digest = row.digest();
    let reported = ReportedHistory {
        source: SOURCE.into(),
        digest: row_digest.clone(),
        response_class: value::response_class(row.company_response.as_deref()),
        response: row.company_response.take(),
        timely: timely.unwrap_or_default(),
        disputed: disputed.unwrap_or_default(),
        // The bureau publishes neither.
        acknowledged_at: None,
        closed_at: None,
        sent_to_company_on,
        sent_before_received: sent_to_company_on.is_some_and(|sent| sent < received),
        public_response: row.company_public_response.take(),
        submitted_narrative: row.narrative.is_some(),
    };
    let submission = fill(
        row,
        &complaint_id,
        jurisdiction.flatten(),
        received,
        reported,
    );
    Ok(CfpbItem {
        complaint_id,
        row_digest,
        submission,
    })
}

fn fill(
    row: Row,
    complaint_id: &str,
    jurisdiction: Option<String>,
    received: Date,
    reported: ReportedHistory,
) -> Submission {
    let (channel, reported_channel) = value::channel(row.submitted_via);
    let consent = row
        .consent
        .map(|consent| (row::CONSENT.to_owned(), consent));
    Submission {
        kind: Some("complaint".into()),
        channel: Some(channel.into()),
        reported_channel,
        product: row.product,
        sub_product: row.sub_product,
        issue: row.issue,
        sub_issue: row.sub_issue,
        business_unit: row.company,
        jurisdiction,
        tags: value::tags(row.tags.as_deref()),
        received_on: Some(received),
        reported: Some(reported),
        description: row.narrative,
        customer: SubmittedCustomer {
            postal_code: row.zip_code,
            ..SubmittedCustomer::default()
        },
        external_references: vec![SubmittedReference {
            system: Some(SOURCE.into()),
            source: None,
            id: Some(complaint_id.into()),
        }],
        unmapped: BTreeMap::from_iter(consent),
        ..Submission::default()
    }
}

fn note<T>(errors: &mut Vec<RowError>, result: Result<T, RowError>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}
