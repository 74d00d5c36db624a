//! Times of a submission: which are possible, and how exact they are kept.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use redress_feedback::{Refusal, ReportedHistory, Submission, check};

use crate::example::full_report;
use crate::submission::{full, now, plain, refusals, refused};

#[test]
fn a_time_that_is_filled_in_is_as_exact_as_all_stored_times() {
    let now: Timestamp = "2026-11-21T19:40:00.034523260Z".parse().unwrap();
    let checked = check(plain(), now).unwrap();
    let received_at = checked.feedback().received_at.to_string();
    assert_eq!(received_at, "2026-11-21T19:40:00.034523Z");
}

#[test]
fn times_are_possible_and_in_order() {
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    refused(
        |s| s.received_at = at("1969-12-31T23:59:59Z"),
        "received_at",
        "TIME_TOO_EARLY",
    );
    refused(
        |s| s.received_at = at("2026-11-21T19:45:01Z"),
        "received_at",
        "TIME_IN_THE_FUTURE",
    );
    check(
        Submission {
            received_at: at("2026-11-21T19:45:00Z"),
            ..plain()
        },
        now(),
    )
    .unwrap();
    refused(
        |s| s.aware_at = at("2026-11-22T00:00:00Z"),
        "aware_at",
        "TIME_IN_THE_FUTURE",
    );
    refused(
        |s| s.occurred_at = at("1899-12-31T00:00:00Z"),
        "occurred_at",
        "TIME_TOO_EARLY",
    );
    let early = at("2026-11-21T00:00:00Z");
    let late = at("2026-11-21T00:00:01Z");
    refused(
        |s| (s.received_at, s.occurred_at) = (early, late),
        "received_at",
        "TIME_BEFORE_OCCURRED",
    );
    refused(
        |s| (s.aware_at, s.occurred_at) = (early, late),
        "aware_at",
        "TIME_BEFORE_OCCURRED",
    );
    let reported = |acknowledged_at, closed_at| {
        Some(ReportedHistory {
            acknowledged_at,
            closed_at,
            ..full_report()
        })
    };
    refused(
        |s| (s.received_at, s.reported) = (late, reported(early, late)),
        "reported.acknowledged_at",
        "TIME_BEFORE_RECEIVED",
    );
    refused(
        |s| (s.received_at, s.reported) = (early, reported(late, at("2026-11-22T00:00:00Z"))),
        "reported.closed_at",
        "TIME_IN_THE_FUTURE",
    );
}

/// What becomes of a day, on which something is said to have happened, been received.
fn received(change: impl FnOnce(&mut Submission), now: &str) -> (Option<Date>, String) {
    let mut given = plain();
    change(&mut given);
    let checked = check(given, now.parse().unwrap()).unwrap();
    let feedback = checked.feedback();
    (feedback.received_on, feedback.received_at.to_string())
}

#[test]
fn a_day_stays_a_day_and_clocks_take_its_first_moment_in_utc() {
    let today = date(2026, 11, 21);
    let now = "2026-11-21T19:40:00Z";
    let (day, at) = received(|s| s.received_on = Some(today), now);
    assert_eq!((day, at.as_str()), (Some(today), "2026-11-21T00:00:00Z"));
    // However late it is told, it is the same: the same again is the same.
    let later = received(|s| s.received_on = Some(today), "2026-12-24T18:00:00Z");
    assert_eq!(later, (day, at));
    // Nobody said a day: none is made of a time.
    assert_eq!(received(|_| (), now), (None, now.to_owned()));

    let mut given = plain();
    given.occurred_on = Some(today);
    let checked = check(given, now.parse().unwrap()).unwrap();
    assert_eq!(checked.feedback().occurred_on, Some(today));
    assert_eq!(checked.feedback().occurred_at, None);
}

#[test]
fn a_day_of_receipt_is_not_before_it_happened_nor_after_it_was_told() {
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let (now, noon) = ("2026-11-21T19:40:00Z", "2026-11-21T12:00:00Z");
    let day = |day| Some(date(2026, 11, day));
    let same_day = |s: &mut Submission| (s.received_on, s.occurred_at) = (day(21), at(noon));
    assert_eq!(received(same_day, now), (day(21), noon.to_owned()));
    // In Tokyo it is the 22nd already.
    let tokyo = |s: &mut Submission| s.received_on = day(22);
    assert_eq!(received(tokyo, now), (day(22), now.to_owned()));
    // What was answered can be handed in again.
    let again = |s: &mut Submission| (s.received_on, s.received_at) = (day(22), at(now));
    let answer = received(again, "2026-12-24T18:00:00Z");
    assert_eq!(answer, (day(22), now.to_owned()));
}

