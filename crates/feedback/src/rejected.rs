//! Input that could not be accepted: the stream `rejected/<id>`. It is kept, sealed, until somebody
//! has it accepted after all or discards it; nothing that came through a door is lost in silence.
//!
//! What came is sealed under a key of its own, which is dropped when it is discarded. An erasure of a
//! person drops the keys of those inputs too that name the person (`customer`) or were accepted as the
//! person's (`data_subject` of what was accepted).

mod reason;

pub use reason::codes;

use crate::check::is_code;
use crate::event::{Event, InputAccepted, InputDiscarded, RejectedInput};
use crate::refusal::{Refusal, Rule};

/// What the next decision about a rejected input needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    NotYet,
    Open,
    Discarded,
    Accepted {
        /// What it has become.
        feedback_id: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Record(Box<RejectedInput>),
    /// It was tried again, and is feedback now.
    Accept(InputAccepted),
    Discard(InputDiscarded),
}

/// The same input again adds nothing, whatever became of it. What was accepted stays so, and what was
/// discarded too: its content is gone.
pub fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match (state, command) {
        (State::NotYet, Command::Record(input)) => {
            Ok(vec![Event::InputRejected(Box::clone(input))])
        }
        (State::Open | State::Discarded | State::Accepted { .. }, Command::Record(_))
        | (State::Discarded, Command::Discard(_)) => Ok(Vec::new()),
        (State::NotYet, Command::Accept(_) | Command::Discard(_)) => {
            Err(Refusal::of_all(Rule::InputNotRejected))
        }
        (State::Open, Command::Accept(accepted)) => {
            Ok(vec![Event::RejectedInputAccepted(accepted.clone())])
        }
        (State::Discarded, Command::Accept(_)) => Err(Refusal::of_all(Rule::InputDiscarded)),
        (State::Open, Command::Discard(discarded)) => {
            code("reason", &discarded.reason)?;
            Ok(vec![Event::RejectedInputDiscarded(discarded.clone())])
        }
        (State::Accepted { feedback_id }, Command::Accept(accepted)) => {
            if *feedback_id == accepted.feedback_id {
                return Ok(Vec::new());
            }
            Err(Refusal::of_all(Rule::InputAccepted))
        }
        (State::Accepted { .. }, Command::Discard(_)) => Err(Refusal::of_all(Rule::InputAccepted)),
    }
}

fn code(field: &str, text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::of(field, Rule::Required));
    }
    match is_code(text) {
        Ok(()) => Ok(()),
        Err(expected) => Err(Refusal::of(field, Rule::Malformed { expected })),
    }
}

pub fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::InputRejected(_) => {
            if *state == State::NotYet {
                *state = State::Open;
            }
        }
        Event::RejectedInputAccepted(accepted) => {
            *state = State::Accepted {
                feedback_id: accepted.feedback_id.clone(),
            };
        }
        Event::RejectedInputDiscarded(_) => *state = State::Discarded,
        // Items and imports have streams of their own.
        Event::Received(_)
        | Event::HistoryReported(_)
        | Event::ImportStarted(_)
        | Event::ImportReopened(_)
        | Event::ImportCompleted(_) => {}
    }
}
