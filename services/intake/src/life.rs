//! How intake's two kinds of stream are read, folded and written.

use redress_envelope::{Draft, Record};
use redress_event_log::{Life, UnreadableEvent};
use redress_feedback::{Event, State, evolve, import};

/// The streams `feedback/<item id>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FeedbackLife;

/// The streams `import/<import id>`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImportLife;

impl Life for FeedbackLife {
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

impl Life for ImportLife {
    type State = import::State;
    type Event = Event;

    fn decode(record: &Record) -> Result<Event, UnreadableEvent> {
        decode(record)
    }

    fn encode(event: &Event) -> Draft {
        redress_feedback::encode(event)
    }

    fn evolve(state: &mut import::State, event: &Event) {
        import::evolve(state, event);
    }
}

pub(crate) fn decode(record: &Record) -> Result<Event, UnreadableEvent> {
    redress_feedback::decode(&record.kind, &record.data).map_err(|error| UnreadableEvent {
        kind: record.kind.clone(),
        position: record.position,
        why: error.to_string(),
    })
}
