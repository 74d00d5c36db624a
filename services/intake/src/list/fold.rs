//! The view behind `ListFeedback`.

use redress_envelope::Record;
use redress_feedback::Event;
use redress_view::{Fold, FoldError, Rows};

use crate::item::Item;
use crate::list::imports;
use crate::list::row::{self, Place};
use crate::rejected;

/// Every feedback item, by when it was received, and by the keyed hashes that it can be found by; and
/// the imports that are open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeedbackList;

impl Fold for FeedbackList {
    const NAME: &'static str = "feedback-list";
    const VERSION: u32 = 5;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        let event = redress_feedback::decode(&record.kind, &record.data);
        let event = event.map_err(|error| match error.unknown() {
            Some(what) => FoldError::UnknownType(what),
            None => FoldError::broken(error),
        })?;
        match event {
            Event::Received(_) | Event::HistoryReported(_) => item(record, event, rows),
            Event::ImportStarted(_) | Event::ImportReopened(_) | Event::ImportCompleted(_) => {
                imports::fold(record, event, rows)
            }
            Event::InputRejected(_)
            | Event::RejectedInputAccepted(_)
            | Event::RejectedInputDiscarded(_) => rejected::fold(record, event, rows),
        }
    }
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