#[test]
fn a_day_to_come_is_no_day_on_which_it_happened() {
    let mut given = plain();
    given.occurred_on = Some(date(2026, 11, 23));
    let found: Vec<_> = refusals(given).iter().map(Refusal::code).collect();
    assert_eq!(found, ["TIME_IN_THE_FUTURE", "TIME_BEFORE_OCCURRED"]);
}

#[test]
fn days_are_possible_and_in_order() {
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let day = |day| Some(date(2026, 11, day));
    refused(
        |s| s.received_on = day(23),
        "received_on",
        "TIME_IN_THE_FUTURE",
    );
    refused(
        |s| s.received_on = Some(Date::MAX),
        "received_on",
        "TIME_IN_THE_FUTURE",
    );
    refused(
        |s| s.received_on = Some(Date::MIN),
        "received_on",
        "TIME_TOO_EARLY",
    );
    refused(
        |s| s.occurred_on = Some(date(1899, 12, 31)),
        "occurred_on",
        "TIME_TOO_EARLY",
    );
    refused(
        |s| (s.occurred_on, s.received_on) = (day(20), day(19)),
        "received_on",
        "TIME_BEFORE_OCCURRED",
    );
    // It has begun in no time zone; an hour later it had in the first.
    let early = |s: &mut Submission| {
        (s.occurred_on, s.received_at) = (day(20), at("2026-11-19T09:59:59Z"));
    };
    refused(early, "received_at", "TIME_BEFORE_OCCURRED");
    let mut first = plain();
    (first.occurred_on, first.received_at) = (day(20), at("2026-11-19T10:00:00Z"));
    check(first, now()).unwrap();
    refused(
        |s| (s.occurred_at, s.received_on) = (at("2026-11-20T12:00:00Z"), day(18)),
        "received_on",
        "TIME_BEFORE_OCCURRED",
    );
    refused(
        |s| (s.occurred_at, s.occurred_on) = (at("2026-11-20T12:00:00Z"), day(20)),
        "occurred_on",
        "TIME_AND_DAY",
    );
    for other in ["2026-11-18T09:59:59Z", "2026-11-20T12:00:00Z"] {
        refused(
            |s| (s.received_on, s.received_at) = (day(19), at(other)),
            "received_at",
            "TIME_NOT_ON_DAY",
        );
    }
}

#[test]
fn every_time_is_kept_to_the_microsecond() {
    let fine = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let mut given = full();
    given.occurred_at = fine("2026-05-01T08:00:00.123456789Z");
    given.received_on = None;
    given.received_at = fine("2026-05-02T08:00:00.123456789Z");
    given.aware_at = fine("2026-05-03T08:00:00.000000001Z");
    if let Some(reported) = &mut given.reported {
        reported.acknowledged_at = fine("2026-05-04T08:00:00.999999999Z");
        reported.closed_at = fine("2026-05-05T08:00:00.123456001Z");
    }
    let kept = check(given, now()).unwrap().feedback().clone();
    assert_eq!(kept.occurred_at, fine("2026-05-01T08:00:00.123456Z"));
    assert_eq!(Some(kept.received_at), fine("2026-05-02T08:00:00.123456Z"));
    assert_eq!(kept.aware_at, fine("2026-05-03T08:00:00Z"));
    let reported = kept.reported.unwrap();
    assert_eq!(
        reported.acknowledged_at,
        fine("2026-05-04T08:00:00.999999Z")
    );
    assert_eq!(reported.closed_at, fine("2026-05-05T08:00:00.123456Z"));

    let now = "2026-11-21T19:40:00.123456789Z".parse().unwrap();
    let filled_in = check(plain(), now).unwrap().feedback().received_at;
    assert_eq!(Some(filled_in), fine("2026-11-21T19:40:00.123456Z"));
}
