//! A row on its way from a file to a request.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use redress_evidence::Hash;
use redress_feedback::{Submission, cfpb};
use redress_wire::Message;
use redress_wire::intake::v1::{ImportRow, InboundKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Format;
use super::file::{Input, Shape};
use super::reject::{Reason, Rejected};
use super::text::{CsvRows, Lines, NAMES, json};
use crate::failure::Failure;
use crate::submission::to_wire;

/// What a message adds around a row.
const FRAME_BYTES: usize = 8;

/// A row that can be sent.
#[derive(Debug)]
pub(super) struct Good {
    pub(super) number: u64,
    pub(super) request: ImportRow,
    /// For the list of rejected rows, should it be refused.
    pub(super) raw: Raw,
    /// The day (UTC) on which it was received, if it says so.
    pub(super) day: Option<Date>,
    /// What it takes in a message.
    pub(super) bytes: usize,
}

/// A row as it was read.
#[derive(Debug)]
pub(super) enum Raw {
    Bureau(Box<cfpb::Row>),
    Line(String),
}

impl From<Raw> for Value {
    fn from(raw: Raw) -> Self {
        match raw {
            Raw::Bureau(row) => serde_json::to_value(row).unwrap_or(Self::Null),
            Raw::Line(line) => line.into(),
        }
    }
}

/// All rows of a file, in order.
pub(super) enum Rows {
    CfpbCsv(CsvRows),
    CfpbLines(Lines),
    Feedback { lines: Lines, source: String },
}

impl Rows {
    pub(super) fn new(input: Input, format: Format, source: &str) -> Result<Self, Failure> {
        match (format, input.shape) {
            (Format::Cfpb, Shape::Csv) => {
                CsvRows::new(input.reader, &input.path).map(Self::CfpbCsv)
            }
            (Format::Cfpb, Shape::JsonLines) => {
                Lines::new(input.reader, &input.path, &NAMES).map(Self::CfpbLines)
            }
            (Format::Feedback, Shape::JsonLines) => {
                let lines = Lines::new(input.reader, &input.path, &["kind", "channel"])?;
                Ok(Self::Feedback {
                    lines,
                    source: source.to_owned(),
                })
            }
            (Format::Feedback, Shape::Csv) => Err(Failure::usage(
                "FILE_SHAPE_UNKNOWN",
                format!(
                    "{}: the file does not hold JSON Lines",
                    input.path.display()
                ),
            )
            .with_remedy("write one JSON object on each line")),
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<Result<Good, Rejected>>, Failure> {
        match self {
            Self::CfpbCsv(rows) => {
                let text = rows.next()?;
                Ok(text.map(|text| match text.row {
                    Ok(row) => of_bureau(text.number, row),
                    Err((reason, raw)) => Err(unreadable(text.number, reason, raw)),
                }))
            }
            Self::CfpbLines(lines) => {
                let text = lines.next()?;
                Ok(text.map(|text| {
                    let line = text
                        .row
                        .map_err(|(why, raw)| unreadable(text.number, why, raw))?;
                    let row = json(&line).map_err(|why| unreadable(text.number, why, line))?;
                    of_bureau(text.number, row)
                }))
            }
            Self::Feedback { lines, source } => {
                let text = lines.next()?;
                Ok(text.map(|text| {
                    let line = text
                        .row
                        .map_err(|(why, raw)| unreadable(text.number, why, raw))?;
                    of_anybody(text.number, line, source)
                }))
            }
        }
    }
}

fn unreadable(row: u64, reason: Reason, raw: String) -> Rejected {
    Rejected {
        row,
        reasons: vec![reason],
        raw: raw.into(),
    }
}

fn of_bureau(number: u64, row: cfpb::Row) -> Result<Good, Rejected> {
    let read = cfpb::submission(&row);
    let raw = Raw::Bureau(Box::new(row));
    match read {
        Ok(item) => {
            let key = InboundKey {
                source: cfpb::SOURCE.to_owned(),
                id: item.complaint_id,
            };
            Ok(good(number, key, item.row_digest, item.submission, raw))
        }
        Err(errors) => Err(Rejected {
            row: number,
            reasons: errors.iter().map(Reason::from).collect(),
            raw: raw.into(),
        }),
    }
}

/// A line has no name of its own: what it says is its name, and the same line is the same feedback.
fn of_anybody(number: u64, line: String, source: &str) -> Result<Good, Rejected> {
    let submission: Submission = match json(&line) {
        Ok(submission) => submission,
        Err(reason) => return Err(unreadable(number, reason, line)),
    };
    let bytes: [u8; 32] = Sha256::digest(line.as_bytes()).into();
    let digest = Hash::from(bytes).to_string();
    let row_digest = match &submission.reported {
        Some(reported) => reported.digest.clone(),
        None => digest.clone(),
    };
    let key = InboundKey {
        source: source.to_owned(),
        id: digest,
    };
    Ok(good(number, key, row_digest, submission, Raw::Line(line)))
}

fn good(
    number: u64,
    key: InboundKey,
    row_digest: String,
    submission: Submission,
    raw: Raw,
) -> Good {
    let of_time = |at| TimeZone::UTC.to_datetime(at).date();
    let day = submission.received_on;
    let day = day.or(submission.received_at.map(of_time));
    let request = to_wire(submission);
    let request = ImportRow {
        inbound_key: Some(key),
        row_digest,
        submission: Some(request),
    };
    let bytes = request.encoded_len() + FRAME_BYTES;
    Good {
        number,
        request,
        raw,
        day,
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(change: impl FnOnce(&mut cfpb::Row)) -> cfpb::Row {
        let some = |text: &str| Some(text.to_owned());
        let mut row = cfpb::Row {
            date_received: some("2015-03-01"),
            product: some("Mortgage"),
            company: some("ACME"),
            complaint_id: some("1290516"),
            ..cfpb::Row::default()
        };
        change(&mut row);
        row
    }

    #[test]
    fn a_row_is_named_by_its_complaint() {
        let good = of_bureau(7, row(|_| ())).unwrap();
        let key = good.request.inbound_key.unwrap();
        assert_eq!((key.source.as_str(), key.id.as_str()), ("cfpb", "1290516"));
        assert_eq!(good.day, Some(jiff::civil::date(2015, 3, 1)));
    }

    #[test]
    fn everything_that_is_wrong_with_a_row_is_named() {
        let bad = row(|row| {
            row.date_received = Some("soon".to_owned());
            row.complaint_id = None;
        });
        let rejected = of_bureau(7, bad).unwrap_err();
        let codes: Vec<&str> = rejected.reasons.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, ["ROW_VALUE_MISSING", "ROW_DATE_INVALID"]);
        assert_eq!(rejected.raw["Date received"], "soon");
    }

    #[test]
    fn the_same_line_has_the_same_name() {
        let line = r#"{"kind":"compliment","channel":"web","description":"fine"}"#;
        let key = |number| {
            let good = of_anybody(number, line.to_owned(), "file").unwrap();
            good.request.inbound_key.map(|it| it.id)
        };
        assert_eq!(key(1), key(2));
        assert!(of_anybody(3, r#"{"kin":"compliment"}"#.to_owned(), "file").is_err());
    }
}
