//! The imports that are open, and those that ended and can be opened again.

use jiff::Timestamp;
use redress_envelope::Record;
use redress_feedback::Event;
use redress_view::{FoldError, ReadError, Rows, ViewRows};
use serde::{Deserialize, Serialize};

use crate::list::row;

/// An import that was started, or opened again, and not completed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenImport {
    pub(crate) id: String,
    pub(crate) format: String,
    pub(crate) source: String,
    pub(crate) label: Option<String>,
    pub(crate) started_at: Timestamp,
    /// Where it began, or began again.
    pub(crate) position: u64,
}

pub(super) fn fold(record: &Record, event: Event, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    match event {
        Event::ImportStarted(started) => {
            let import = OpenImport {
                id: record.subject.id().to_owned(),
                format: started.format,
                source: started.source,
                label: started.label,
                started_at: record.time,
                position: record.position,
            };
            rows.put_json(&row::open_import(record.position), &import)
        }
        Event::ImportReopened(_) => reopened(record, rows),
        Event::ImportCompleted(_) => completed(record, rows),
        Event::Received(_)
        | Event::HistoryReported(_)
        | Event::InputRejected(_)
        | Event::RejectedInputAccepted(_)
        | Event::RejectedInputDiscarded(_) => Ok(()),
    }
}

fn reopened(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let ended = row::ended_import(record.subject.id());
    let Some(import) = rows.get_json::<OpenImport>(&ended)? else {
        return Err(FoldError::broken(
            "an import is opened again that did not end",
        ));
    };
    rows.delete(&ended);
    let import = OpenImport {
        started_at: record.time,
        position: record.position,
        ..import
    };
    rows.put_json(&row::open_import(record.position), &import)
}

/// There are never many that are open.
fn completed(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let open = rows.scan_prefix(row::OPEN_IMPORTS, usize::MAX)?;
    for (key, value) in open {
        let import: OpenImport = serde_json::from_slice(&value).map_err(FoldError::broken)?;
        if import.id == record.subject.id() {
            rows.delete(&key);
            rows.put(&row::ended_import(&import.id), value);
        }
    }
    Ok(())
}

/// The imports that are open, the oldest first.
pub(crate) fn open_imports(rows: &ViewRows, limit: usize) -> Result<Vec<OpenImport>, ReadError> {
    let page = rows.page(row::OPEN_IMPORTS, None, limit)?;
    let open = page.rows.iter();
    Ok(open
        .map(|(_, value)| serde_json::from_slice(value))
        .collect::<Result<_, _>>()?)
}
