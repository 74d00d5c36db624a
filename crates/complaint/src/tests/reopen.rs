use super::given::{
    apology, closed, communicated, imported_closed, investigation_not_required, reopened, response,
    sealed, was_accepted, was_closed, was_communicated, was_fulfilled, was_reopened, withdrawn,
};
use super::{check, check_refused, fold, time};
use crate::command::{ProposeResponse, Reopen};
use crate::{Cause, CloseBasis, Refusal, Stage, State, Status};

fn reopen() -> Reopen {
    Reopen {
        reason: "new_evidence".to_owned(),
        explanation: None,
        occurred_at: Some(time("2026-03-19T10:00:00Z")),
    }
}

#[test]
fn a_closed_complaint_is_reopened_and_investigated() {
    for given in [closed(), imported_closed()] {
        check(&given, reopen(), Ok(vec![was_reopened()]));
        let state = fold(&[given, vec![was_reopened()]].concat());
        assert_eq!(state.status(), Some(Status::Investigating));
        assert_eq!(state.outcome(), None);
    }
}

#[test]
fn reopening_again_does_nothing_and_another_ground_is_refused() {
    check(&reopened(), reopen(), Ok(vec![]));
    let explained = Reopen {
        explanation: Some(sealed("look here")),
        ..reopen()
    };
    check(&reopened(), explained, Err(Refusal::NotClosed));
    check(&communicated(), reopen(), Err(Refusal::NotClosed));
    check(&withdrawn(), reopen(), Err(Refusal::ComplaintWithdrawn));
    check(&[], reopen(), Err(Refusal::NotOpened));
}

#[test]
fn it_is_not_reopened_before_it_was_closed() {
    let early = Reopen {
        occurred_at: Some(time("2026-03-19T08:00:00Z")),
        ..reopen()
    };
    check_refused(&closed(), early, "OCCURRED_BEFORE_CLOSING");
}

#[test]
fn the_investigator_goes_on() {
    let State::Open { stage, .. } = fold(&reopened()) else {
        panic!("it is open");
    };
    let Stage::Investigating(investigating) = *stage else {
        panic!("it is investigated");
    };
    assert!(investigating.inquiry.is_some());
}

#[test]
fn that_nothing_needed_investigating_is_decided_anew() {
    let end = vec![
        response(1, &[apology()]),
        was_fulfilled(1),
        was_communicated(true),
        was_accepted(),
        was_closed(CloseBasis::Accepted),
        was_reopened(),
    ];
    let given = [investigation_not_required(), end].concat();
    let propose = ProposeResponse {
        remedies: vec![apology()],
        refusal: None,
        cause: Some(Cause::NoCauseEstablished),
        occurred_at: None,
    };
    check(&given, propose, Err(Refusal::InvestigationNotStarted));
}

#[test]
fn the_reason_of_a_reopening_is_a_code() {
    let sentence = Reopen {
        reason: "It leaks again".to_owned(),
        ..reopen()
    };
    let refusal = check_refused(&closed(), sentence, "FIELD_NOT_A_CODE");
    assert_eq!(refusal.field(), Some("reason"));
}
