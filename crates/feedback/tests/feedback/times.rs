//! Times of a submission: which are possible, and how exact they are kept.

use jiff::Timestamp;
use redress_feedback::{ReportedHistory, Submission, check};

use crate::example::full_report;
use crate::submission::{full, now, plain, refused};

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

#[test]
fn every_time_is_kept_to_the_microsecond() {
    let fine = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let mut given = full();
    given.occurred_at = fine("2026-05-01T08:00:00.123456789Z");
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
