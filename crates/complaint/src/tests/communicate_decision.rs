use super::given::{
    COMMUNICATED_AT, acknowledged, assessed, communicated, disputed, investigating, proposed,
    was_communicated,
};
use super::{check, check_refused, fold, time};
use crate::command::CommunicateDecision;
use crate::{Outcome, Refusal, Status};

fn communicate() -> CommunicateDecision {
    CommunicateDecision {
        outcome: Outcome::Upheld,
        channel: "letter".to_owned(),
        recourse_explained: true,
        occurred_at: Some(time(COMMUNICATED_AT)),
    }
}

#[test]
fn a_proposed_response_becomes_a_decision_that_is_told() {
    check(&proposed(), communicate(), Ok(vec![was_communicated(true)]));
    let state = fold(&communicated());
    assert_eq!(state.status(), Some(Status::DecisionCommunicated));
    assert_eq!(state.outcome(), Some(Outcome::Upheld));
}

#[test]
fn there_is_nothing_to_tell_before_a_response_is_proposed() {
    check(&acknowledged(), communicate(), Err(Refusal::NotAssessed));
    for given in [assessed(), investigating()] {
        check(&given, communicate(), Err(Refusal::ResponseNotProposed));
    }
    check(
        &disputed(),
        communicate(),
        Err(Refusal::DisputeNotInvestigated),
    );
}

#[test]
fn the_same_decision_is_told_again_to_explain_recourse() {
    let given = [proposed(), vec![was_communicated(false)]].concat();
    assert_eq!(fold(&given).decision().unwrap().recourse_explained_at, None);
    let with_recourse = CommunicateDecision {
        occurred_at: None,
        ..communicate()
    };
    let events = super::decided(&given, &with_recourse.clone().into()).unwrap();
    let after = [given, events].concat();
    let decision = fold(&after).decision().cloned().unwrap();
    assert_eq!(decision.communicated_at, time(COMMUNICATED_AT));
    assert_eq!(decision.recourse_explained_at, Some(time(super::NOW)));
    check(&after, with_recourse, Ok(vec![]));
}

#[test]
fn a_reminder_does_not_start_the_silence_anew() {
    let by_email = CommunicateDecision {
        channel: "email".to_owned(),
        occurred_at: None,
        ..communicate()
    };
    let events = super::decided(&communicated(), &by_email.into()).unwrap();
    let state = fold(&[communicated(), events].concat());
    let decision = state.decision().unwrap();
    assert_eq!(decision.latest.channel, "email");
    assert_eq!(decision.recourse_explained_at, Some(time(COMMUNICATED_AT)));
}

#[test]
fn another_outcome_needs_another_response() {
    let other = CommunicateDecision {
        outcome: Outcome::NotUpheld,
        ..communicate()
    };
    check(
        &communicated(),
        other,
        Err(Refusal::DecisionAlreadyCommunicated),
    );
}

#[test]
fn outcome_and_channel_are_codes() {
    let capital = CommunicateDecision {
        outcome: Outcome::from("Upheld"),
        ..communicate()
    };
    let refusal = check_refused(&proposed(), capital, "FIELD_NOT_A_CODE");
    assert_eq!(refusal.field(), Some("outcome"));
    let personal = CommunicateDecision {
        channel: "jane@example.org".to_owned(),
        ..communicate()
    };
    let refusal = check_refused(&proposed(), personal, "FIELD_NOT_A_CODE");
    assert_eq!(refusal.field(), Some("channel"));
    let own = CommunicateDecision {
        outcome: Outcome::from("upheld_in_part.2"),
        ..communicate()
    };
    assert!(super::decided(&proposed(), &own.into()).is_ok());
}
