//! Each command, at each stage.

use std::collections::BTreeMap;

use redress_improvement::{
    ActionDraft, CandidateOpened, Command, Event, Finding, SourceKind, State, decide, encode,
    evolve,
};

use crate::example::{
    candidate, command, day, dismissed, evidence, life, now, observed, owner, signal, signal_again,
};

fn check(given: &[Event], when: &Command, then: Result<&[Event], &str>) {
    let mut state = State::default();
    for event in given {
        evolve(&mut state, event);
    }
    match (decide(&state, when, now()), then) {
        (Ok(events), Ok(expected)) => assert_eq!(events, expected),
        (Err(refusal), Err(code)) => {
            assert_eq!(refusal.code(), code, "{refusal}");
            assert!(!refusal.remedy().is_empty());
        }
        (decided, expected) => panic!("{decided:?} instead of {expected:?}"),
    }
}

#[test]
fn an_improvement_goes_from_signal_to_closing() {
    let life = life();
    for step in 0..life.len() {
        let next = &life[step];
        check(
            &life[..step],
            &command(next),
            Ok(std::slice::from_ref(next)),
        );
    }
}

#[test]
fn the_last_decision_again_is_already_true() {
    let life = life();
    for step in 1..=life.len() {
        check(&life[..step], &command(&life[step - 1]), Ok(&[]));
        check(&life[..step], &command(&life[0]), Ok(&[]));
    }
    check(
        &[life[0].clone(), dismissed()],
        &command(&dismissed()),
        Ok(&[]),
    );
}

#[test]
fn each_command_needs_its_stage() {
    let life = life();
    let codes = [
        "IMPROVEMENT_NOT_A_CANDIDATE",
        "IMPROVEMENT_NOT_ACCEPTED",
        "IMPROVEMENT_NOT_PLANNED",
        "IMPROVEMENT_NOT_IMPLEMENTED",
    ];
    for (event, code) in life[1..].iter().zip(codes) {
        check(&[], &command(event), Err("IMPROVEMENT_NOT_FOUND"));
        let own = life.iter().position(|e| e == event).unwrap();
        for stage in (1..=life.len()).filter(|stage| ![own, own + 1].contains(stage)) {
            check(&life[..stage], &command(event), Err(code));
        }
        check(&[life[0].clone(), dismissed()], &command(event), Err(code));
    }
    check(&[], &command(&dismissed()), Err("IMPROVEMENT_NOT_FOUND"));
    for stage in 2..=life.len() {
        check(
            &life[..stage],
            &command(&dismissed()),
            Err("IMPROVEMENT_NOT_A_CANDIDATE"),
        );
    }
}

#[test]
fn another_decision_at_the_same_stage_is_refused() {
    let life = life();
    let other = Command::Accept {
        owner: Some(owner()),
        due: Some(day("2018-01-01")),
        occurred_at: None,
    };
    check(&life[..2], &other, Err("IMPROVEMENT_NOT_A_CANDIDATE"));
    let other = Command::Close {
        summary: "Another".into(),
        occurred_at: None,
    };
    check(&life, &other, Err("IMPROVEMENT_NOT_IMPLEMENTED"));
}

#[test]
fn a_signal_of_its_slice_is_further_evidence_while_it_is_open() {
    let life = life();
    let opens = Command::TakeSignal(candidate());
    check(&[], &opens, Ok(&life[..1]));
    let again = Command::TakeSignal(signal_again());
    for stage in 1..life.len() {
        let given = &life[..stage];
        // What it was opened from is no further evidence.
        check(given, &opens, Ok(&[]));
        check(given, &again, Ok(&[evidence()]));
        let given = [given, &[evidence()]].concat();
        check(&given, &again, Ok(&[]));
        if let Some(next) = life.get(stage) {
            check(&given, &command(next), Ok(std::slice::from_ref(next)));
        }
    }
}

