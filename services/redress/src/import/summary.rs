//! What came of an import.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use jiff::civil::Date;
use redress_wire::intake::v1::{ImportCounts, OpenImport};
use serde_json::{Value, json};

use super::reject::Reason;
use crate::table::Table;
use crate::view;

#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) file: String,
    pub(super) import_id: String,
    pub(super) new: u64,
    pub(super) repeated: u64,
    pub(super) updated: u64,
    pub(super) rejected: u64,
    /// Rejected rows by reason; a row can have several.
    pub(super) reasons: BTreeMap<String, u64>,
    pub(super) days: Option<(Date, Date)>,
    pub(super) rejects: Option<PathBuf>,
    /// The file was read to its end and the import is over.
    pub(super) completed: bool,
    pub(super) seconds: f64,
}

impl Summary {
    pub(super) fn reject(&mut self, reasons: &[Reason]) {
        self.rejected += 1;
        for reason in reasons {
            *self.reasons.entry(reason.code.clone()).or_default() += 1;
        }
    }

    pub(super) fn take(&mut self, result: &str, day: Option<Date>) {
        match result {
            "new" => self.new += 1,
            "updated" => self.updated += 1,
            _ => self.repeated += 1,
        }
        if let Some(day) = day {
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
        }
    }

    pub(super) fn rows(&self) -> u64 {
        self.new + self.repeated + self.updated + self.rejected
    }

    pub(super) fn counts(&self) -> ImportCounts {
        ImportCounts {
            rows: self.rows(),
            new_rows: self.new,
            repeated_rows: self.repeated,
            updated_rows: self.updated,
            rejected_rows: self.rejected,
        }
    }

    /// The first and the last day of the rows that were taken.
    pub(super) fn days(&self) -> (String, String) {
        let text = |day: Date| day.to_string();
        self.days
            .map(|(first, last)| (text(first), text(last)))
            .unwrap_or_default()
    }

    pub(super) fn as_json(&self) -> Value {
        let (from, to) = self.days();
        let day = |day: String| Some(day).filter(|day| !day.is_empty());
        json!({
            "file": self.file,
            "import_id": self.import_id,
            "rows": self.rows(),
            "new": self.new,
            "repeated": self.repeated,
            "updated": self.updated,
            "rejected": self.rejected,
            "reasons": self.reasons,
            "rejects_file": self.rejects.as_ref().map(|path| path.display().to_string()),
            "received_from": day(from),
            "received_to": day(to),
            "completed": self.completed,
            "seconds": format!("{:.3}", self.seconds),
        })
    }
}

/// The files of which every row was rejected.
pub(super) fn all_rejected(summaries: &[Summary]) -> Vec<&str> {
    let none = summaries
        .iter()
        .filter(|it| it.rejected > 0 && it.rejected == it.rows());
    none.map(|it| it.file.as_str()).collect()
}

/// `close` is how an import is closed that is open.
pub(super) fn render(summaries: &[Summary], open: &[OpenImport], close: &str) -> String {
    let head = [
        "file", "rows", "new", "repeated", "updated", "rejected", "received", "",
    ];
    let mut table = Table::new(&head);
    for it in summaries {
        let (from, to) = it.days();
        let end = if it.completed {
            "completed"
        } else {
            "not completed: run it again"
        };
        let days = if from.is_empty() {
            from
        } else {
            format!("{from} to {to}")
        };
        let counts =
            [it.rows(), it.new, it.repeated, it.updated, it.rejected].map(|n| n.to_string());
        let [rows, new, repeated, updated, rejected] = counts;
        let file = it.file.clone();
        table.row([
            file,
            rows,
            new,
            repeated,
            updated,
            rejected,
            days,
            end.to_owned(),
        ]);
    }
    let mut text = table.render();
    for it in summaries {
        rejected(&mut text, it);
    }
    if !open.is_empty() {
        let _ = write!(
            text,
            "\nno month is judged while an import is open: run its file again to its end, or, where that \
             cannot be,\nclose it with `{close} ID`\n\n",
        );
        text.push_str(&view::open_imports(open));
    }
    text
}

fn rejected(text: &mut String, it: &Summary) {
    if it.rejected == 0 {
        return;
    }
    let _ = writeln!(
        text,
        "\n{}: {} of {} rows were rejected",
        it.file,
        it.rejected,
        it.rows()
    );
    for (code, count) in &it.reasons {
        let _ = writeln!(text, "  {count} x {code}");
    }
    if let Some(path) = &it.rejects {
        let _ = writeln!(
            text,
            "  each with its reasons and what the customer wrote is in {}; correct them, in this file \
             or in another one, and import that",
            path.display()
        );
    }
}
