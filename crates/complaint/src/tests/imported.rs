//! `TakeOver` and `ReportHistory`.

use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::select;

use super::given::{
    history_reported, imported_acknowledged, imported_closed, imported_open, imported_reopened,
    noted, received, report, take_over, taken_over, was_acknowledged, was_assigned, was_reopened,
};
use super::{check, check_refused, decided, fold, time};
use crate::command::{Acknowledge, Reopen, ReportHistory};
use crate::{Answer, Closure, Event, Refusal, ReportedHistory, ResponseClass, State, Status};

fn report_history(history: ReportedHistory) -> ReportHistory {
    ReportHistory { history }
}

#[test]
fn a_report_without_a_final_answer_implies_an_open_complaint() {
    for class in [ResponseClass::Unknown, ResponseClass::InProgress] {
        let event = taken_over(report("aa", class));
        check(&[], take_over(report("aa", class)), Ok(vec![event.clone()]));
        let state = fold(&[event]);
        assert_eq!(state.status(), Some(Status::Received));
        assert_eq!(state.acknowledgement(), None);
    }
}

#[test]
fn any_other_answer_implies_a_closed_one_of_which_time_and_outcome_are_unknown() {
    let open = [ResponseClass::Unknown, ResponseClass::InProgress];
    for class in ResponseClass::ALL
        .iter()
        .filter(|class| !open.contains(class))
    {
        let state = fold(&[taken_over(report("aa", *class))]);
        let State::Closed { closure, .. } = &state else {
            panic!("{class} leaves it {:?}", state.status());
        };
        assert_eq!(*closure, Closure::Reported);
        assert_eq!(state.outcome(), None);
        assert_eq!(state.report().unwrap().response_class, *class);
    }
}

#[test]
fn the_same_report_is_recorded_once() {
    let same = || report("aa", ResponseClass::InProgress);
    check(&imported_open(), take_over(same()), Ok(vec![]));
    check(&imported_open(), report_history(same()), Ok(vec![]));
    let later = report("bb", ResponseClass::Closed);
    let given = [imported_open(), vec![history_reported(later)]].concat();
    check(&given, report_history(same()), Ok(vec![]));
}

#[test]
fn a_later_answer_closes_what_nobody_handled_here() {
    let later = report("bb", ResponseClass::ClosedWithMonetaryRelief);
    let event = history_reported(later.clone());
    check(
        &imported_open(),
        report_history(later.clone()),
        Ok(vec![event.clone()]),
    );
    let state = fold(&[imported_open(), vec![noted(), event]].concat());
    assert_eq!(state.status(), Some(Status::Closed));
    assert_eq!(state.report(), Some(&later));
}

#[test]
fn an_older_report_that_comes_later_is_recorded_and_changes_nothing() {
    let older = report("0a", ResponseClass::InProgress);
    let event = history_reported(older.clone());
    check(
        &imported_closed(),
        report_history(older),
        Ok(vec![event.clone()]),
    );
    let (before, after) = (
        fold(&imported_closed()),
        fold(&[imported_closed(), vec![event]].concat()),
    );
    assert_eq!(after.status(), before.status());
    assert_eq!(after.report(), before.report());
}

#[test]
fn once_somebody_has_handled_it_here_reports_move_nothing_but_are_known() {
    let later = report("bb", ResponseClass::Closed);
    for (given, status) in [
        (
            [imported_open(), vec![was_acknowledged()]].concat(),
            Status::Acknowledged,
        ),
        (
            [imported_open(), vec![was_assigned()]].concat(),
            Status::Received,
        ),
        (imported_reopened(), Status::Investigating),
    ] {
        let event = history_reported(later.clone());
        check(
            &given,
            report_history(later.clone()),
            Ok(vec![event.clone()]),
        );
        let state = fold(&[given, vec![event]].concat());
        assert_eq!(state.status(), Some(status));
    }
}

