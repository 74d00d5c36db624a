//! Given events, when a submission, then events or a refusal.

use proptest::prelude::*;
use redress_feedback::{
    Answer, Command, Event, Feedback, ReportedHistory, ResponseClass, State, decide, evolve,
};

use crate::example::{bare_feedback, full_feedback, full_report};

fn fold(events: &[Event]) -> State {
    let mut state = State::default();
    for event in events {
        evolve(&mut state, event);
    }
    state
}

fn check(given: &[Event], when: Feedback, then: Result<Vec<Event>, &str>) {
    let decided = decide(&fold(given), &Command::Submit(Box::new(when)));
    match (decided, then) {
        (Ok(events), Ok(expected)) => assert_eq!(events, expected),
        (Err(refusal), Err(code)) => assert_eq!(refusal.code(), code, "{refusal}"),
        (decided, expected) => panic!("{decided:?} instead of {expected:?}"),
    }
}

fn received(feedback: &Feedback) -> Event {
    Event::Received(Box::new(feedback.clone()))
}

fn reported(feedback: &Feedback) -> Event {
    Event::HistoryReported(Box::new(feedback.clone()))
}

fn with_report(change: impl FnOnce(&mut ReportedHistory)) -> Feedback {
    let mut report = full_feedback().reported.unwrap();
    change(&mut report);
    Feedback {
        reported: Some(report),
        ..full_feedback()
    }
}

#[test]
fn the_first_submission_is_received() {
    let (full, bare) = (full_feedback(), bare_feedback());
    check(&[], full.clone(), Ok(vec![received(&full)]));
    check(&[], bare.clone(), Ok(vec![received(&bare)]));
}

#[test]
fn the_same_report_again_is_already_true() {
    let full = full_feedback();
    check(&[received(&full)], full.clone(), Ok(vec![]));
    let other = with_report(|report| report.digest = "f".repeat(32));
    let given = [received(&full), reported(&other)];
    check(&given, full, Ok(vec![]));
    check(&given, other, Ok(vec![]));
}

#[test]
fn another_report_is_recorded_even_when_it_is_the_older_one() {
    let full = full_feedback();
    let older = with_report(|report| {
        report.digest = "0".repeat(32);
        report.response_class = ResponseClass::InProgress;
    });
    let given = [received(&full)];
    check(&given, older.clone(), Ok(vec![reported(&older)]));
    let State::Received { effective, reports } = fold(&[received(&full), reported(&older)]) else {
        panic!("not received");
    };
    assert_eq!(effective, full.reported);
    assert_eq!(reports.len(), 2);
}

#[test]
fn an_item_that_was_received_by_hand_takes_a_report_later() {
    let (bare, full) = (bare_feedback(), full_feedback());
    check(&[received(&bare)], full.clone(), Ok(vec![reported(&full)]));
}

#[test]
fn an_item_is_received_only_once() {
    let bare = bare_feedback();
    check(
        &[received(&bare)],
        bare.clone(),
        Err("FEEDBACK_ALREADY_RECEIVED"),
    );
    check(
        &[received(&full_feedback())],
        bare,
        Err("FEEDBACK_ALREADY_RECEIVED"),
    );
}

#[test]
fn a_report_that_got_further_holds() {
    use ResponseClass::{ClosedWithRelief, InProgress, Unknown, UntimelyResponse};
    let report = |class, disputed| {
        let report = with_report(|report| {
            report.response_class = class;
            report.disputed = disputed;
        });
        report.reported.unwrap()
    };
    let in_order = [
        report(Unknown, Answer::Yes),
        report(InProgress, Answer::Unknown),
        report(UntimelyResponse, Answer::Unknown),
        report(ClosedWithRelief, Answer::Unknown),
        report(ClosedWithRelief, Answer::No),
        report(ClosedWithRelief, Answer::Yes),
    ];
    for pair in in_order.windows(2) {
        assert!(pair[0].rank() < pair[1].rank(), "{pair:?}");
    }
}

fn any_report() -> impl Strategy<Value = ReportedHistory> {
    use ResponseClass::{Closed, ClosedWithRelief, InProgress, Other, Unknown, UntimelyResponse};
    let classes = [
        Unknown,
        InProgress,
        Other,
        UntimelyResponse,
        Closed,
        ClosedWithRelief,
    ];
    let answers = [Answer::Unknown, Answer::No, Answer::Yes];
    (
        prop::sample::select(classes.to_vec()),
        prop::sample::select(answers.to_vec()),
        prop::option::of(1_i8..5),
        any::<bool>(),
        0_u8..40,
    )
        .prop_map(
            |(response_class, disputed, day, narrative, digest)| ReportedHistory {
                response_class,
                disputed,
                sent_to_company_on: day.map(|day| jiff::civil::date(2016, 1, day)),
                submitted_narrative: narrative,
                digest: format!("{digest:02x}").repeat(16),
                ..full_report()
            },
        )
}

/// Reports of one source with one digest are one report.
fn distinct(mut reports: Vec<ReportedHistory>) -> Vec<ReportedHistory> {
    reports.sort_by(|a, b| a.digest.cmp(&b.digest));
    reports.dedup_by(|a, b| a.digest == b.digest);
    reports
}

fn submit_all(reports: &[ReportedHistory]) -> (State, Vec<Event>) {
    let (mut state, mut history) = (State::default(), Vec::new());
    for report in reports {
        let feedback = Feedback {
            reported: Some(report.clone()),
            ..full_feedback()
        };
        let events = decide(&state, &Command::Submit(Box::new(feedback))).unwrap();
        for event in &events {
            evolve(&mut state, event);
        }
        history.extend(events);
    }
    (state, history)
}

/// What a view that keeps one row per item ends with.
fn facts(history: &[Event]) -> Option<&Feedback> {
    let mut facts: Option<&Feedback> = None;
    for event in history {
        let (Event::Received(next) | Event::HistoryReported(next)) = event else {
            continue;
        };
        if facts.is_none_or(|facts| facts.is_superseded_by(next)) {
            facts = Some(next);
        }
    }
    facts
}

proptest! {
    #[test]
    fn every_order_of_arrival_ends_at_the_same_report(
        (one, other) in prop::collection::vec(any_report(), 1..8)
            .prop_map(distinct)
            .prop_flat_map(|reports| (Just(reports.clone()), Just(reports).prop_shuffle())),
        repeats in any::<bool>(),
    ) {
        let other = if repeats { [other.clone(), other].concat() } else { other };
        let (state, history) = submit_all(&one);
        let (other_state, other_history) = submit_all(&other);
        prop_assert_eq!(&state, &other_state);
        prop_assert_eq!(history.len(), one.len());
        prop_assert_eq!(other_history.len(), one.len());
        let State::Received { effective, .. } = state else { panic!("not received") };
        let best = one.iter().max_by(|a, b| a.rank().cmp(&b.rank()));
        prop_assert_eq!(effective.as_ref(), best);
        prop_assert_eq!(facts(&history), facts(&other_history));
        prop_assert_eq!(facts(&history).unwrap().reported.as_ref(), best);
    }
}
