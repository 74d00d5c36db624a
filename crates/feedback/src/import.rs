//! One bulk load: the stream `import/<id>`. Between its start and its end no month is complete.

use crate::check::is_source;
use crate::event::{Event, ImportCompleted, ImportReopened, ImportStarted};
use crate::refusal::{Refusal, Rule};

/// What the next decision about an import needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    NotYet,
    Open(ImportStarted),
    Completed(ImportStarted),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Start(ImportStarted),
    /// A row is to be recorded.
    Reopen,
    Complete(ImportCompleted),
}

/// Running an import again that ended records nothing, whatever it counts, as long as all its rows
/// are there; the first one that is not opens it again.
pub fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match (state, command) {
        (State::NotYet, Command::Start(started)) => {
            label("format", &started.format)?;
            source(&started.source)?;
            label("rules", &started.rules)?;
            if let Some(text) = &started.label {
                label("label", text)?;
                if text.contains('@') {
                    return Err(Refusal::of(
                        "label",
                        Rule::Malformed {
                            expected: "a name without an `@`, as an address has",
                        },
                    ));
                }
            }
            Ok(vec![Event::ImportStarted(started.clone())])
        }
        (State::Open(before) | State::Completed(before), Command::Start(started)) => {
            if before.is_of_the_same(started) {
                return Ok(Vec::new());
            }
            Err(Refusal::of_all(Rule::ImportStartedOtherwise))
        }
        (State::NotYet, Command::Reopen | Command::Complete(_)) => {
            Err(Refusal::of_all(Rule::ImportNotStarted))
        }
        (State::Open(_), Command::Reopen) | (State::Completed(_), Command::Complete(_)) => {
            Ok(Vec::new())
        }
        (State::Completed(_), Command::Reopen) => {
            Ok(vec![Event::ImportReopened(ImportReopened {})])
        }
        (State::Open(_), Command::Complete(completed)) => {
            hold_together(completed)?;
            Ok(vec![Event::ImportCompleted(completed.clone())])
        }
    }
}

impl ImportStarted {
    /// A file is what is in it: another name makes no other import.
    fn is_of_the_same(&self, other: &Self) -> bool {
        (&self.format, &self.source, &self.rules) == (&other.format, &other.source, &other.rules)
    }
}

fn source(text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::of("source", Rule::Required));
    }
    is_source(text).map_err(|expected| Refusal::of("source", Rule::Malformed { expected }))
}

const LABEL_CHARS: usize = 200;

fn label(field: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::of(field, Rule::Required));
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::of(field, Rule::ControlCharacter));
    }
    if text.chars().count() > LABEL_CHARS {
        let max_chars = LABEL_CHARS;
        return Err(Refusal::of(field, Rule::TooLong { max_chars }));
    }
    Ok(())
}

fn hold_together(completed: &ImportCompleted) -> Result<(), Refusal> {
    let counted = [
        completed.new,
        completed.repeated,
        completed.updated,
        completed.rejected,
    ];
    let sum = counted.iter().try_fold(0_u64, |sum, n| sum.checked_add(*n));
    if sum != Some(completed.rows) {
        return Err(Refusal::of("rows", Rule::ImportCountsDisagree));
    }
    match (completed.received_from, completed.received_to) {
        (Some(from), Some(to)) if from <= to => Ok(()),
        (None, None) => Ok(()),
        (Some(_) | None, Some(_) | None) => {
            Err(Refusal::of("received_from", Rule::ImportDaysDisagree))
        }
    }
}

pub fn evolve(state: &mut State, event: &Event) {
    *state = match (std::mem::take(state), event) {
        (_, Event::ImportStarted(started)) => State::Open(started.clone()),
        (State::Open(started), Event::ImportCompleted(_)) => State::Completed(started),
        (State::Completed(started), Event::ImportReopened(_)) => State::Open(started),
        // Neither is ever decided without a start; items have streams of their own.
        (
            state,
            Event::ImportReopened(_)
            | Event::ImportCompleted(_)
            | Event::Received(_)
            | Event::HistoryReported(_)
            | Event::InputRejected(_)
            | Event::RejectedInputAccepted(_)
            | Event::RejectedInputDiscarded(_),
        ) => state,
    };
}
