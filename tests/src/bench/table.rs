//! The one table that comes out.

use anyhow::Result;
use serde::Serialize;

use super::Extent;
use super::place::Place;
use super::rounds::Compared;

/// What a figure is to reach, beside its limit or by itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// At least this part of the limit.
    RatioAtLeast(f64),
    /// At most so many times the limit.
    RatioAtMost(f64),
    /// At least this figure.
    AtLeast(f64),
    /// At most this figure.
    AtMost(f64),
}

/// One figure and what stands beside it.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    what: String,
    figure: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Beside>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<bool>,
}

/// The limit that was measured in the same run.
#[derive(Debug, Serialize)]
pub(crate) struct Beside {
    what: String,
    limit: f64,
    /// The median over the rounds of figure / limit.
    ratio: f64,
}

impl Row {
    pub(crate) fn new(what: impl Into<String>, figure: f64, unit: &'static str) -> Self {
        let what = what.into();
        Self {
            what,
            figure,
            unit,
            beside: None,
            target: None,
            met: None,
        }
    }

    pub(crate) fn compared(
        what: impl Into<String>,
        unit: &'static str,
        beside: impl Into<String>,
        compared: &Compared,
    ) -> Self {
        let Compared {
            figure,
            limit,
            ratio,
        } = *compared;
        let beside = Some(Beside {
            what: beside.into(),
            limit,
            ratio,
        });
        Self {
            beside,
            ..Self::new(what, figure, unit)
        }
    }

    #[must_use]
    pub(crate) fn target(mut self, target: Target) -> Self {
        self.met = match target {
            Target::RatioAtLeast(least) => self.beside.as_ref().map(|beside| beside.ratio >= least),
            Target::RatioAtMost(most) => self.beside.as_ref().map(|beside| beside.ratio <= most),
            Target::AtLeast(least) => Some(self.figure >= least),
            Target::AtMost(most) => Some(self.figure <= most),
        };
        self.target = Some(target);
        self
    }

    fn cells(&self) -> [String; 6] {
        let beside = self.beside.as_ref();
        let limit = |beside: &Beside| format!("{} {}", number(beside.limit), self.unit);
        let target = match self.target {
            Some(Target::RatioAtLeast(least)) => format!(">= {least} of it"),
            Some(Target::RatioAtMost(most)) => format!("<= {most} of it"),
            Some(Target::AtLeast(least)) => format!(">= {} {}", number(least), self.unit),
            Some(Target::AtMost(most)) => format!("<= {} {}", number(most), self.unit),
            None => String::new(),
        };
        let missed = if self.met == Some(false) {
            " (missed)"
        } else {
            ""
        };
        [
            self.what.clone(),
            format!("{} {}", number(self.figure), self.unit),
            beside.map(|beside| beside.what.clone()).unwrap_or_default(),
            beside.map(limit).unwrap_or_default(),
            beside
                .map(|beside| format!("{:.2}", beside.ratio))
                .unwrap_or_default(),
            format!("{target}{missed}"),
        ]
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Table {
    /// Where and how it was measured, in sentences.
    notes: Vec<String>,
    rows: Vec<Row>,
}

const HEADS: [&str; 6] = ["what", "figure", "beside", "its limit", "ratio", "target"];

impl Table {
    pub(crate) fn new(place: &Place, extent: Extent) -> Self {
        let mut notes = vec![place.describe()];
        if extent.quick {
            notes.push("--quick: few records and short rounds, no figures to rely on".to_owned());
        }
        if cfg!(debug_assertions) {
            notes.push("built without optimisation: no figures to rely on".to_owned());
        }
        notes.push(format!(
            "medians of {} rounds, figure and limit in turns",
            extent.rounds
        ));
        Self {
            notes,
            rows: Vec::new(),
        }
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn print_json(&self) -> Result<()> {
        println!("{}", serde_json::to_string_pretty(self)?);
        Ok(())
    }

    pub(crate) fn print(&self) {
        let cells: Vec<[String; 6]> = std::iter::once(HEADS.map(str::to_owned))
            .chain(self.rows.iter().map(Row::cells))
            .collect();
        let width = |column: usize| cells.iter().map(|row| row[column].len()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..HEADS.len()).map(width).collect();
        for row in &cells {
            let padded = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"));
            let line: Vec<String> = padded.collect();
            println!("{}", line.join("  ").trim_end());
        }
        println!();
        for note in &self.notes {
            println!("{note}");
        }
    }
}

/// A number as people read it: thousands apart, and three digits that count.
fn number(value: f64) -> String {
    if value >= 1_000.0 {
        let digits = format!("{value:.0}");
        let mut grouped = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    } else if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.3}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_have_three_digits_that_count() {
        let written = [1_234_567.4, 1_000.0, 999.6, 12.345, 0.337].map(number);
        assert_eq!(written, ["1,234,567", "1,000", "1000", "12.3", "0.337"]);
    }

    #[test]
    fn a_target_is_met_or_missed_by_ratio_or_by_figure() {
        let compared = Compared {
            figure: 40.0,
            limit: 100.0,
            ratio: 0.4,
        };
        let row = || Row::compared("a", "b", "c", &compared);
        assert_eq!(row().target(Target::RatioAtLeast(0.5)).met, Some(false));
        assert_eq!(row().target(Target::RatioAtLeast(0.4)).met, Some(true));
        assert_eq!(row().target(Target::RatioAtMost(0.3)).met, Some(false));
        assert_eq!(row().target(Target::RatioAtMost(0.4)).met, Some(true));
        assert_eq!(row().target(Target::AtLeast(41.0)).met, Some(false));
        assert_eq!(row().target(Target::AtLeast(40.0)).met, Some(true));
        assert_eq!(row().target(Target::AtMost(39.0)).met, Some(false));
        assert_eq!(row().target(Target::AtMost(40.0)).met, Some(true));
        assert_eq!(row().met, None);
    }
}
