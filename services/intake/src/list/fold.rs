//! The view behind `ListFeedback`.

use jiff::Timestamp;
use redress_envelope::Record;
use redress_feedback::Event;
use redress_view::{Fold, FoldError, Rows};
use serde::{Deserialize, Serialize};

use crate::item::Item;
use crate::list::row::{self, Place};

/// Every feedback item, by when it was received, and by the keyed hashes that it can be found by; and
/// the imports that are open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeedbackList;

impl Fold for FeedbackList {
    const NAME: &'static str = "feedback-list";
    const VERSION: u32 = 2;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        let event = redress_feedback::decode(&record.kind, &record.data);
        let event = event.map_err(|error| match error.unknown() {
            Some(what) => FoldError::UnknownType(what),
            None => FoldError::broken(error),
        })?;
        match event {
            Event::Received(_) | Event::HistoryReported(_) => item(record, event, rows),
            Event::ImportStarted(started) => rows.put_json(
                &row::open_import(record.position),
                &OpenImport {
                    id: record.subject.id().to_owned(),
                    format: started.format,
                    source: started.source,
                    started_at: record.time,
                    position: record.position,
                },
            ),
            Event::ImportCompleted(_) => completed(record, rows),
        }
    }
}

/// An import that was started and not completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenImport {
    pub(crate) id: String,
    pub(crate) format: String,
    pub(crate) source: String,
    pub(crate) started_at: Timestamp,
    /// Where it began.
    pub(crate) position: u64,
}

/// There are never many that are open.
fn completed(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let open = rows.scan_prefix(row::OPEN_IMPORTS, usize::MAX)?;
    for (key, value) in open {
        let import: OpenImport = serde_json::from_slice(&value).map_err(FoldError::broken)?;
        if import.id == record.subject.id() {
            rows.delete(&key);
        }
    }
    Ok(())
}

fn item(record: &Record, event: Event, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let id = row::id(record.subject.id());
    let before: Option<Item> = match rows.get(&id)?.and_then(|place| Place::from_bytes(&place)) {
        Some(place) => rows.get_json(&row::item(place))?,
        None => None,
    };
    let Some(after) = Item::after(before.clone(), record, event) else {
        return Ok(());
    };
    let (place, index) = (Place::of(&after), row::index(&after));
    if let Some(before) = before {
        // What is known of it can have changed, and where it is found with it.
        let gone = row::index(&before)
            .into_iter()
            .filter(|key| !index.contains(key));
        gone.for_each(|key| rows.delete(&key));
        if Place::of(&before) != place {
            rows.delete(&row::item(Place::of(&before)));
        }
    }
    rows.put_json(&row::item(place), &after)?;
    rows.put(&id, place.bytes());
    for key in index {
        rows.put(&key, Vec::new());
    }
    Ok(())
}
