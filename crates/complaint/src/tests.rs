//! Given events, when command, then events or a refusal.

mod acknowledge;
mod add_note;
mod after;
mod answer;
mod assess;
mod assign;
mod close;
mod communicate_decision;
mod contact;
mod external;
mod format;
mod fulfil_remedy;
mod given;
mod imported;
mod inquiry;
mod investigation_not_required;
mod later;
mod life;
mod merge;
mod open;
mod pause;
mod propose_response;
mod reference;
mod remedy;
mod reopen;
mod ruled;
mod standstill;
mod start_investigation;
mod states;
mod stored;
mod times;
mod walk;
mod withdraw;

use jiff::Timestamp;

use crate::{Command, Event, Refusal, Rules, State, decide, evolve};

/// When every command of these tests is decided.
const NOW: &str = "2026-03-20T12:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn fold(events: &[Event]) -> State {
    let mut state = State::default();
    for event in events {
        evolve(&mut state, event);
    }
    state
}

fn decided(given: &[Event], when: &Command) -> Result<Vec<Event>, Refusal> {
    decide(&fold(given), when, &Rules::default(), time(NOW))
}

/// Also that what was done is true afterwards, so that doing it again does nothing.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "reads as data at the call")]
fn check(given: &[Event], when: impl Into<Command>, then: Result<Vec<Event>, Refusal>) {
    let when = when.into();
    let result = decided(given, &when);
    assert_eq!(result, then, "given {given:#?}\nwhen {when:#?}");
    let Ok(events) = result else { return };
    let after = [given, &events].concat();
    let never_the_same = matches!(
        when,
        Command::AddNote(_) | Command::RecordEvidence(_) | Command::RecordFinding(_)
    );
    if !events.is_empty() && !never_the_same {
        assert_eq!(decided(&after, &when), Ok(vec![]), "again {when:#?}");
    }
}

/// Checks that a refusal has `code`, for rules whose message carries figures of its own.
#[track_caller]
fn check_refused(given: &[Event], when: impl Into<Command>, code: &str) -> Refusal {
    let when = when.into();
    let refusal = decided(given, &when).expect_err("the command is refused");
    assert_eq!(refusal.code(), code, "given {given:#?}\nwhen {when:#?}");
    refusal
}
