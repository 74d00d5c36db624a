//! When things happened.

use super::given::{RECEIVED_AT, communicated, received};
use super::{NOW, check, check_refused, time};
use crate::command::{Acknowledge, FulfilRemedy};
use crate::event::RemedyFulfilled;
use crate::{Event, Rules, decide};

fn acknowledge(occurred_at: Option<&str>) -> Acknowledge {
    Acknowledge {
        channel: "phone".to_owned(),
        occurred_at: occurred_at.map(time),
    }
}

fn occurred(when: Acknowledge, at: &str) -> jiff::Timestamp {
    let state = super::fold(&received());
    let events = decide(&state, &when.into(), &Rules::default(), time(at)).unwrap();
    let [Event::Acknowledged(e)] = &events[..] else {
        panic!("one acknowledgement, not {events:?}");
    };
    e.occurred_at
}

#[test]
fn nothing_happened_before_the_complaint_was_received() {
    let early = acknowledge(Some("2026-03-01T08:59:59Z"));
    let refusal = check_refused(&received(), early, "OCCURRED_BEFORE_RECEIVED");
    assert_eq!(refusal.field(), Some("occurred_at"));
    let at_once = acknowledge(Some(RECEIVED_AT));
    assert_eq!(occurred(at_once, NOW), time(RECEIVED_AT));
}

#[test]
fn nothing_happened_in_the_future_but_for_five_minutes_of_clock_difference() {
    let late = acknowledge(Some("2026-03-20T12:05:00.000001Z"));
    check_refused(&received(), late, "OCCURRED_IN_FUTURE");
    let ahead = "2026-03-20T12:05:00Z";
    assert_eq!(occurred(acknowledge(Some(ahead)), NOW), time(ahead));
}

#[test]
fn without_a_time_a_clock_that_is_behind_makes_no_step_early() {
    let behind = "2026-03-01T08:59:00Z";
    assert_eq!(occurred(acknowledge(None), behind), time(RECEIVED_AT));
}

#[test]
fn a_time_from_the_clock_has_whole_microseconds_as_the_record_has() {
    let now = "2026-03-20T12:00:00.123456789Z";
    let whole = time("2026-03-20T12:00:00.123457Z");
    assert_eq!(occurred(acknowledge(None), now), whole);
}

/// Given a time with nanoseconds, when a step is said to have happened then, then whole microseconds are
/// recorded, and the same time again is a repeat.
#[test]
fn a_time_that_is_given_has_whole_microseconds_too() {
    let given = "2026-03-20T11:00:00.123456789Z";
    let whole = time("2026-03-20T11:00:00.123456Z");
    assert_eq!(occurred(acknowledge(Some(given)), NOW), whole);
    let fulfil = FulfilRemedy {
        remedy: 1,
        occurred_at: Some(time(given)),
    };
    let fulfilled = Event::RemedyFulfilled(RemedyFulfilled {
        remedy: 1,
        occurred_at: whole,
    });
    check(&communicated(), fulfil.clone(), Ok(vec![fulfilled.clone()]));
    check(
        &[communicated(), vec![fulfilled]].concat(),
        fulfil,
        Ok(vec![]),
    );
}
