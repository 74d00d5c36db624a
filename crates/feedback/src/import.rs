//! One bulk load: the stream `import/<id>`. Between its start and its end no month is complete.

use crate::event::{Event, ImportCompleted, ImportStarted};
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
    Complete(ImportCompleted),
}

/// An import that ended stays as it ended: running it again records nothing, whatever it counts.
pub fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    match (state, command) {
        (State::NotYet, Command::Start(started)) => {
            label("format", &started.format)?;
            label("source", &started.source)?;
            label("rules", &started.rules)?;
            Ok(vec![Event::ImportStarted(started.clone())])
        }
        (State::Open(before) | State::Completed(before), Command::Start(started)) => {
            if before == started {
                return Ok(Vec::new());
            }
            Err(Refusal::of_all(Rule::ImportStartedOtherwise))
        }
        (State::NotYet, Command::Complete(_)) => Err(Refusal::of_all(Rule::ImportNotStarted)),
        (State::Completed(_), Command::Complete(_)) => Ok(Vec::new()),
        (State::Open(_), Command::Complete(completed)) => {
            hold_together(completed)?;
            Ok(vec![Event::ImportCompleted(completed.clone())])
        }
    }
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
        // No end without a start is ever decided; items have streams of their own.
        (state, Event::ImportCompleted(_) | Event::Received(_) | Event::HistoryReported(_)) => {
            state
        }
    };
}
