//! The rows that the register is listed from, and that a policy chooses from.
//!
//! | Key | Row |
//! |---|---|
//! | `h<pseudonym>` | the person |
//! | `a<first recorded><pseudonym>` | nothing: the oldest first |
//! | `q<queue>/<pseudonym>` | nothing: who takes complaints from a queue |
//!
//! and those of [`load`](super::load).

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use redress_envelope::{Actor, Record};
use redress_handler::{Event, State};
use redress_view::{Fold, FoldError, Rows, ViewRows};

use super::load;
use super::person::Person;
use crate::page::{self, Unread};

const PERSON: u8 = b'h';
pub(super) const OLDEST_FIRST: u8 = b'a';
const QUEUE: u8 = b'q';

#[derive(Debug, Clone, Copy)]
pub(crate) struct HandlerList;

impl Fold for HandlerList {
    const NAME: &'static str = "handlers";
    const VERSION: u32 = 1;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        match record.subject.kind() {
            "handler" => handler(record, rows),
            "complaint" => load::fold(record, rows),
            _ => Ok(()),
        }
    }
}

fn handler(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    let event = Event::decode(&record.kind, &record.data);
    let event = event.map_err(|error| match error.unknown() {
        Some(what) => FoldError::UnknownType(what),
        None => FoldError::broken(error),
    })?;
    let id = record.subject.id();
    let row = key(PERSON, id);
    let mut person: Person = rows.get_json(&row)?.unwrap_or_default();
    let was = queues(&person.state);
    if person.first_at.is_none() {
        rows.put(&page::key(OLDEST_FIRST, record.time, false, id), Vec::new());
    }
    person.apply(&event, record);
    let is = queues(&person.state);
    for queue in was.difference(&is) {
        rows.delete(&in_queue(queue, id));
    }
    for queue in is.difference(&was) {
        rows.put(&in_queue(queue, id), Vec::new());
    }
    rows.put_json(&row, &person)
}

fn queues(state: &State) -> BTreeSet<String> {
    state
        .handler()
        .map_or_else(BTreeSet::new, |handler| handler.queues.clone())
}

fn in_queue(queue: &str, id: &str) -> Vec<u8> {
    key(QUEUE, &format!("{queue}/{id}"))
}

pub(super) fn key(prefix: u8, rest: &str) -> Vec<u8> {
    let mut key = vec![prefix];
    key.extend_from_slice(rest.as_bytes());
    key
}

pub(super) fn row(rows: &ViewRows, pseudonym: &str) -> Result<Option<Person>, Unread> {
    Ok(rows.get_json(&key(PERSON, pseudonym))?)
}

/// Everybody who takes complaints from a queue, with the open complaints that they have.
pub(crate) fn candidates(rows: &ViewRows, queue: &str) -> Result<Vec<(Actor, State, u32)>, Unread> {
    let prefix = in_queue(queue, "");
    let mut ids = Vec::new();
    rows.for_each_with_prefix(&prefix, |key, _| {
        ids.extend(std::str::from_utf8(&key[prefix.len()..]).map(str::to_owned));
        ControlFlow::Continue(())
    })?;
    let mut found = Vec::new();
    for id in ids {
        if let Some(person) = row(rows, &id)? {
            let actor = Actor::User(id);
            let load = load::of(rows, &actor)?;
            found.push((actor, person.state, load));
        }
    }
    Ok(found)
}
