use jiff::civil::date;

use super::given::{
    CLOSED_AT, COMMUNICATED_AT, accepted, apology, closed, communicated, disputed, imported_closed,
    investigating, proposed, refund, response, was_accepted, was_closed, was_communicated,
    was_disputed, was_fulfilled, withdrawn,
};
use super::{check, check_refused, fold, time};
use crate::command::Close;
use crate::{
    CloseBasis, Event, Outcome, Refusal, RemedyOffer, Rules, Status, decide, missing_for_close,
};

fn close(basis: CloseBasis) -> Close {
    let occurred_at = Some(time(CLOSED_AT));
    Close { basis, occurred_at }
}

fn answered(remedies: &[RemedyOffer], recourse_explained: bool) -> Vec<Event> {
    let answer = vec![response(1, remedies), was_communicated(recourse_explained)];
    [investigating(), answer].concat()
}

#[test]
fn an_accepted_decision_closes_the_complaint() {
    let basis = CloseBasis::Accepted;
    check(
        &accepted(),
        close(basis.clone()),
        Ok(vec![was_closed(basis.clone())]),
    );
    let state = fold(&closed());
    assert_eq!(state.status(), Some(Status::Closed));
    assert_eq!(state.outcome(), Some(Outcome::Upheld));
    check(
        &communicated(),
        close(basis.clone()),
        Err(Refusal::DecisionNotAccepted),
    );
}

#[test]
fn nothing_closes_before_a_decision_was_told() {
    for basis in CloseBasis::ALL {
        for given in [investigating(), proposed()] {
            check(
                &given,
                close(basis.clone()),
                Err(Refusal::DecisionNotCommunicated),
            );
        }
    }
}

#[test]
fn silence_closes_to_the_second_when_the_policys_time_has_passed() {
    let rules = Rules {
        silence_days: 14,
        ..Rules::default()
    };
    let ends_at = time("2026-03-18T09:00:00Z");
    let state = fold(&communicated());
    let on_silence = |at: &str| {
        let basis = CloseBasis::Silent;
        let command = Close {
            basis,
            occurred_at: None,
        };
        decide(&state, &command.into(), &rules, time(at))
    };
    let early = on_silence("2026-03-18T08:59:59Z");
    assert_eq!(early, Err(Refusal::SilenceTooShort { ends_at }));
    assert_eq!(on_silence("2026-03-18T09:00:00Z").unwrap().len(), 1);
}

#[test]
fn the_policy_says_how_long_the_silence_is() {
    let rules = Rules {
        silence_days: 30,
        ..Rules::default()
    };
    let missing = missing_for_close(
        &fold(&communicated()),
        &CloseBasis::Silent,
        &rules,
        time(COMMUNICATED_AT),
    );
    let ends_at = time("2026-04-03T09:00:00Z");
    assert_eq!(missing, [Refusal::SilenceTooShort { ends_at }]);
}

#[test]
fn silence_counts_only_once_recourse_was_explained() {
    let given = answered(&[refund()], false);
    check(
        &given,
        close(CloseBasis::Silent),
        Err(Refusal::RecourseNotExplained),
    );
}

#[test]
fn who_answered_was_not_silent() {
    for (given, answer) in [(accepted(), "accepted"), (disputed(), "disputed")] {
        let refusal = Refusal::ComplainantNotSilent { answer };
        check(&given, close(CloseBasis::Silent), Err(refusal));
    }
}

#[test]
fn a_disputed_complaint_stays_open_until_the_options_are_exhausted() {
    check(
        &disputed(),
        close(CloseBasis::Accepted),
        Err(Refusal::DecisionNotAccepted),
    );
    let basis = CloseBasis::OptionsExhausted;
    check(
        &disputed(),
        close(basis.clone()),
        Ok(vec![was_closed(basis.clone())]),
    );
}

#[test]
fn options_are_exhausted_only_by_who_knew_of_them_and_did_not_accept() {
    let exhausted = || close(CloseBasis::OptionsExhausted);
    check(&accepted(), exhausted(), Err(Refusal::DecisionAccepted));
    let untold = answered(&[refund()], false);
    check(&untold, exhausted(), Err(Refusal::RecourseNotExplained));
    let disputed = [untold, vec![was_disputed()]].concat();
    check(&disputed, exhausted(), Err(Refusal::RecourseNotExplained));
    let told = [disputed, vec![was_communicated(true)]].concat();
    let basis = CloseBasis::OptionsExhausted;
    check(&told, exhausted(), Ok(vec![was_closed(basis)]));
}

#[test]
fn what_is_promised_for_a_day_to_come_is_still_owed_after_closing() {
    assert_eq!(fold(&closed()).owed(), [1]);
    let fulfilled = [closed(), vec![was_fulfilled(1)]].concat();
    assert!(fold(&fulfilled).owed().is_empty());
}

#[test]
fn every_remedy_is_fulfilled_or_promised_for_a_day_to_come() {
    let overdue = RemedyOffer {
        promised_by: Some(date(2026, 3, 18)),
        ..refund()
    };
    let today = RemedyOffer {
        promised_by: Some(date(2026, 3, 19)),
        ..refund()
    };
    let given = answered(&[overdue, today, apology()], true);
    let basis = CloseBasis::OptionsExhausted;
    let open = |remedies: &[u32]| {
        let remedies = remedies.to_vec();
        Err(Refusal::RemedyOpen { remedies })
    };
    check(&given, close(basis.clone()), open(&[1, 3]));
    let given = [given, vec![was_fulfilled(1)]].concat();
    check(&given, close(basis.clone()), open(&[3]));
    let given = [given, vec![was_fulfilled(3)]].concat();
    check(
        &given,
        close(basis.clone()),
        Ok(vec![was_closed(basis.clone())]),
    );
}

#[test]
fn all_that_is_missing_can_be_asked_for_at_once() {
    let state = fold(&answered(&[apology()], false));
    let missing = missing_for_close(
        &state,
        &CloseBasis::Silent,
        &Rules::default(),
        time(CLOSED_AT),
    );
    let remedies = vec![1];
    assert_eq!(
        missing,
        [
            Refusal::RemedyOpen { remedies },
            Refusal::RecourseNotExplained
        ]
    );
    let nothing = missing_for_close(
        &fold(&accepted()),
        &CloseBasis::Accepted,
        &Rules::default(),
        time(CLOSED_AT),
    );
    assert_eq!(nothing, []);
}

#[test]
fn a_closed_complaint_closes_on_no_other_basis() {
    check(&closed(), close(CloseBasis::Accepted), Ok(vec![]));
    check_refused(
        &closed(),
        close(CloseBasis::Silent),
        "COMPLAINT_ALREADY_CLOSED",
    );
    let refusal = check_refused(
        &imported_closed(),
        close(CloseBasis::Accepted),
        "COMPLAINT_ALREADY_CLOSED",
    );
    assert!(refusal.to_string().contains("as another system reports"));
    check(
        &withdrawn(),
        close(CloseBasis::Accepted),
        Err(Refusal::ComplaintWithdrawn),
    );
}

#[test]
fn the_decision_comes_first_in_time_too() {
    let before = Close {
        occurred_at: Some(time("2026-03-04T08:00:00Z")),
        ..close(CloseBasis::Accepted)
    };
    let given = [communicated(), vec![was_accepted()]].concat();
    check_refused(&given, before, "OCCURRED_BEFORE_DECISION");
}
