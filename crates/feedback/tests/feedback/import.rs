//! Given an import's events, when a command, then events or a refusal.

use redress_feedback::import::{Command, State, decide, evolve};
use redress_feedback::{Event, ImportCompleted, ImportReopened, ImportStarted};

use crate::example::{completed, started};

fn check(given: &[Event], when: &Command, then: Result<Vec<Event>, &str>) {
    let mut state = State::default();
    for event in given {
        evolve(&mut state, event);
    }
    match (decide(&state, when), then) {
        (Ok(events), Ok(expected)) => assert_eq!(events, expected),
        (Err(refusal), Err(code)) => assert_eq!(refusal.code(), code, "{refusal}"),
        (decided, expected) => panic!("{decided:?} instead of {expected:?}"),
    }
}

#[test]
fn an_import_starts_once_and_ends_once() {
    let start = Event::ImportStarted(started());
    let end = Event::ImportCompleted(completed());
    check(&[], &Command::Start(started()), Ok(vec![start.clone()]));
    check(
        std::slice::from_ref(&start),
        &Command::Start(started()),
        Ok(vec![]),
    );
    check(
        std::slice::from_ref(&start),
        &Command::Complete(completed()),
        Ok(vec![end.clone()]),
    );
    let given = [start, end];
    check(&given, &Command::Start(started()), Ok(vec![]));
    let again = ImportCompleted {
        new: 0,
        repeated: 7,
        ..completed()
    };
    check(&given, &Command::Complete(again), Ok(vec![]));
}

#[test]
fn an_import_that_ended_is_opened_again_once_and_ends_again() {
    let mut given = vec![
        Event::ImportStarted(started()),
        Event::ImportCompleted(completed()),
    ];
    let reopened = Event::ImportReopened(ImportReopened {});
    check(&given, &Command::Reopen, Ok(vec![reopened.clone()]));
    given.push(reopened);
    check(&given, &Command::Reopen, Ok(vec![]));
    check(&given, &Command::Start(started()), Ok(vec![]));
    let end = Event::ImportCompleted(completed());
    check(
        &given,
        &Command::Complete(completed()),
        Ok(vec![end.clone()]),
    );
    given.push(end);
    check(&given, &Command::Complete(completed()), Ok(vec![]));
}

#[test]
fn an_import_that_is_open_is_not_opened_again() {
    check(
        &[Event::ImportStarted(started())],
        &Command::Reopen,
        Ok(vec![]),
    );
}

#[test]
fn a_file_of_another_name_is_the_same_import() {
    let renamed = ImportStarted {
        label: Some("a copy of it".into()),
        ..started()
    };
    let given = [Event::ImportStarted(started())];
    check(&given, &Command::Start(renamed), Ok(vec![]));
}

#[test]
fn an_import_that_was_not_started_is_neither_opened_again_nor_ended() {
    check(
        &[],
        &Command::Complete(completed()),
        Err("IMPORT_NOT_STARTED"),
    );
    check(&[], &Command::Reopen, Err("IMPORT_NOT_STARTED"));
}

#[test]
fn one_id_is_one_import() {
    let other = ImportStarted {
        source: "another".into(),
        ..started()
    };
    let given = [Event::ImportStarted(started())];
    check(
        &given,
        &Command::Start(other),
        Err("IMPORT_STARTED_OTHERWISE"),
    );
}

#[test]
fn the_figures_of_an_import_must_hold_together() {
    let given = [Event::ImportStarted(started())];
    for (end, code) in [
        (
            ImportCompleted {
                rows: 11,
                ..completed()
            },
            "IMPORT_COUNTS_DISAGREE",
        ),
        (
            ImportCompleted {
                new: u64::MAX,
                ..completed()
            },
            "IMPORT_COUNTS_DISAGREE",
        ),
        (
            ImportCompleted {
                received_from: None,
                ..completed()
            },
            "IMPORT_DAYS_DISAGREE",
        ),
        (
            ImportCompleted {
                received_from: completed().received_to,
                received_to: completed().received_from,
                ..completed()
            },
            "IMPORT_DAYS_DISAGREE",
        ),
    ] {
        check(&given, &Command::Complete(end), Err(code));
    }
}

#[test]
fn an_import_says_what_it_reads() {
    for (source, code) in [
        (String::new(), "FIELD_REQUIRED"),
        ("x".repeat(41), "FIELD_MALFORMED"),
        ("crm_eu".into(), "FIELD_MALFORMED"),
        ("a\nb".into(), "FIELD_MALFORMED"),
    ] {
        let start = ImportStarted {
            source,
            ..started()
        };
        check(&[], &Command::Start(start), Err(code));
    }
    let start = ImportStarted {
        label: Some("x".repeat(201)),
        ..started()
    };
    check(&[], &Command::Start(start), Err("FIELD_TOO_LONG"));
}
