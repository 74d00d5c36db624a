//! Given events, when command, then events or a refusal; and what is stored.

mod choosing;
mod fitness;
mod golden;
mod register;

use jiff::Timestamp;
use redress_envelope::{Actor, Commitment, VaultRef};
use redress_handler::{Command, Event, Refusal, State, decide, evolve};

/// When every command of these tests is decided.
const NOW: &str = "2026-03-20T12:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn person(id: &str) -> Actor {
    Actor::User(id.to_owned())
}

fn name() -> VaultRef {
    VaultRef {
        entry: "5f0c2a7d9e1b4c6f8a3d2e1f0b9c8a7d".to_owned(),
        commitment: Commitment([7; 32]),
    }
}

fn fold(events: &[Event]) -> State {
    let mut state = State::default();
    for event in events {
        evolve(&mut state, event);
    }
    state
}

fn decided(given: &[Event], command: &Command) -> Result<Vec<Event>, Refusal> {
    decide(&fold(given), command, None, at(NOW))
}

/// The events with what a command adds, which it must.
fn then(given: &[Event], command: &Command) -> Vec<Event> {
    let events = decided(given, command).unwrap();
    assert!(!events.is_empty(), "{command:?} changes nothing");
    let after = [given, &events].concat();
    // Whatever is true already gives no event.
    assert_eq!(decided(&after, command), Ok(Vec::new()), "{command:?}");
    after
}

fn register(queues: &[&str]) -> Command {
    Command::Register {
        name: None,
        queues: queues.iter().map(|it| (*it).to_owned()).collect(),
        load_limit: None,
    }
}

fn join(queue: &str) -> Command {
    let queue = queue.to_owned();
    Command::JoinQueue { queue }
}

fn leave(queue: &str) -> Command {
    let queue = queue.to_owned();
    Command::LeaveQueue { queue }
}

fn grant(skill: &str, expires_at: Option<&str>) -> Command {
    Command::GrantSkill {
        skill: skill.to_owned(),
        expires_at: expires_at.map(at),
    }
}

fn revoke(skill: &str) -> Command {
    Command::RevokeSkill {
        skill: skill.to_owned(),
        reason: None,
    }
}

fn absent(from: Option<&str>, to: Option<&str>) -> Command {
    Command::AnnounceAbsence {
        from: from.map(at),
        to: to.map(at),
    }
}

fn present(from: Option<&str>) -> Command {
    let from = from.map(at);
    Command::EndAbsence { from }
}

fn registered() -> Vec<Event> {
    decided(&[], &register(&["kettles"])).unwrap()
}
