use super::given::{closed, lives, received, was_withdrawn, withdrawn};
use super::{check, fold, time};
use crate::command::Withdraw;
use crate::{Outcome, Refusal, Status};

fn withdraw() -> Withdraw {
    Withdraw {
        reason: Some("resolved_itself".to_owned()),
        explanation: None,
        occurred_at: Some(time("2026-03-07T09:00:00Z")),
    }
}

#[test]
fn a_complaint_is_withdrawn_from_every_open_state() {
    for (_, given) in lives() {
        if fold(&given).is_open() {
            check(&given, withdraw(), Ok(vec![was_withdrawn()]));
        }
    }
    let state = fold(&withdrawn());
    assert_eq!(state.status(), Some(Status::Withdrawn));
    assert_eq!(state.outcome(), Some(Outcome::Withdrawn));
}

#[test]
fn a_withdrawal_is_recorded_once() {
    check(&withdrawn(), withdraw(), Ok(vec![]));
    check(
        &withdrawn(),
        Withdraw {
            reason: None,
            ..withdraw()
        },
        Ok(vec![]),
    );
    let other = Withdraw {
        reason: Some("mistake".to_owned()),
        ..withdraw()
    };
    check(&withdrawn(), other, Err(Refusal::ComplaintWithdrawn));
}

#[test]
fn what_is_over_is_not_withdrawn() {
    check(&closed(), withdraw(), Err(Refusal::ComplaintClosed));
    check(&[], withdraw(), Err(Refusal::NotOpened));
    let nameless = Withdraw {
        reason: Some(String::new()),
        ..withdraw()
    };
    super::check_refused(&received(), nameless, "FIELD_EMPTY");
    let sentence = Withdraw {
        reason: Some("It is mended.".to_owned()),
        ..withdraw()
    };
    super::check_refused(&received(), sentence, "FIELD_NOT_A_CODE");
}
