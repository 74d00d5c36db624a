//! What each target means, one rule a test.

use redress_policy::{Basis, Calendar, TargetError, Why, due, elapsed, explain};

use crate::case::{at, calendar, london, pauses, target};

#[track_caller]
fn check(calendar: &Calendar, written: &str, from: &str, expected: &str) {
    let due = due(calendar, target(written), at(from), &pauses(&[])).unwrap();
    assert_eq!(due, at(expected), "{written} from {from}");
}

#[test]
fn a_budget_that_ends_exactly_at_closing_time_is_due_at_closing_time() {
    let london = london();
    // 2026-11-23 is a Monday.
    check(
        &london,
        "8 business hours",
        "2026-11-23T09:00:00Z",
        "2026-11-23T17:00:00Z",
    );
    check(
        &london,
        "480 business minutes",
        "2026-11-22T10:00:00Z",
        "2026-11-23T17:00:00Z",
    );
    check(
        &london,
        "16 business hours",
        "2026-11-23T09:00:00Z",
        "2026-11-24T17:00:00Z",
    );
    check(
        &london,
        "481 business minutes",
        "2026-11-23T09:00:00Z",
        "2026-11-24T09:01:00Z",
    );
}

#[test]
fn business_days_keep_the_time_of_day_and_do_not_count_the_day_of_the_start() {
    let london = london();
    check(
        &london,
        "1 business day",
        "2026-11-23T11:30:00Z",
        "2026-11-24T11:30:00Z",
    );
    check(
        &london,
        "5 business days",
        "2026-11-26T11:30:00Z",
        "2026-12-03T11:30:00Z",
    );
    // Over Christmas: Friday and Monday are off.
    check(
        &london,
        "1 business day",
        "2026-12-24T11:30:00Z",
        "2026-12-29T11:30:00Z",
    );
}

#[test]
fn business_days_from_outside_working_time_end_at_opening_or_closing() {
    let london = london();
    check(
        &london,
        "1 business day",
        "2026-11-23T06:00:00Z",
        "2026-11-24T09:00:00Z",
    );
    check(
        &london,
        "1 business day",
        "2026-11-23T09:00:00Z",
        "2026-11-24T09:00:00Z",
    );
    check(
        &london,
        "1 business day",
        "2026-11-23T17:00:00Z",
        "2026-11-24T17:00:00Z",
    );
    check(
        &london,
        "1 business day",
        "2026-11-23T20:00:00Z",
        "2026-11-24T17:00:00Z",
    );
    // A weekend has no working time of day.
    check(
        &london,
        "1 business day",
        "2026-11-22T10:00:00Z",
        "2026-11-23T17:00:00Z",
    );
    check(
        &london,
        "2 business days",
        "2026-12-25T10:00:00Z",
        "2026-12-30T17:00:00Z",
    );
    let lunch = calendar(
        "Europe/London",
        &[0, 1, 2, 3, 4],
        &["09:00-12:00", "13:00-17:00"],
        &[],
    );
    check(
        &lunch,
        "1 business day",
        "2026-11-23T12:30:00Z",
        "2026-11-24T12:00:00Z",
    );
    check(
        &lunch,
        "1 business day",
        "2026-11-23T13:00:00Z",
        "2026-11-24T13:00:00Z",
    );
}

#[test]
fn the_close_of_a_business_day_is_when_work_ends_on_it() {
    let london = london();
    let third = "close of the 3rd business day";
    check(
        &london,
        third,
        "2026-11-23T09:00:00Z",
        "2026-11-26T17:00:00Z",
    );
    check(
        &london,
        third,
        "2026-11-23T23:00:00Z",
        "2026-11-26T17:00:00Z",
    );
    check(
        &london,
        third,
        "2026-11-21T12:00:00Z",
        "2026-11-25T17:00:00Z",
    );
    check(
        &london,
        third,
        "2026-12-23T12:00:00Z",
        "2026-12-30T17:00:00Z",
    );
}

#[test]
fn calendar_days_weeks_and_months_keep_the_local_time_of_day() {
    let london = london();
    // Clocks go forward on 2026-03-29 and back on 2026-10-25.
    check(
        &london,
        "15 calendar days",
        "2026-03-20T12:00:00Z",
        "2026-04-04T11:00:00Z",
    );
    check(
        &london,
        "8 weeks",
        "2026-03-02T09:00:00Z",
        "2026-04-27T08:00:00Z",
    );
    check(
        &london,
        "1 month",
        "2026-10-20T08:00:00Z",
        "2026-11-20T09:00:00Z",
    );
    check(
        &london,
        "1 month",
        "2026-01-31T10:00:00Z",
        "2026-02-28T10:00:00Z",
    );
    check(
        &london,
        "3 months",
        "2027-11-30T10:00:00Z",
        "2028-02-29T10:00:00Z",
    );
    // Hours are hours, whatever the clocks do.
    check(
        &london,
        "48 calendar hours",
        "2026-03-28T12:00:00Z",
        "2026-03-30T12:00:00Z",
    );
    // A time that clocks jump over.
    check(
        &london,
        "1 calendar day",
        "2026-03-28T01:30:00Z",
        "2026-03-29T01:30:00Z",
    );
}

