//! How the streams `rejected/<id>` are read, folded and written.

use redress_envelope::{Draft, Record};
use redress_event_log::{Life, UnreadableEvent};
use redress_feedback::Event;
use redress_feedback::rejected::{State, evolve};

use crate::life::decode;

#[derive(Debug, Clone, Copy)]
pub(crate) struct RejectedLife;

impl Life for RejectedLife {
    type State = State;
    type Event = Event;

    fn decode(record: &Record) -> Result<Event, UnreadableEvent> {
        decode(record)
    }

    fn encode(event: &Event) -> Draft {
        redress_feedback::encode(event)
    }

    fn evolve(state: &mut State, event: &Event) {
        evolve(state, event);
    }
}
