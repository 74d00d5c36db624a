use super::given::{
    closed, communicated, lives, proposed, received, was_fulfilled, was_withdrawn, withdrawn,
};
use super::{check, fold, time};
use crate::command::Withdraw;
use crate::{Event, Outcome, Promises, Refusal, Status};

fn withdraw() -> Withdraw {
    Withdraw {
        reason: Some("resolved_itself".to_owned()),
        explanation: None,
        promises: None,
        occurred_at: Some(time("2026-03-07T09:00:00Z")),
    }
}

fn withdraw_saying(promises: Promises) -> Withdraw {
    Withdraw {
        promises: Some(promises),
        ..withdraw()
    }
}

#[test]
fn a_complaint_is_withdrawn_from_every_open_state() {
    for (_, given) in lives() {
        let state = fold(&given);
        if state.is_open() {
            let kept = (!state.owed().is_empty()).then_some(Promises::StillOwed);
            let when = withdraw_saying(Promises::StillOwed);
            check(&given, when, Ok(vec![was_withdrawn(kept)]));
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
fn what_is_owed_is_kept_or_released_and_never_forgotten() {
    let remedies = vec![1];
    check(
        &communicated(),
        withdraw(),
        Err(Refusal::PromisesOpen { remedies }),
    );
    let kept = was_withdrawn(Some(Promises::StillOwed));
    let released = was_withdrawn(Some(Promises::Released));
    check(
        &communicated(),
        withdraw_saying(Promises::StillOwed),
        Ok(vec![kept.clone()]),
    );
    check(
        &communicated(),
        withdraw_saying(Promises::Released),
        Ok(vec![released.clone()]),
    );
    let with = |event: &Event| [communicated(), vec![event.clone()]].concat();
    assert_eq!(fold(&with(&kept)).owed(), [1]);
    assert!(fold(&with(&released)).owed().is_empty());
    check(
        &with(&kept),
        withdraw_saying(Promises::Released),
        Err(Refusal::ComplaintWithdrawn),
    );
    let fulfilled = [with(&kept), vec![was_fulfilled(1)]].concat();
    assert!(fold(&fulfilled).owed().is_empty());
    // What was fulfilled, or told to nobody, is not owed.
    for given in [
        [communicated(), vec![was_fulfilled(1)]].concat(),
        proposed(),
    ] {
        check(&given, withdraw(), Ok(vec![was_withdrawn(None)]));
    }
    let later = withdraw_saying("waived".into());
    let refusal = super::check_refused(&communicated(), later, "FIELD_UNKNOWN_VALUE");
    assert_eq!(refusal.field(), Some("promises"));
}

#[test]
fn what_was_known_stays_known() {
    let (before, after) = (fold(&communicated()), fold(&withdrawn()));
    assert_eq!(after.assessment(), before.assessment());
    assert_eq!(after.acknowledgement(), before.acknowledgement());
    assert_eq!(after.inquiry(), before.inquiry());
    assert_eq!(after.response(), before.response());
    assert_eq!(after.decision(), before.decision());
    assert!(before.decision().is_some());
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
