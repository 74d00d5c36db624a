//! `[[severity_matrix]]`: which severity is proposed for what an assessment finds.

use super::clock::{SEVERITIES, each};
use super::reader::{Reader, Span, Table, Value, list};

/// Whether somebody could come, or came, to harm, the least first.
pub const SAFETY_IMPLICATIONS: [&str; 3] = ["none", "possible", "actual"];

/// How complex a matter is, and how far its impact goes, the least first.
pub const LEVELS: [&str; 3] = ["low", "medium", "high"];

/// What an assessment found, in the words of the lists above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    pub safety_implication: &'a str,
    pub impact: &'a str,
    pub complexity: &'a str,
}

/// The rows, from the top: the first that fits proposes. Where there are any, one fits everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeverityMatrix(Vec<SeverityRow>);

/// What is left empty fits anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityRow {
    pub safety_implication: Vec<&'static str>,
    pub impact: Vec<&'static str>,
    pub complexity: Vec<&'static str>,
    pub severity: &'static str,
}

impl SeverityMatrix {
    pub fn rows(&self) -> &[SeverityRow] {
        &self.0
    }

    /// The row that proposes, with its number from 1. Words of a later version fit only rows that leave
    /// them open.
    pub fn row(&self, found: Found<'_>) -> Option<(usize, &SeverityRow)> {
        let mut numbered = (1..).zip(&self.0);
        numbered.find(|(_, row)| row.fits(found))
    }
}

impl SeverityRow {
    fn fits(&self, found: Found<'_>) -> bool {
        let fits = |asked: &[&str], word| asked.is_empty() || asked.contains(&word);
        fits(&self.safety_implication, found.safety_implication)
            && fits(&self.impact, found.impact)
            && fits(&self.complexity, found.complexity)
    }

    /// What it asks for, as people read it.
    pub fn asks_for(&self) -> String {
        let parts = [
            ("safety_implication", &self.safety_implication),
            ("impact", &self.impact),
            ("complexity", &self.complexity),
        ];
        let asked = parts.iter().filter(|(_, words)| !words.is_empty());
        let asked: Vec<String> = asked
            .map(|(what, words)| format!("{what} {}", words.join(" or ")))
            .collect();
        if asked.is_empty() {
            "anything".to_owned()
        } else {
            asked.join(", ")
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>, value: &Value<'_>) -> SeverityMatrix {
    let written = list(value);
    let mut rows = Vec::new();
    for value in &written {
        if let Some(table) = reader.table(value)
            && let Some(row) = row(reader, &value.span(), table)
        {
            rows.push((value.span(), row));
        }
    }
    if rows.len() == written.len() {
        fits_everything_once(reader, &value.span(), &rows);
    }
    SeverityMatrix(rows.into_iter().map(|(_, row)| row).collect())
}

fn row(reader: &mut Reader<'_>, span: &Span, table: &Table<'_>) -> Option<SeverityRow> {
    let keys = ["safety_implication", "impact", "complexity", "severity"];
    reader.only(table, &keys, "a row of severities");
    let safety_implication = table.get("safety_implication");
    let levels = |reader: &mut Reader<'_>, key| {
        let value = table.get(key);
        value.map_or(Vec::new(), |value| each(reader, value, level))
    };
    let (impact, complexity) = (levels(reader, "impact"), levels(reader, "complexity"));
    let safety_implication =
        safety_implication.map_or(Vec::new(), |value| each(reader, value, safety));
    Some(SeverityRow {
        safety_implication,
        impact,
        complexity,
        severity: reader.required(table, "severity", span, severity)?,
    })
}

/// Every combination has a row, and every row a combination that no row before it has.
fn fits_everything_once(reader: &mut Reader<'_>, span: &Span, rows: &[(Span, SeverityRow)]) {
    let mut is_used = vec![false; rows.len()];
    let mut gaps = Vec::new();
    for safety_implication in SAFETY_IMPLICATIONS {
        for (impact, complexity) in LEVELS
            .iter()
            .flat_map(|it| LEVELS.map(|other| (*it, other)))
        {
            let found = Found {
                safety_implication,
                impact,
                complexity,
            };
            match rows.iter().position(|(_, row)| row.fits(found)) {
                Some(row) => is_used[row] = true,
                None => gaps.push(found),
            }
        }
    }
    if let Some(gap) = gaps.first() {
        let message = format!(
            "no row fits {} of 27 combinations, as safety_implication {}, impact {}, complexity {}",
            gaps.len(),
            gap.safety_implication,
            gap.impact,
            gap.complexity
        );
        let remedy = "end with a row that has nothing but a `severity`: it fits the rest";
        reader.flaw(span.clone(), "SEVERITY_MATRIX_GAP", message, remedy);
    }
    for ((span, _), _) in rows.iter().zip(is_used).filter(|(_, is_used)| !is_used) {
        let message = "the rows before this one fit everything that it fits";
        let remedy = "put it before them, or take it out: the first row that fits counts";
        reader.flaw(span.clone(), "SEVERITY_ROW_UNREACHABLE", message, remedy);
    }
}

fn safety(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<&'static str> {
    reader.word(value, &SAFETY_IMPLICATIONS)
}

fn level(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<&'static str> {
    reader.word(value, &LEVELS)
}

pub(super) fn severity(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<&'static str> {
    reader.word(value, &SEVERITIES)
}