#[test]
fn an_acknowledgement_that_is_reported_counts_as_one() {
    let state = fold(&imported_acknowledged());
    assert_eq!(state.status(), Some(Status::Acknowledged));
    let given = state.acknowledgement().unwrap();
    assert_eq!(
        (given.channel.as_deref(), given.at),
        (None, time("2026-03-01T15:00:00Z"))
    );
    let again = Acknowledge {
        channel: "email".to_owned(),
        occurred_at: None,
    };
    let refusal = check_refused(
        &imported_acknowledged(),
        again,
        "COMPLAINT_ALREADY_ACKNOWLEDGED",
    );
    assert!(
        refusal.to_string().contains("as another system reports"),
        "{refusal}"
    );
    let closed = history_reported(ReportedHistory {
        acknowledged_at: Some(time("2026-03-01T15:00:00Z")),
        ..report("bb", ResponseClass::Closed)
    });
    let reopened = fold(&[imported_acknowledged(), vec![closed, was_reopened()]].concat());
    assert!(reopened.acknowledgement().is_some());
}

#[test]
fn a_closing_whose_time_is_reported_comes_before_the_reopening() {
    let closed = taken_over(ReportedHistory {
        closed_at: Some(time("2026-03-09T10:00:00Z")),
        ..report("aa", ResponseClass::Closed)
    });
    let reopen = |at: &str| Reopen {
        reason: "new_evidence".to_owned(),
        explanation: None,
        occurred_at: Some(time(at)),
    };
    let given = [closed];
    check_refused(
        &given,
        reopen("2026-03-09T09:59:59Z"),
        "OCCURRED_BEFORE_CLOSING",
    );
    assert!(decided(&given, &reopen("2026-03-09T10:00:00Z").into()).is_ok());
}

#[test]
fn only_what_was_taken_over_is_reported_on() {
    let report = || report("aa", ResponseClass::Closed);
    check(&[], report_history(report()), Err(Refusal::NotOpened));
    check(
        &received(),
        report_history(report()),
        Err(Refusal::NotTakenOver),
    );
    check(
        &received(),
        take_over(report()),
        Err(Refusal::AlreadyOpened),
    );
    let other = super::given::report("zz", ResponseClass::Closed);
    check(
        &imported_open(),
        take_over(other),
        Err(Refusal::AlreadyOpened),
    );
}

fn any_reports() -> impl Strategy<Value = Vec<ReportedHistory>> {
    let one = (
        select(ResponseClass::ALL),
        select(Answer::ALL),
        proptest::option::of(1_i8..28),
        any::<bool>(),
        any::<bool>(),
    );
    proptest::collection::vec(one, 1..7).prop_map(|facts| {
        let number =
            |(index, (class, disputed, day, words, acknowledged)): (usize, _)| ReportedHistory {
                disputed,
                sent_to_company_on: Option::map(day, |day| date(2026, 3, day)),
                submitted_narrative: words,
                acknowledged_at: Option::filter(Some(time("2026-03-01T15:00:00Z")), |_| {
                    acknowledged
                }),
                ..report(&format!("{index:02x}"), class)
            };
        facts.into_iter().enumerate().map(number).collect()
    })
}

fn arrived(reports: &[ReportedHistory]) -> State {
    let mut events: Vec<Event> = Vec::new();
    for history in reports {
        let when = if events.is_empty() {
            take_over(history.clone()).into()
        } else {
            report_history(history.clone()).into()
        };
        events.extend(decided(&events, &when).expect("reports are never refused"));
    }
    assert_eq!(events.len(), reports.len());
    fold(&events)
}

proptest! {
    #[test]
    fn reports_end_in_the_same_state_in_whatever_order_they_come(
        (reports, shuffled) in any_reports().prop_flat_map(|reports| {
            (Just(reports.clone()), Just(reports).prop_shuffle())
        })
    ) {
        let state = arrived(&reports);
        prop_assert_eq!(&state, &arrived(&shuffled));
        let counts = state.report().unwrap();
        prop_assert!(reports.iter().all(|other| !other.supersedes(counts)));
    }
}
