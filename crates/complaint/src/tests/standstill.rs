//! While it waits or is on hold a complaint does not move on, and what moves nothing on is done.

use super::given::{
    accepted, acknowledged, apology, assessed, awaiting_complainant, awaiting_third_party,
    communicated, conflict_declared, imported_reopened, investigating, investigation_not_required,
    on_hold, proposed, refund, reopened, response, user, was_disputed, was_held,
};
use super::pause::{hold, last};
use super::walk::{assess, not_required, start};
use super::{check, check_refused, decided};
use crate::command::{Assess, CommunicateDecision, ProposeResponse, StartInvestigation};
use crate::{Command, ConflictDeclaration, Event, Outcome, Severity};

pub(super) fn propose() -> ProposeResponse {
    let Event::ResponseProposed(proposed) = response(1, &[refund()]) else {
        panic!("it is one");
    };
    ProposeResponse {
        remedies: vec![refund()],
        refusal: None,
        cause: Some(proposed.cause),
        occurred_at: None,
    }
}

fn communicate(channel: &str) -> CommunicateDecision {
    CommunicateDecision {
        outcome: Outcome::Upheld,
        channel: channel.to_owned(),
        recourse_explained: true,
        occurred_at: None,
        external_recourse: None,
    }
}

/// Each way to stand still, with the code of what it refuses.
fn pauses() -> [(Event, &'static str); 3] {
    [
        (last(&awaiting_complainant()), "COMPLAINT_WAITING"),
        (last(&awaiting_third_party()), "COMPLAINT_WAITING"),
        (last(&on_hold()), "COMPLAINT_ON_HOLD"),
    ]
}

/// Given it stands still, when a step is taken that is taken otherwise, then it is refused, also where it
/// leaves the status as it is.
#[track_caller]
fn check_is_a_step(given: &[Event], step: impl Into<Command>) {
    let step = step.into();
    assert!(!decided(given, &step).unwrap().is_empty());
    for (pause, code) in pauses() {
        check_refused(&[given, &[pause]].concat(), step.clone(), code);
    }
}

#[test]
fn the_organisation_takes_no_further_step_while_it_waits_or_holds() {
    let steps: [(Vec<Event>, Command); 4] = [
        (acknowledged(), assess().into()),
        (assessed(), start(ConflictDeclaration::NoConflict).into()),
        (investigating(), propose().into()),
        (proposed(), communicate("letter").into()),
    ];
    for (given, step) in steps {
        check_is_a_step(&given, step);
    }
    // On hold counts first: releasing it is somebody else's to allow.
    let both = [awaiting_complainant(), vec![was_held()]].concat();
    check_refused(&both, propose(), "COMPLAINT_ON_HOLD");
    let events = decided(&both, &hold().into()).unwrap();
    assert_eq!(events, []);
}

#[test]
fn whoever_investigates_again_after_a_reopening_waits_until_it_goes_on() {
    check_is_a_step(&reopened(), start(ConflictDeclaration::NoConflict));
    check_is_a_step(&imported_reopened(), start(ConflictDeclaration::NoConflict));
    let no_longer = [reopened(), vec![conflict_declared("i1")]].concat();
    check_is_a_step(&no_longer, start(ConflictDeclaration::NoConflict));
}

#[test]
fn that_no_investigation_is_required_is_decided_when_it_goes_on() {
    check_is_a_step(&assessed(), not_required("other_batch"));
    check_is_a_step(&investigation_not_required(), not_required("other_batch"));
    check_is_a_step(&imported_reopened(), not_required("other_batch"));
    let no_longer = [investigating(), vec![conflict_declared("i1")]].concat();
    check_is_a_step(&no_longer, not_required("other_batch"));
}

#[test]
fn another_response_is_proposed_when_it_goes_on() {
    let other = ProposeResponse {
        remedies: vec![apology()],
        ..propose()
    };
    check_is_a_step(&proposed(), other);
    let held = [proposed(), vec![was_held()]].concat();
    check(&held, propose(), Ok(vec![]));
}

#[test]
fn the_first_assessment_is_made_when_it_goes_on_also_after_a_reopening() {
    check_is_a_step(&imported_reopened(), assess());
}

#[test]
fn what_moves_nothing_on_is_done_while_it_waits_or_holds() {
    let other = StartInvestigation {
        investigator: user("i2"),
        ..start(ConflictDeclaration::NoConflict)
    };
    let assess_otherwise = Assess {
        severity: Some(Severity::Minor),
        because: Some(crate::Revision::Corrected),
        ..assess()
    };
    let tell_again = communicate("phone");
    let no_longer = [investigating(), vec![conflict_declared("i1")]].concat();
    let disputed = [communicated(), vec![was_disputed()]].concat();
    let done: [(Vec<Event>, Command); 7] = [
        (investigating(), other.clone().into()),
        (no_longer, other.into()),
        (assessed(), assess_otherwise.clone().into()),
        (proposed(), assess_otherwise.into()),
        (communicated(), tell_again.clone().into()),
        (accepted(), tell_again.clone().into()),
        (disputed, tell_again.into()),
    ];
    for (given, command) in done {
        let freely = decided(&given, &command);
        assert_eq!(freely.as_ref().map(Vec::len), Ok(1));
        for (pause, _) in pauses() {
            let paused = [given.clone(), vec![pause]].concat();
            assert_eq!(decided(&paused, &command), freely);
        }
    }
}
