//! `RecordAcceptance` and `Dispute`.

use super::given::{
    accepted, closed, communicated, disputed, investigating, proposed, sealed, was_accepted,
    was_disputed,
};
use super::{check, check_refused, fold, time};
use crate::command::{Dispute, RecordAcceptance};
use crate::{Refusal, Status};

fn accept() -> RecordAcceptance {
    let occurred_at = Some(time("2026-03-06T09:00:00Z"));
    RecordAcceptance { occurred_at }
}

fn dispute() -> Dispute {
    Dispute {
        reason: "too_little".to_owned(),
        explanation: Some(sealed("not enough")),
        occurred_at: Some(time("2026-03-06T09:00:00Z")),
    }
}

#[test]
fn a_decision_that_was_told_is_accepted() {
    check(&communicated(), accept(), Ok(vec![was_accepted()]));
    assert_eq!(
        fold(&accepted()).status(),
        Some(Status::DecisionCommunicated)
    );
    check(&accepted(), accept(), Ok(vec![]));
}

#[test]
fn a_decision_that_was_told_is_disputed() {
    check(&communicated(), dispute(), Ok(vec![was_disputed()]));
    assert_eq!(fold(&disputed()).status(), Some(Status::Disputed));
}

#[test]
fn a_dispute_may_end_in_acceptance_and_an_acceptance_in_dispute() {
    check(&disputed(), accept(), Ok(vec![was_accepted()]));
    let settled = fold(&[disputed(), vec![was_accepted()]].concat());
    assert_eq!(settled.status(), Some(Status::DecisionCommunicated));
    check(&accepted(), dispute(), Ok(vec![was_disputed()]));
}

#[test]
fn there_is_no_answer_to_what_was_not_told() {
    for given in [investigating(), proposed()] {
        check(&given, accept(), Err(Refusal::DecisionNotCommunicated));
        check(&given, dispute(), Err(Refusal::DecisionNotCommunicated));
    }
    check(&closed(), dispute(), Err(Refusal::ComplaintClosed));
}

#[test]
fn a_dispute_is_recorded_once_and_another_ground_is_not_dropped_in_silence() {
    check(&disputed(), dispute(), Ok(vec![]));
    let shorter = Dispute {
        explanation: None,
        ..dispute()
    };
    check(&disputed(), shorter, Ok(vec![]));
    let other = Dispute {
        reason: "wrong_person".to_owned(),
        ..dispute()
    };
    check(&disputed(), other, Err(Refusal::AlreadyDisputed));
    let more = Dispute {
        explanation: Some(sealed("and another thing")),
        ..dispute()
    };
    check(&disputed(), more, Err(Refusal::AlreadyDisputed));
}

#[test]
fn the_reason_of_a_dispute_is_a_code() {
    let sentence = Dispute {
        reason: "Ask jane@example.org".to_owned(),
        ..dispute()
    };
    let refusal = check_refused(&communicated(), sentence, "FIELD_NOT_A_CODE");
    assert_eq!(refusal.field(), Some("reason"));
}
