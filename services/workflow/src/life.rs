//! How workflow's kinds of stream are read, folded and written.

use std::fmt;

use redress_envelope::{Draft, Record};
use redress_event_log::{Life, UnreadableEvent};
use redress_handler as handler;
use redress_improvement as improvement;

use crate::clocked::{self, Clocked};
use crate::reaction;

/// The streams `complaint/<item id>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ComplaintLife;

/// The streams `handler/<pseudonym>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandlerLife;

/// The streams `improvement/<item id>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImprovementLife;

/// The streams `reaction/<item id>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReactionLife;

impl Life for ComplaintLife {
    type State = Clocked;
    type Event = clocked::Event;

    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent> {
        clocked::decode(&record.kind, &record.data).map_err(|error| unreadable(record, &error))
    }

    fn encode(event: &Self::Event) -> Draft {
        clocked::encode(event)
    }

    fn evolve(state: &mut Self::State, event: &Self::Event) {
        state.evolve(event);
    }
}

impl Life for HandlerLife {
    type State = handler::State;
    type Event = handler::Event;

    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent> {
        handler::Event::decode(&record.kind, &record.data)
            .map_err(|error| unreadable(record, &error))
    }

    fn encode(event: &Self::Event) -> Draft {
        event.encode()
    }

    fn evolve(state: &mut Self::State, event: &Self::Event) {
        handler::evolve(state, event);
    }
}

impl Life for ImprovementLife {
    type State = improvement::State;
    type Event = improvement::Event;

    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent> {
        improvement::decode(&record.kind, &record.data).map_err(|error| unreadable(record, &error))
    }

    fn encode(event: &Self::Event) -> Draft {
        improvement::encode(event)
    }

    fn evolve(state: &mut Self::State, event: &Self::Event) {
        improvement::evolve(state, event);
    }
}

impl Life for ReactionLife {
    type State = reaction::State;
    type Event = reaction::Event;

    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent> {
        reaction::decode(&record.kind, &record.data).map_err(|error| unreadable(record, &error))
    }

    fn encode(event: &Self::Event) -> Draft {
        reaction::encode(event)
    }

    fn evolve(state: &mut Self::State, event: &Self::Event) {
        reaction::evolve(state, event);
    }
}

pub(crate) fn unreadable(record: &Record, why: &dyn fmt::Display) -> UnreadableEvent {
    UnreadableEvent {
        kind: record.kind.clone(),
        position: record.position,
        why: why.to_string(),
    }
}
