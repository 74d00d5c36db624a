//! Whatever is asked for in whatever order, the history keeps to the stages.

use proptest::prelude::*;
use redress_improvement::{Command, Event, StageName, State, decide, decode, encode, evolve};

use crate::example::{command, dismissed, evidence, life, now};

fn any_command() -> impl Strategy<Value = Command> {
    let events: Vec<Event> = life()
        .into_iter()
        .chain([dismissed(), evidence()])
        .collect();
    (prop::sample::select(events), 0_u8..4).prop_map(|(event, spoil)| {
        let mut command = command(&event);
        match &mut command {
            Command::Dismiss { reason: text, .. }
            | Command::Implement { evidence: text, .. }
            | Command::Close { summary: text, .. } => match spoil {
                0 => text.clear(),
                1 => text.push_str(" (again)"),
                _ => {}
            },
            Command::Accept { due, .. } if spoil == 0 => *due = None,
            Command::Plan { actions, .. } if spoil == 0 => actions.clear(),
            Command::OpenCandidate(_)
            | Command::TakeSignal(_)
            | Command::Accept { .. }
            | Command::Plan { .. } => {}
        }
        command
    })
}

/// The stages that may follow one another, written down once more.
fn may_follow(before: StageName, after: StageName) -> bool {
    use StageName::{Accepted, Candidate, Closed, Dismissed, Implemented, NotYet, Planned};
    matches!(
        (before, after),
        (NotYet, Candidate)
            | (Candidate, Accepted | Dismissed)
            | (Accepted, Planned)
            | (Planned, Implemented)
            | (Implemented, Closed)
    )
}

proptest! {
    #[test]
    fn every_history_keeps_to_the_stages(
        commands in prop::collection::vec(any_command(), 0..40),
    ) {
        let mut state = State::default();
        let mut history = Vec::new();
        for command in commands {
            let before = state.clone();
            match decide(&state, &command, now()) {
                Err(refusal) => prop_assert!(!refusal.remedy().is_empty()),
                Ok(events) => {
                    for event in &events {
                        let from = state.stage_name();
                        evolve(&mut state, event);
                        let is_evidence = matches!(event, Event::SignalAdded(_));
                        prop_assert_eq!(is_evidence, from == state.stage_name());
                        prop_assert!(is_evidence || may_follow(from, state.stage_name()));
                    }
                    prop_assert!(events.len() <= 1);
                    prop_assert_eq!(events.is_empty(), before == state);
                    // What was just decided is already true.
                    prop_assert_eq!(decide(&state, &command, now()), Ok(vec![]));
                    history.extend(events);
                }
            }
        }
        let mut again = State::default();
        for event in &history {
            let draft = encode(event);
            evolve(&mut again, &decode(draft.kind, &draft.data).unwrap());
        }
        prop_assert_eq!(again, state);
    }
}