#[test]
fn what_is_over_takes_no_further_signal_and_knows_those_that_it_had() {
    let life = life();
    let again = Command::TakeSignal(signal_again());
    for given in [life.to_vec(), vec![life[0].clone(), dismissed()]] {
        check(&given, &again, Err("IMPROVEMENT_OVER"));
        check(&given, &Command::TakeSignal(candidate()), Ok(&[]));
    }
    let had = [life[0].clone(), evidence(), dismissed()];
    check(&had, &again, Ok(&[]));
    let mut nothing_found = signal_again();
    nothing_found.finding = None;
    let nothing_found = Command::TakeSignal(nothing_found);
    check(&life[..1], &nothing_found, Err("IMPROVEMENT_OF_A_SIGNAL"));
}

#[test]
fn nothing_is_due_on_a_day_that_was_over_when_it_was_decided() {
    let accept = |due: &str, occurred_at: Option<&str>| Command::Accept {
        owner: Some(owner()),
        due: Some(day(due)),
        occurred_at: occurred_at.map(|at| at.parse().unwrap()),
    };
    let taken = |given: &[Event], when: &Command| {
        let mut state = State::default();
        for event in given {
            evolve(&mut state, event);
        }
        decide(&state, when, now()).map(|events| events.len())
    };
    let candidate = &life()[..1];
    check(
        candidate,
        &accept("2017-04-30", None),
        Err("DUE_IN_THE_PAST"),
    );
    // In the west it is still the first of May.
    assert_eq!(taken(candidate, &accept("2017-05-01", None)), Ok(1));
    let then = accept("2017-04-30", Some("2017-04-30T20:00:00Z"));
    assert_eq!(taken(candidate, &then), Ok(1));
    let late = ActionDraft {
        due: Some(day("2017-04-30")),
        ..draft()
    };
    let when = plan(vec![draft(), late]);
    check(&life()[..2], &when, Err("DUE_IN_THE_PAST"));
    let mut state = State::default();
    life()[..2]
        .iter()
        .for_each(|event| evolve(&mut state, event));
    let refusal = decide(&state, &when, now()).unwrap_err();
    assert_eq!(refusal.field(), Some("actions[1].due"));
}

#[test]
fn a_candidate_belongs_to_one_source() {
    let other = CandidateOpened {
        source: signal("another"),
        ..candidate()
    };
    check(
        &life()[..1],
        &Command::OpenCandidate(other),
        Err("IMPROVEMENT_OF_ANOTHER_SOURCE"),
    );
}

#[test]
fn a_candidate_says_what_it_is_about() {
    let open = |change: fn(&mut CandidateOpened), code| {
        let mut candidate = candidate();
        change(&mut candidate);
        check(&[], &Command::OpenCandidate(candidate), Err(code));
    };
    open(|c| c.title = Some(" ".into()), "FIELD_REQUIRED");
    open(|c| c.title = Some("x".repeat(501)), "FIELD_TOO_LONG");
    open(
        |c| c.title = Some("for ada@example.org".into()),
        "FIELD_HAS_ADDRESS",
    );
    let untitled = CandidateOpened {
        title: None,
        ..observed()
    };
    check(
        &[],
        &Command::OpenCandidate(untitled),
        Err("FIELD_REQUIRED"),
    );
    let heading = candidate().heading();
    assert_eq!(heading, "2017-04 product Mortgage: more than expected");
    open(|c| c.source.id = Some(String::new()), "FIELD_REQUIRED");
    open(|c| c.finding = None, "IMPROVEMENT_OF_A_SIGNAL");
    let other = |c: &mut CandidateOpened| c.source.kind = SourceKind::Other("dream".into());
    open(other, "FIELD_UNKNOWN_VALUE");
    let broken = |c: &mut CandidateOpened| {
        if let Some(finding) = &mut c.finding {
            finding.slice.value = "a\nb".into();
        }
    };
    open(broken, "FIELD_CONTROL_CHARACTER");
    let with = |change: &dyn Fn(&mut Finding)| {
        let mut candidate = candidate();
        candidate.finding.as_mut().into_iter().for_each(change);
        Command::OpenCandidate(candidate)
    };
    for month in ["2017-4", "2017-13", "17-04", "2017-04-01", ""] {
        let when = with(&|finding| finding.month = month.into());
        check(&[], &when, Err("FIELD_MALFORMED"));
    }
    for figure in ["1e5", "NaN", "", "-", ".5", "1.", "1,5"] {
        let figures: BTreeMap<_, _> = [("mean".to_owned(), figure.to_owned())].into();
        let when = with(&|finding| finding.figures = figures.clone());
        check(&[], &when, Err("FIELD_MALFORMED"));
    }
}