#[test]
fn a_window_over_a_change_of_the_clocks_has_the_hours_that_there_are() {
    let night = calendar(
        "Europe/London",
        &[0, 1, 2, 3, 4, 5, 6],
        &["00:00-04:00"],
        &[],
    );
    let hours = |from: &str, to: &str| {
        let elapsed = elapsed(&night, Basis::Business, at(from), at(to), &pauses(&[])).unwrap();
        elapsed.as_secs() / 3600
    };
    assert_eq!(hours("2026-03-28T22:00:00Z", "2026-03-29T22:00:00Z"), 3);
    assert_eq!(hours("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z"), 5);
    assert_eq!(hours("2026-10-25T22:00:00Z", "2026-10-26T22:00:00Z"), 4);
    // The window begins in the hour that comes twice.
    let early = calendar("Europe/London", &[6], &["01:30-02:30"], &[]);
    let spans = explain(
        &early,
        Basis::Business,
        at("2026-10-25T00:00:00Z"),
        at("2026-10-25T03:00:00Z"),
        &pauses(&[]),
    );
    let working: Vec<_> = spans
        .unwrap()
        .into_iter()
        .filter(|it| it.why.counts())
        .collect();
    assert_eq!(working.len(), 2);
    assert_eq!(
        (working[0].from, working[0].to),
        (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:00:00Z"))
    );
    assert_eq!(
        (working[1].from, working[1].to),
        (at("2026-10-25T01:30:00Z"), at("2026-10-25T02:30:00Z"))
    );
}

#[test]
fn an_explanation_is_all_of_the_time_and_why() {
    let spans = explain(
        &london(),
        Basis::Business,
        at("2026-12-24T16:00:00Z"),
        at("2026-12-29T12:00:00Z"),
        &pauses(&[("2026-12-29T10:00:00Z", "2026-12-29T11:00:00Z")]),
    )
    .unwrap();
    let told: Vec<String> = spans
        .iter()
        .map(|it| format!("{} {}", it.to, it.why.code()))
        .collect();
    assert_eq!(
        told,
        [
            "2026-12-24T17:00:00Z working",
            "2026-12-25T00:00:00Z outside_hours",
            "2026-12-26T00:00:00Z holiday",
            "2026-12-28T00:00:00Z day_off",
            "2026-12-29T00:00:00Z holiday",
            "2026-12-29T09:00:00Z outside_hours",
            "2026-12-29T10:00:00Z working",
            "2026-12-29T11:00:00Z paused",
            "2026-12-29T12:00:00Z working",
        ]
    );
    let named = Why::Holiday {
        date: "2026-12-25".parse().unwrap(),
        name: "a holiday".to_owned(),
    };
    assert_eq!(spans[2].why, named);
}

#[test]
fn what_overlaps_is_left_out_once_and_has_both_causes() {
    let both = pauses(&[
        ("2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z"),
        ("2026-11-23T11:00:00Z", "2026-11-23T14:00:00Z"),
        ("2026-11-23T11:30:00Z", "2026-11-23T11:40:00Z"),
    ]);
    let found = due(
        &london(),
        target("2 business hours"),
        at("2026-11-23T09:00:00Z"),
        &both,
    );
    assert_eq!(found.unwrap(), at("2026-11-23T15:00:00Z"));
}

#[test]
fn a_target_reads_as_it_is_written() {
    for text in [
        "1 business minute",
        "90 calendar minutes",
        "4 business hours",
        "5 business days",
        "1 calendar day",
        "8 weeks",
        "1 month",
        "close of the 1st business day",
        "close of the 3rd business day",
        "close of the 12th business day",
        "close of the 22nd business day",
    ] {
        assert_eq!(target(text).to_string(), text);
        let json = serde_json::to_string(&target(text)).unwrap();
        assert_eq!(json, format!("\"{text}\""));
    }
    assert_eq!(
        target("Close of 3rd business day"),
        target("close of the 3 business day")
    );
}

#[test]
fn a_target_that_cannot_be_read_says_how_to_write_it() {
    let refused = |text: &str| text.parse::<redress_policy::Target>().unwrap_err();
    for text in [
        "",
        "soon",
        "days",
        "5 business",
        "five business days",
        "-1 business day",
        "5 fortnights",
        "close of the 3th business day",
        "close of the nd business day",
        "5 business days or so",
    ] {
        assert!(
            matches!(refused(text), TargetError::Malformed { .. }),
            "{text}"
        );
    }
    let says =
        "`5 days` does not say which time counts; write `5 business days` or `5 calendar days`";
    assert_eq!(refused("5 days").to_string(), says);
    assert!(matches!(
        refused("2 business weeks"),
        TargetError::BusinessWeeks { .. }
    ));
    for text in [
        "0 business days",
        "1000001 weeks",
        "99999999999 calendar hours",
    ] {
        assert!(
            matches!(refused(text), TargetError::AmountOutOfRange { .. }),
            "{text}"
        );
    }
}

#[test]
fn what_lies_outside_of_the_years_is_refused_and_never_counted_for_ever() {
    let (london, none) = (london(), pauses(&[]));
    let due = |written: &str, from: &str| due(&london, target(written), at(from), &none);
    assert_eq!(
        due("1 month", "1969-12-31T23:59:59Z").unwrap_err().what,
        "the start"
    );
    assert_eq!(
        due("1 month", "2100-01-01T00:00:00Z").unwrap_err().what,
        "the start"
    );
    for written in [
        "1000000 business days",
        "1000000 business hours",
        "1000000 calendar days",
        "1000000 weeks",
        "1000000 months",
        "close of the 1000000th business day",
    ] {
        assert_eq!(
            due(written, "2026-01-01T00:00:00Z").unwrap_err().what,
            "the due time"
        );
    }
    // A pause without an end in sight.
    let ever = pauses(&[("2026-01-05T10:00:00Z", "9999-01-01T00:00:00Z")]);
    let due = redress_policy::due(
        &london,
        target("1 business day"),
        at("2026-01-05T09:00:00Z"),
        &ever,
    );
    assert_eq!(due.unwrap_err().what, "the due time");
}
