use super::given::{
    COMMUNICATED_AT, acknowledged, apology, assessed, assessed_as, communicated, disputed,
    investigating, proposed, refused_with, response, was_communicated, was_disputed,
};
use super::{check, check_refused, fold, time};
use crate::command::CommunicateDecision;
use crate::{Event, Outcome, Refusal, RemedyKind, RemedyOffer, Severity, Status};

fn communicate() -> CommunicateDecision {
    CommunicateDecision {
        outcome: Outcome::Upheld,
        channel: "letter".to_owned(),
        recourse_explained: true,
        occurred_at: Some(time(COMMUNICATED_AT)),
        external_recourse: None,
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
}

#[test]
fn a_disputed_decision_is_told_again_to_explain_recourse_and_not_replaced() {
    check(&disputed(), communicate(), Ok(vec![]));
    let other = CommunicateDecision {
        outcome: Outcome::PartlyUpheld,
        ..communicate()
    };
    check(&disputed(), other, Err(Refusal::DisputeNotInvestigated));
    let unexplained = vec![was_communicated(false), was_disputed()];
    let given = [proposed(), unexplained].concat();
    let now = CommunicateDecision {
        occurred_at: None,
        ..communicate()
    };
    let events = super::decided(&given, &now.into()).unwrap();
    let state = fold(&[given, events].concat());
    assert_eq!(state.status(), Some(Status::Disputed));
    let decision = state.decision().unwrap();
    assert_eq!(decision.recourse_explained_at, Some(time(super::NOW)));
    assert_eq!(decision.communicated_at, time(COMMUNICATED_AT));
}

fn told(outcome: &str) -> CommunicateDecision {
    CommunicateDecision {
        outcome: outcome.into(),
        ..communicate()
    }
}

fn offer(kind: RemedyKind) -> RemedyOffer {
    RemedyOffer { kind, ..apology() }
}

fn offered(kinds: &[RemedyKind]) -> Vec<Event> {
    let offers: Vec<_> = kinds.iter().cloned().map(offer).collect();
    [investigating(), vec![response(1, &offers)]].concat()
}

#[test]
fn outcome_and_response_say_the_same() {
    use RemedyKind::{Apology, Goodwill, Information, Referral, Refund};
    let refused = || offered(&[]);
    let refused_with = |kind| refused_with(&[offer(kind)]);
    let unfounded = [proposed(), vec![assessed_as(Severity::Unfounded)]].concat();
    for (given, outcome, code) in [
        (offered(&[Refund]), "upheld", ""),
        (offered(&[Apology]), "upheld", ""),
        (refused(), "upheld", "UPHELD_WITHOUT_REMEDY"),
        (refused_with(Refund), "upheld", "UPHELD_BUT_REFUSED"),
        (unfounded.clone(), "upheld", "UNFOUNDED_BUT_UPHELD"),
        (unfounded, "partly_upheld", "UNFOUNDED_BUT_UPHELD"),
        (offered(&[Refund]), "partly_upheld", ""),
        (refused_with(Refund), "partly_upheld", ""),
        (refused(), "partly_upheld", "UPHELD_WITHOUT_REMEDY"),
        (refused(), "not_upheld", ""),
        (refused_with(Goodwill), "not_upheld", ""),
        (offered(&[Apology]), "not_upheld", "REFUSAL_NOT_EXPLAINED"),
        (
            refused_with(Refund),
            "not_upheld",
            "MADE_GOOD_BUT_NOT_UPHELD",
        ),
        (refused(), "out_of_scope", ""),
        (
            offered(&[Information]),
            "out_of_scope",
            "REFUSAL_NOT_EXPLAINED",
        ),
        (refused(), "referred", ""),
        (offered(&[Referral, Apology]), "referred", ""),
        (offered(&[Information]), "duplicate", ""),
        (offered(&[Apology]), "duplicate", "NOT_SAID_WHERE"),
        (
            offered(&[Referral, Refund]),
            "referred",
            "MADE_GOOD_BUT_NOT_UPHELD",
        ),
        (refused(), "withdrawn", "WITHDRAWAL_IS_NO_DECISION"),
        (refused(), "uphelt", "FIELD_UNKNOWN_VALUE"),
    ] {
        let found = super::decided(&given, &told(outcome).into());
        let found = found.err().map_or("", |refusal| {
            assert_eq!(refusal.field(), Some("outcome"));
            refusal.code()
        });
        assert_eq!(found, code, "{outcome} of {:#?}", given.last());
    }
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
fn the_channel_is_a_code() {
    let personal = CommunicateDecision {
        channel: "jane@example.org".to_owned(),
        ..communicate()
    };
    let refusal = check_refused(&proposed(), personal, "FIELD_NOT_A_CODE");
    assert_eq!(refusal.field(), Some("channel"));
}