#[test]
fn a_person_opens_a_candidate_too() {
    let opened = Event::CandidateOpened(observed());
    let open = Command::OpenCandidate(observed());
    check(&[], &open, Ok(std::slice::from_ref(&opened)));
    check(&[opened], &open, Ok(&[]));
}

#[test]
fn an_acceptance_names_an_owner_and_a_day() {
    for (owner, due) in [(None, Some(day("2018-01-01"))), (Some(owner()), None)] {
        let accept = Command::Accept {
            owner,
            due,
            occurred_at: None,
        };
        check(&life()[..1], &accept, Err("FIELD_REQUIRED"));
    }
}

#[test]
fn a_dismissal_an_implementation_and_a_closing_give_words() {
    let life = life();
    let occurred_at = None;
    let dismiss = |reason: &str| Command::Dismiss {
        reason: reason.into(),
        occurred_at,
    };
    check(&life[..1], &dismiss(" \n"), Err("FIELD_REQUIRED"));
    check(&life[..1], &dismiss("a\0b"), Err("FIELD_CONTROL_CHARACTER"));
    check(
        &life[..1],
        &dismiss(&"ä".repeat(4001)),
        Err("FIELD_TOO_LONG"),
    );
    let evidence = String::new();
    check(
        &life[..3],
        &Command::Implement {
            evidence,
            occurred_at,
        },
        Err("FIELD_REQUIRED"),
    );
    let summary = String::new();
    check(
        &life[..4],
        &Command::Close {
            summary,
            occurred_at,
        },
        Err("FIELD_REQUIRED"),
    );
}

fn draft() -> ActionDraft {
    ActionDraft {
        kind: "preventive".into(),
        owner: Some(owner()),
        due: Some(day("2017-06-15")),
        description: "Train".into(),
    }
}

fn plan(actions: Vec<ActionDraft>) -> Command {
    Command::Plan {
        actions,
        occurred_at: None,
    }
}

#[test]
fn a_plan_has_actions_and_each_has_an_owner_and_a_day() {
    let given = &life()[..2];
    check(given, &plan(vec![]), Err("IMPROVEMENT_PLAN_WITHOUT_ACTION"));
    check(given, &plan(vec![draft(); 21]), Err("FIELD_TOO_MANY"));
    let wrong = |change: fn(&mut ActionDraft), field: &str, code| {
        let mut action = draft();
        change(&mut action);
        let when = plan(vec![draft(), action]);
        check(given, &when, Err(code));
        let mut state = State::default();
        for event in given {
            evolve(&mut state, event);
        }
        assert_eq!(
            decide(&state, &when, now()).unwrap_err().field(),
            Some(field)
        );
    };
    wrong(|a| a.owner = None, "actions[1].owner", "FIELD_REQUIRED");
    wrong(|a| a.due = None, "actions[1].due", "FIELD_REQUIRED");
    wrong(
        |a| a.description.clear(),
        "actions[1].description",
        "FIELD_REQUIRED",
    );
    wrong(
        |a| a.kind = "magic".into(),
        "actions[1].kind",
        "FIELD_UNKNOWN_VALUE",
    );
}

#[test]
fn the_largest_plan_fits_a_record() {
    let action = ActionDraft {
        description: "\u{1F4A5}".repeat(500),
        ..draft()
    };
    let mut state = State::default();
    life()[..2]
        .iter()
        .for_each(|event| evolve(&mut state, event));
    let events = decide(&state, &plan(vec![action; 20]), now()).unwrap();
    let bytes = encode(&events[0]).data.get().len();
    assert!(bytes < redress_envelope::MAX_RECORD_BYTES - 8192, "{bytes}");
}
