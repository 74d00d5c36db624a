//! Records to facts.

use redress_complaint as complaint;
use redress_envelope::{ItemId, Record};
use redress_feedback::{self as feedback, Event, Feedback};
use redress_handler::duty;
use redress_policy::clock;
use redress_view::{Fold, FoldError, Rows};

use super::about::About;
use super::fact::{Step, said_row};
use super::key::{self, Cluster, Origin};
use super::promise::Beat;

/// The view of facts, over intake's log and workflow's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts;

impl Fold for Facts {
    const NAME: &'static str = "facts";
    const VERSION: u32 = 3;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        match (record.service.as_str(), record.subject.kind()) {
            ("intake", "feedback" | "import") => fold_intake(record, rows),
            ("workflow", "complaint") => fold_complaint(record, rows),
            // What is told of other things changes no figure here.
            (_, _) => Ok(()),
        }
    }
}

fn fold_intake(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let event =
        feedback::decode(&record.kind, &record.data).map_err(|error| match error.unknown() {
            Some(what) => FoldError::UnknownType(what),
            None => FoldError::broken(error),
        })?;
    match event {
        Event::Received(it) | Event::HistoryReported(it) => said(record, &it, rows),
        Event::ImportStarted(_) | Event::ImportReopened(_) => {
            rows.put(&key::import(record.position), import_row(true, record));
            Ok(())
        }
        Event::ImportCompleted(_) => {
            rows.put(&key::import(record.position), import_row(false, record));
            Ok(())
        }
        // What was not accepted is no feedback, and counts nowhere.
        Event::InputRejected(_)
        | Event::RejectedInputAccepted(_)
        | Event::RejectedInputDiscarded(_) => Ok(()),
    }
}

fn import_row(begins: bool, record: &Record) -> Vec<u8> {
    [&[u8::from(begins)], record.subject.id().as_bytes()].concat()
}

/// Whether an import begins here, and which.
pub(super) fn read_import(row: &[u8]) -> Option<(bool, &[u8])> {
    let (begins, id) = row.split_first()?;
    Some((*begins == 1, id))
}

fn said(record: &Record, feedback: &Feedback, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let item = item(record)?;
    let received = feedback.received_at.as_microsecond();
    let cluster = find(item, rows)?.unwrap_or_else(|| found(item, received, rows));
    if cluster.received != received {
        rows.put(&cluster.shifted(received), Vec::new());
    }
    rows.put(
        &cluster.fact(Origin::Intake, record.position),
        said_row(feedback),
    );
    Ok(())
}

fn fold_complaint(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let kind = &*record.kind;
    if clock::Event::KINDS.contains(&kind) {
        return fold_clock(record, rows);
    }
    if duty::Event::KINDS.contains(&kind) || complaint::contact::Event::KINDS.contains(&kind) {
        // No figure is made of who was to do what, or of what was said.
        return Ok(());
    }
    let event =
        complaint::decode(&record.kind, &record.data).map_err(|error| match error.unknown() {
            Some(what) => FoldError::UnknownType(what),
            None => FoldError::broken(error),
        })?;
    let Some(step) = Step::of(&event) else {
        return Ok(());
    };
    let item = item(record)?;
    let cluster = match (find(item, rows)?, &step) {
        (Some(cluster), _) => cluster,
        // A complaint names the feedback as its cause, so this is one without.
        (None, Step::Opened(about) | Step::TakenOver(about, _)) => opened(item, about, rows),
        // Its beginning was passed over: the view says from where it is incomplete.
        (None, _) => return Ok(()),
    };
    rows.put(&cluster.fact(Origin::Workflow, record.position), step.row());
    Ok(())
}

fn fold_clock(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let event = clock::Event::decode(&record.kind, &record.data).map_err(|error| {
        match error.unknown() {
            Some(what) => FoldError::UnknownType(what),
            None => FoldError::broken(error),
        }
    })?;
    let (Some(beat), Some(cluster)) = (Beat::of(&event), find(item(record)?, rows)?) else {
        return Ok(());
    };
    rows.put(&cluster.clock(record.position), beat.row(event.clock()));
    Ok(())
}

fn opened(item: ItemId, about: &About<'_>, rows: &mut Rows<'_>) -> Cluster {
    found(item, about.received, rows)
}

fn item(record: &Record) -> Result<ItemId, FoldError> {
    record.subject.id().parse().map_err(FoldError::broken)
}

fn find(item: ItemId, rows: &Rows<'_>) -> Result<Option<Cluster>, FoldError> {
    let Some(row) = rows.get(&key::item(item))? else {
        return Ok(None);
    };
    let received = row
        .try_into()
        .map_err(|_| FoldError::broken("an item's row has no time"))?;
    Ok(Some(Cluster {
        received: i64::from_be_bytes(received),
        item,
    }))
}

fn found(item: ItemId, received: i64, rows: &mut Rows<'_>) -> Cluster {
    rows.put(&key::item(item), received.to_be_bytes());
    Cluster { received, item }
}
