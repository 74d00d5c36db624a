//! The two kinds of stream: `judgement/<rule>.<month>` and `signal/<id>`. Each has one event.

use std::convert::Infallible;

use redress_envelope::{Draft, IdError, ItemId, Record, Subject};
use redress_event_log::{Life, UnreadableEvent};

use super::codec;
use super::event::Event;
use crate::month::Month;

/// What the next decision needs: whether there was one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    NotYet,
    Recorded,
}

/// What is recorded stays as it is.
pub fn decide(state: State, event: Event) -> Result<Vec<Event>, Infallible> {
    Ok(match state {
        State::NotYet => vec![event],
        State::Recorded => Vec::new(),
    })
}

pub fn evolve(state: &mut State, event: &Event) {
    *state = match event {
        Event::MonthJudged(_) | Event::Raised(_) => State::Recorded,
    };
}

pub fn judgement_subject(rule: &str, month: Month) -> Result<Subject, IdError> {
    Subject::new("judgement", &format!("{rule}.{month}"))
}

pub fn signal_subject(id: ItemId) -> Subject {
    Subject::item("signal", id)
}

/// How reporting's streams are read, folded and written.
#[derive(Debug, Clone, Copy)]
pub struct SignalLife;

impl Life for SignalLife {
    type State = State;
    type Event = Event;

    fn decode(record: &Record) -> Result<Event, UnreadableEvent> {
        codec::decode(&record.kind, &record.data).map_err(|error| UnreadableEvent {
            kind: record.kind.clone(),
            position: record.position,
            why: error.to_string(),
        })
    }

    fn encode(event: &Event) -> Draft {
        codec::encode(event)
    }

    fn evolve(state: &mut State, event: &Event) {
        evolve(state, event);
    }
}
