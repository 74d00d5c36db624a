//! Given what became of a rejected input, when a command, then events or a refusal.

use redress_feedback::rejected::{Command, State, decide, evolve};
use redress_feedback::{Event, InputAccepted, InputDiscarded, RejectionReason};

use crate::example::{accepted, discarded, rejected_input, started};

fn check(given: &[Event], when: &Command, then: Result<Vec<Event>, &str>) {
    let mut state = State::default();
    for event in given {
        evolve(&mut state, event);
    }
    match (decide(&state, when), then) {
        (Ok(events), Ok(expected)) => assert_eq!(events, expected),
        (Err(refusal), Err(code)) => {
            assert_eq!(refusal.code(), code, "{refusal}");
            assert!(!refusal.remedy().is_empty());
        }
        (decided, expected) => panic!("{decided:?} instead of {expected:?}"),
    }
}

fn was_rejected() -> Event {
    Event::InputRejected(Box::new(rejected_input()))
}

fn was_accepted() -> Event {
    Event::RejectedInputAccepted(accepted())
}

fn was_discarded() -> Event {
    Event::RejectedInputDiscarded(discarded())
}

#[test]
fn the_same_input_is_kept_once_whatever_became_of_it() {
    let record = Command::Record(Box::new(rejected_input()));
    check(&[], &record, Ok(vec![was_rejected()]));
    for given in [
        vec![was_rejected()],
        vec![was_rejected(), was_accepted()],
        vec![was_rejected(), was_discarded()],
    ] {
        check(&given, &record, Ok(vec![]));
    }
}

#[test]
fn what_was_rejected_is_accepted_once_unless_it_was_discarded() {
    let accept = Command::Accept(accepted());
    check(&[], &accept, Err("REJECTED_NOT_FOUND"));
    check(&[was_rejected()], &accept, Ok(vec![was_accepted()]));
    let given = [was_rejected(), was_discarded()];
    check(&given, &accept, Err("REJECTED_DISCARDED"));
    let given = [was_rejected(), was_accepted()];
    check(&given, &accept, Ok(vec![]));
    let other = Command::Accept(InputAccepted {
        feedback_id: "0-0".into(),
        ..accepted()
    });
    check(&given, &other, Err("REJECTED_ACCEPTED"));
}

#[test]
fn what_was_rejected_is_discarded_for_a_reason_that_is_a_code() {
    let discard = |reason: &str| {
        Command::Discard(InputDiscarded {
            reason: reason.into(),
        })
    };
    let given = [was_rejected()];
    check(&given, &discard("test_message"), Ok(vec![was_discarded()]));
    check(&given, &discard(""), Err("FIELD_REQUIRED"));
    check(&given, &discard("Jane is angry"), Err("FIELD_MALFORMED"));
    check(&[], &discard("test_message"), Err("REJECTED_NOT_FOUND"));
    let given = [was_rejected(), was_discarded()];
    check(&given, &discard("duplicate"), Ok(vec![]));
    let given = [was_rejected(), was_accepted()];
    check(&given, &discard("duplicate"), Err("REJECTED_ACCEPTED"));
}

#[test]
fn events_of_other_streams_say_nothing_about_it() {
    let mut state = State::default();
    evolve(&mut state, &Event::ImportStarted(started()));
    assert_eq!(state, State::NotYet);
}

/// What a publisher was told is told again for ever: no line of the file ever changes.
#[test]
fn every_reason_has_one_text_and_one_remedy() {
    let mut told = 0;
    for line in include_str!("reasons.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let [code, field, values, text, remedy] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let named = |value: &str| {
            let (name, value) = value.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        };
        let reason = RejectionReason {
            code: code.to_owned(),
            field: (field != "-").then(|| field.to_owned()),
            values: values
                .split(';')
                .filter(|it| *it != "-")
                .map(named)
                .collect(),
        };
        assert_eq!(
            (reason.text().as_str(), reason.remedy().as_str()),
            (text, remedy),
            "{code}"
        );
        told += 1;
    }
    assert!(told > 25);
}
