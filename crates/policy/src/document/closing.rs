//! `[closing]`: when a complaint may be closed, and `[required_records]`: what has to be there by then.

use super::clock::{Known, each, is_known, target};
use super::reader::{Reader, Span, Table, Value};
use crate::Target;

/// The grounds on which a complaint may be closed.
pub const CLOSE_BASES: [&str; 3] = ["accepted", "silent", "options_exhausted"];

/// What can be asked for before a complaint is closed. The first seven are steps of the complaint, the
/// others are what its feedback said; evidence of that kind does as well.
pub const REQUIRED_RECORDS: [&str; 14] = [
    "acknowledgement",
    "assessment",
    "investigation",
    "finding",
    "response",
    "decision",
    "recourse",
    "product",
    "issue",
    "site",
    "supplier",
    "business_unit",
    "segment",
    "jurisdiction",
];

/// `[closing]`. Without it nothing is asked for that is not asked for anyway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClosingRule {
    pub silence: Option<Silence>,
    /// Of [`CLOSE_BASES`]; without it all.
    pub bases: Option<Vec<&'static str>>,
    pub external_recourse: ExternalRecourse,
}

/// How long the complainant has been silent, from when recourse was explained, before a complaint may be
/// closed on that ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    pub target: Target,
    pub calendar: String,
}

/// Whether the body outside that the complainant can turn to has to be named before closing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExternalRecourse {
    #[default]
    NotAskedFor,
    /// Where something was refused.
    UnlessUpheld,
    Always,
}

impl ExternalRecourse {
    const ALL: [(&'static str, Self); 2] = [
        ("unless_upheld", Self::UnlessUpheld),
        ("always", Self::Always),
    ];

    /// Nothing where it is not asked for.
    pub fn word(self) -> Option<&'static str> {
        let found = Self::ALL.iter().find(|(_, it)| *it == self);
        found.map(|(word, _)| *word)
    }
}

/// `[required_records]`: closing waits for all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordsRule {
    /// Of [`REQUIRED_RECORDS`].
    pub records: Vec<&'static str>,
    /// Kinds of evidence, where somebody investigated.
    pub evidence: Vec<String>,
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    span: &Span,
    table: &Table<'_>,
    known: &Known,
) -> ClosingRule {
    let keys = ["silence", "calendar", "bases", "external_recourse"];
    reader.only(table, &keys, "a rule of closing");
    let bases = table.get("bases").map(|value| each(reader, value, basis));
    if let (Some([]), Some(value)) = (bases.as_deref(), table.get("bases"))
        && value.get_ref().as_array().is_some_and(|it| it.is_empty())
    {
        let remedy = "write at least one, or take the key out: then all are allowed";
        reader.flaw(
            value.span(),
            "VALUE_MALFORMED",
            "nothing could ever be closed",
            remedy,
        );
    }
    let external_recourse = reader.optional(table, "external_recourse", external_recourse);
    ClosingRule {
        silence: silence(reader, span, table, known),
        bases,
        external_recourse: external_recourse.unwrap_or_default(),
    }
}

fn silence(
    reader: &mut Reader<'_>,
    span: &Span,
    table: &Table<'_>,
    known: &Known,
) -> Option<Silence> {
    if table.get("silence").is_none() {
        if let Some(calendar) = table.get("calendar") {
            let remedy = "write `silence = ..` beside it, or take it out";
            let message = "the calendar counts nothing";
            reader.flaw(calendar.span(), "KEY_UNKNOWN", message, remedy);
        }
        return None;
    }
    let target = reader.optional(table, "silence", target);
    let calendar = reader.required(table, "calendar", span, Reader::text);
    is_known(
        reader,
        table,
        "calendar",
        calendar.as_ref(),
        &known.calendars,
    );
    Some(Silence {
        target: target?,
        calendar: calendar?,
    })
}

pub(super) fn records(reader: &mut Reader<'_>, table: &Table<'_>) -> RecordsRule {
    reader.only(table, &["records", "evidence"], "a rule of records");
    let records = table.get("records");
    let evidence = table.get("evidence");
    RecordsRule {
        records: records.map_or(Vec::new(), |value| each(reader, value, record)),
        evidence: evidence.map_or(Vec::new(), |value| each(reader, value, kind)),
    }
}

fn basis(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<&'static str> {
    reader.word(value, &CLOSE_BASES)
}

fn record(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<&'static str> {
    reader.word(value, &REQUIRED_RECORDS)
}

fn kind(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<String> {
    reader.name(value)
}

fn external_recourse(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<ExternalRecourse> {
    let words = ExternalRecourse::ALL.map(|(word, _)| word);
    let word = reader.word(value, &words)?;
    let found = ExternalRecourse::ALL.iter().find(|(it, _)| *it == word);
    found.map(|(_, it)| *it)
}
