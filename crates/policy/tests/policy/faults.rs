//! The faults that the field's engines are known for, each by its name.

use jiff::SignedDuration;
use redress_policy::clock::{Clock, Deadline, Event, Retargeting, Status, Terms};
use redress_policy::{Basis, Calendar, ClockRefusal, due, elapsed};

use crate::case::{Book, NAME, at, calendar, london, pauses, so, started, target, terms};

const DECIDED: &str = "decision_communicated";

fn office() -> Book {
    Book::of(london())
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn with_lunch() -> Calendar {
    calendar(
        "Europe/London",
        &[0, 1, 2, 3, 4],
        &["09:00-12:00", "13:00-17:00"],
        &[],
    )
}

#[test]
fn a_pause_over_lunch_costs_only_the_working_time_in_it() {
    let found = |pause| {
        let from = at("2026-11-23T09:00:00Z");
        due(
            &with_lunch(),
            target("4 business hours"),
            from,
            &pauses(&[pause]),
        )
        .unwrap()
    };
    let without = at("2026-11-23T14:00:00Z");
    assert_eq!(
        found(("2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z")),
        without
    );
    assert_eq!(
        found(("2026-11-23T12:10:00Z", "2026-11-23T12:50:00Z")),
        without
    );
    let half_an_hour_later = at("2026-11-23T14:30:00Z");
    assert_eq!(
        found(("2026-11-23T11:30:00Z", "2026-11-23T13:00:00Z")),
        half_an_hour_later
    );
}

#[test]
fn several_windows_a_day_all_count_and_the_breaks_between_them_do_not() {
    let windows = ["06:00-07:15", "09:00-12:00", "12:45-17:00", "20:00-20:30"];
    let calendar = calendar("Europe/Amsterdam", &[0, 1, 2, 3, 4], &windows, &[]);
    let day = (at("2026-11-22T23:00:00Z"), at("2026-11-23T23:00:00Z"));
    let found = elapsed(&calendar, Basis::Business, day.0, day.1, &pauses(&[])).unwrap();
    assert_eq!(found, hours(9));
    let last = due(&calendar, target("9 business hours"), day.0, &pauses(&[])).unwrap();
    assert_eq!(last, at("2026-11-23T19:30:00Z"));
}

#[test]
fn a_pause_is_not_lost_when_the_policy_or_the_severity_changes() {
    let book = office().with("v2", "office", london());
    let mut clock = started("4 business hours", "2026-11-23T09:00:00Z", &book);
    let paused = clock.pause("awaiting_complainant", at("2026-11-23T10:00:00Z"));
    so(&mut clock, paused);
    // Another severity while it is paused, and another policy afterwards.
    let severity = clock.retarget(
        terms("6 business hours"),
        Retargeting::by("severity"),
        at("2026-11-23T10:30:00Z"),
        &book,
    );
    so(&mut clock, severity);
    let resumed = clock.resume("awaiting_complainant", at("2026-11-23T12:00:00Z"), &book);
    so(&mut clock, resumed);
    assert_eq!(clock.due_at(), Some(at("2026-11-23T17:00:00Z")));
    let later = Terms {
        policy: "v2".to_owned(),
        ..terms("2 business hours")
    };
    let policy = clock.retarget(
        later,
        Retargeting::by("severity"),
        at("2026-11-23T12:30:00Z"),
        &book,
    );
    so(&mut clock, policy);
    assert_eq!(clock.due_at(), Some(at("2026-11-23T13:00:00Z")));
    let used = clock.elapsed(at("2026-11-23T12:30:00Z"), &book).unwrap();
    assert_eq!(used, SignedDuration::from_mins(90));
}

#[test]
fn a_paused_clock_is_not_breached() {
    let book = office();
    let mut clock = started("4 business hours", "2026-11-23T09:00:00Z", &book);
    let paused = clock.pause("on_hold", at("2026-11-23T10:00:00Z"));
    so(&mut clock, paused);
    let much_later = at("2026-12-23T10:00:00Z");
    assert!(!clock.is_breached(much_later));
    assert_eq!(clock.due_at(), None);
    assert_eq!(clock.next_deadline(), None);
    assert_eq!(clock.tick(much_later), []);
    assert_eq!(clock.remaining(much_later, &book).unwrap(), hours(3));
    // Nor by a due date that was put by hand.
    let by_hand = clock.set_due_date(
        at("2026-11-24T10:00:00Z"),
        "agreed",
        at("2026-11-23T11:00:00Z"),
    );
    so(&mut clock, by_hand);
    assert!(!clock.is_breached(much_later));
    // What was late before the pause stays so.
    let mut late = started("1 business hour", "2026-11-23T09:00:00Z", &book);
    let paused = late.pause("on_hold", at("2026-11-23T10:00:01Z"));
    so(&mut late, paused);
    assert!(late.is_breached(much_later));
}

#[test]
fn what_was_solved_and_reopened_is_running_and_was_not_paused() {
    let book = office();
    let mut clock = started("4 business hours", "2026-11-23T09:00:00Z", &book);
    let solved = clock.stop_at(DECIDED, true, at("2026-11-23T11:00:00Z"), &book);
    so(&mut clock, solved);
    assert!(!clock.is_breached(at("2026-12-23T10:00:00Z")));
    let reopened = clock.go_on("reopened", at("2026-11-24T09:00:00Z"), &book);
    so(&mut clock, reopened);
    assert_eq!(clock.status(), Status::Running);
    assert_eq!(clock.pauses().as_slice(), []);
    assert_eq!(clock.due_at(), Some(at("2026-11-24T11:00:00Z")));
    assert!(clock.is_breached(at("2026-11-24T11:00:01Z")));
    // Begun anew, it has all of its time.
    let anew = Clock::start(
        NAME,
        "reopened",
        at("2026-11-24T09:00:00Z"),
        terms("4 business hours"),
        &book,
    );
    assert_eq!(anew.unwrap().due.due_at, at("2026-11-24T13:00:00Z"));
}

#[test]
fn a_due_date_put_by_hand_stays_where_it_was_put() {
    let book = office().with("v2", "office", london());
    let mut clock = started("4 business hours", "2026-11-23T09:00:00Z", &book);
    let by_hand = at("2026-11-30T12:00:00Z");
    let set = clock.set_due_date(by_hand, "agreed", at("2026-11-23T09:30:00Z"));
    so(&mut clock, set);
    let paused = clock.pause("on_hold", at("2026-11-23T10:00:00Z"));
    so(&mut clock, paused);
    assert_eq!(clock.due_at(), Some(by_hand));
    let resumed = clock.resume("on_hold", at("2026-11-24T10:00:00Z"), &book);
    so(&mut clock, resumed);
    let retargeted = clock.retarget(
        terms("1 business hour"),
        Retargeting::by("severity"),
        at("2026-11-24T11:00:00Z"),
        &book,
    );
    so(&mut clock, retargeted);
    let stopped = clock.stop_at(DECIDED, true, at("2026-11-24T12:00:00Z"), &book);
    so(&mut clock, stopped);
    let reopened = clock.go_on("reopened", at("2026-11-25T12:00:00Z"), &book);
    so(&mut clock, reopened);
    assert_eq!(clock.due_at(), Some(by_hand));
    assert!(
        clock
            .set_due_date(by_hand, "agreed", at("2026-11-25T12:00:00Z"))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn no_minute_is_lost_at_midnight_around_the_clock() {
    for zone in [
        "UTC",
        "Europe/London",
        "Asia/Kolkata",
        "America/New_York",
        "Pacific/Apia",
    ] {
        let always = Calendar::around_the_clock("always", zone).unwrap();
        let (from, to) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        let found = elapsed(&always, Basis::Business, from, to, &pauses(&[])).unwrap();
        assert_eq!(found, hours(365 * 24), "{zone}");
        let year = due(&always, target("8760 business hours"), from, &pauses(&[]));
        assert_eq!(year.unwrap(), to, "{zone}");
    }
}

#[test]
fn a_pause_moves_days_by_the_working_time_in_it_and_by_no_whole_day() {
    let found = |written, pause| {
        let from = at("2026-11-23T10:00:00Z");
        due(&london(), target(written), from, &pauses(&[pause])).unwrap()
    };
    let two_hours = ("2026-11-24T11:00:00Z", "2026-11-24T13:00:00Z");
    assert_eq!(
        found("2 business days", two_hours),
        at("2026-11-25T12:00:00Z")
    );
    assert_eq!(
        found("2 calendar days", two_hours),
        at("2026-11-25T12:00:00Z")
    );
    assert_eq!(
        found("close of the 2nd business day", two_hours),
        at("2026-11-26T11:00:00Z")
    );
    let a_day = ("2026-11-24T11:00:00Z", "2026-11-25T11:00:00Z");
    assert_eq!(found("2 business days", a_day), at("2026-11-26T10:00:00Z"));
    let a_night = ("2026-11-24T17:00:00Z", "2026-11-25T09:00:00Z");
    assert_eq!(
        found("2 business days", a_night),
        at("2026-11-25T10:00:00Z")
    );
    let a_weekend = ("2026-11-27T18:00:00Z", "2026-11-30T08:00:00Z");
    assert_eq!(
        found("5 business days", a_weekend),
        at("2026-11-30T10:00:00Z")
    );
}

#[test]
fn the_time_zone_of_whoever_asks_makes_no_breach() {
    let book = office();
    let clock = started("5 business days", "2026-11-23T10:00:00Z", &book);
    // The same moment, as it is written in Auckland, London and Los Angeles.
    for now in [
        "2026-11-30T22:59:00+13:00",
        "2026-11-30T09:59:00+00:00",
        "2026-11-30T01:59:00-08:00",
    ] {
        assert!(!clock.is_breached(at(now)), "{now}");
        assert_eq!(
            clock.remaining(at(now), &book).unwrap(),
            SignedDuration::from_mins(1)
        );
    }
    assert!(!clock.is_breached(at("2026-11-30T10:00:00Z")));
    assert!(clock.is_breached(at("2026-11-30T10:00:00.000001Z")));
}

#[test]
fn a_new_policy_moves_no_old_clock() {
    let all_week = calendar(
        "Europe/London",
        &[0, 1, 2, 3, 4, 5, 6],
        &["00:00-24:00"],
        &[],
    );
    let book = office().with("v2", "office", all_week);
    let mut clock = started("8 business hours", "2026-11-23T09:00:00Z", &book);
    let paused = clock.pause("on_hold", at("2026-11-23T16:00:00Z"));
    so(&mut clock, paused);
    // It is still counted with the calendar of its own version, of the same name.
    let resumed = clock.resume("on_hold", at("2026-11-23T17:00:00Z"), &book);
    so(&mut clock, resumed);
    assert_eq!(clock.due_at(), Some(at("2026-11-24T10:00:00Z")));
    assert_eq!(clock.terms().policy, "v1");
    // And where that is not at hand, nothing is guessed.
    let only_new = Book::default().with("v2", "office", london());
    let refused = clock
        .elapsed(at("2026-11-24T10:00:00Z"), &only_new)
        .unwrap_err();
    assert_eq!(refused.code(), "CALENDAR_UNKNOWN");
    // What was promised needs no calendar.
    assert!(clock.is_breached(at("2026-11-24T10:00:01Z")));
}

#[test]
fn a_paused_clock_that_is_resolved_directly_counts_its_pause_once() {
    let book = office();
    let mut clock = started("4 business hours", "2026-11-23T09:00:00Z", &book);
    for (cause, since) in [("on_hold", "10:00"), ("awaiting_complainant", "10:30")] {
        let paused = clock.pause(cause, at(&format!("2026-11-23T{since}:00Z")));
        so(&mut clock, paused);
    }
    let resolved = clock.stop_at(DECIDED, true, at("2026-11-23T16:00:00Z"), &book);
    so(&mut clock, resolved);
    let later = at("2026-11-30T16:00:00Z");
    assert!(!clock.is_breached(later));
    assert_eq!(clock.elapsed(later, &book).unwrap(), hours(1));
    assert_eq!(clock.pauses().as_slice().len(), 2);
    let reopened = clock.go_on("reopened", at("2026-11-24T09:00:00Z"), &book);
    so(&mut clock, reopened);
    assert_eq!(clock.due_at(), Some(at("2026-11-24T12:00:00Z")));
}

#[test]
fn warnings_come_in_their_order_and_move_with_the_pauses() {
    let book = office();
    let warned = Terms {
        warn_at_percent: vec![50, 75],
        ..terms("4 business hours")
    };
    let start = Clock::start(NAME, "received", at("2026-11-23T09:00:00Z"), warned, &book);
    let mut clock = Clock::new(&start.unwrap());
    let next = |clock: &Clock| match clock.next_deadline() {
        Some(Deadline::Warning(it)) => format!("{} % at {}", it.percent, it.at),
        Some(Deadline::Due { at }) => format!("due at {at}"),
        None => "nothing".to_owned(),
    };
    assert_eq!(next(&clock), "50 % at 2026-11-23T11:00:00Z");
    tell(&mut clock, "2026-11-23T11:00:00Z", "warned 50");
    let paused = clock.pause("on_hold", at("2026-11-23T11:30:00Z"));
    so(&mut clock, paused);
    assert_eq!(next(&clock), "nothing");
    let resumed = clock.resume("on_hold", at("2026-11-23T12:30:00Z"), &book);
    so(&mut clock, resumed);
    assert_eq!(next(&clock), "75 % at 2026-11-23T13:00:00Z");
    tell(&mut clock, "2026-11-23T12:59:59Z", "");
    tell(&mut clock, "2026-11-23T13:00:00Z", "warned 75");
    assert_eq!(next(&clock), "due at 2026-11-23T14:00:00Z");
    tell(&mut clock, "2026-11-23T14:00:00Z", "");
    tell(&mut clock, "2026-11-23T14:00:01Z", "breached");
    assert_eq!(next(&clock), "nothing");
    tell(&mut clock, "2026-12-23T14:00:00Z", "");
}

/// What the time alone brings about, once.
#[track_caller]
fn tell(clock: &mut Clock, now: &str, expected: &str) {
    let told = clock.tick(at(now));
    let words: Vec<String> = told
        .iter()
        .map(|event| match event {
            Event::Warned(it) => format!("warned {}", it.percent),
            Event::Breached(_) => "breached".to_owned(),
            Event::Started(_)
            | Event::Paused(_)
            | Event::Resumed(_)
            | Event::Retargeted(_)
            | Event::DueDateSet(_)
            | Event::DueDateCleared(_)
            | Event::Stopped(_)
            | Event::Continued(_) => panic!("time alone does not do that: {event:?}"),
        })
        .collect();
    assert_eq!(words.join(", "), expected, "by {now}");
    for event in &told {
        clock.evolve(event);
    }
}

#[test]
fn after_a_week_of_downtime_everything_is_told_once_and_with_its_time() {
    let book = office();
    let warned = Terms {
        warn_at_percent: vec![50, 75],
        ..terms("4 business hours")
    };
    let start = Clock::start(NAME, "received", at("2026-11-23T09:00:00Z"), warned, &book);
    let mut clock = Clock::new(&start.unwrap());
    let times: Vec<_> = clock
        .tick(at("2026-11-30T09:00:00Z"))
        .iter()
        .map(Event::occurred_at)
        .collect();
    let expected = [
        "2026-11-23T11:00:00Z",
        "2026-11-23T12:00:00Z",
        "2026-11-23T13:00:00Z",
    ];
    assert_eq!(times, expected.map(at));
    // Of a pause that came afterwards nobody has heard in time, and what was before it is told still.
    let paused = clock.pause("on_hold", at("2026-11-23T12:30:00Z"));
    so(&mut clock, paused);
    tell(&mut clock, "2026-11-30T09:00:00Z", "warned 50, warned 75");
    assert_eq!(clock.next_deadline(), None);
    let resumed = clock.resume("on_hold", at("2026-11-30T09:00:00Z"), &book);
    so(&mut clock, resumed);
    tell(&mut clock, "2026-11-30T09:30:00Z", "");
    tell(&mut clock, "2026-11-30T09:30:01Z", "breached");
    // A promise that is moved on can be broken again.
    let longer = clock.retarget(
        terms("8 business hours"),
        Retargeting::by("extended"),
        at("2026-11-30T10:00:00Z"),
        &book,
    );
    so(&mut clock, longer);
    tell(&mut clock, "2026-11-30T13:30:01Z", "breached");
}

#[test]
fn what_stopped_it_before_a_pause_that_was_recorded_counts_from_then() {
    let book = office();
    let mut clock = started("4 business hours", "2026-11-23T09:00:00Z", &book);
    let paused = clock.pause("on_hold", at("2026-11-23T14:00:00Z"));
    so(&mut clock, paused);
    tell(&mut clock, "2026-11-24T09:00:00Z", "breached");
    // The letter had gone out in time; it is heard of the day after.
    let stopped = clock
        .stop_at(DECIDED, true, at("2026-11-23T13:00:00Z"), &book)
        .unwrap();
    let Event::Stopped(it) = &stopped[0] else {
        panic!("{stopped:?}")
    };
    assert!(it.is_in_time && it.is_fulfilled);
    assert_eq!(it.due.due_at, at("2026-11-23T13:00:00Z"));
    so(&mut clock, Ok(stopped));
    assert!(!clock.is_breached(at("2026-11-25T09:00:00Z")));
    assert_eq!(clock.pauses().as_slice(), []);
    assert_eq!(
        clock.elapsed(at("2026-11-25T09:00:00Z"), &book),
        Ok(hours(4))
    );
}

#[test]
fn a_due_date_put_by_hand_can_be_taken_back() {
    let book = office();
    let mut clock = started("4 business hours", "2026-11-23T09:00:00Z", &book);
    let later = at("2026-11-23T10:00:00Z");
    assert_eq!(clock.clear_due_date("mistaken", later), Ok(Vec::new()));
    let set = clock.set_due_date(at("2026-12-24T12:00:00Z"), "agreed", later);
    so(&mut clock, set);
    let cleared = clock.clear_due_date("mistaken", later);
    so(&mut clock, cleared);
    assert!(!clock.is_manual());
    assert_eq!(clock.due_at(), Some(at("2026-11-23T13:00:00Z")));
}

#[test]
fn what_cannot_be_done_to_a_clock_is_refused_by_name_and_what_is_so_already_is_nothing_new() {
    let book = office();
    let mut clock = started("4 business hours", "2026-11-23T09:00:00Z", &book);
    let code = |decided: Result<_, ClockRefusal>| decided.map(|_| ()).unwrap_err().code();
    assert_eq!(
        code(clock.pause("on_hold", at("2026-11-23T08:00:00Z"))),
        "OCCURRED_BEFORE_CLOCK"
    );
    assert_eq!(
        clock.resume("on_hold", at("2026-11-23T10:00:00Z"), &book),
        Ok(Vec::new())
    );
    let same = clock.retarget(
        terms("4 business hours"),
        Retargeting::by("severity"),
        at("2026-11-23T10:00:00Z"),
        &book,
    );
    assert_eq!(same, Ok(Vec::new()));
    let paused = clock.pause("on_hold", at("2026-11-23T10:00:00Z"));
    so(&mut clock, paused);
    assert_eq!(
        clock.pause("on_hold", at("2026-11-23T10:30:00Z")),
        Ok(Vec::new())
    );
    assert_eq!(
        code(clock.resume("on_hold", at("2026-11-23T09:30:00Z"), &book)),
        "OCCURRED_BEFORE_CLOCK"
    );
    assert_eq!(
        code(clock.stop_at(DECIDED, true, at("2026-11-23T08:30:00Z"), &book)),
        "OCCURRED_BEFORE_CLOCK"
    );
    let stopped = clock.stop_at(DECIDED, true, at("2026-11-23T11:00:00Z"), &book);
    so(&mut clock, stopped);
    assert_eq!(
        clock.stop_at(DECIDED, true, at("2026-11-23T12:00:00Z"), &book),
        Ok(Vec::new())
    );
    assert_eq!(
        code(clock.pause("on_hold", at("2026-11-23T12:00:00Z"))),
        "CLOCK_STOPPED"
    );
    assert_eq!(
        code(clock.retarget(
            terms("1 month"),
            Retargeting::by("severity"),
            at("2026-11-23T12:00:00Z"),
            &book
        )),
        "CLOCK_STOPPED"
    );
    assert_eq!(
        code(clock.go_on("reopened", at("2026-11-23T10:30:00Z"), &book)),
        "OCCURRED_BEFORE_CLOCK"
    );
}

#[test]
fn an_explanation_shows_a_promise_that_would_be_another_one_today() {
    let book = office();
    let mut start = Clock::start(
        NAME,
        "reopened",
        at("2026-11-23T09:00:00Z"),
        terms("4 business hours"),
        &book,
    )
    .unwrap();
    start.due.due_at = at("2026-11-23T12:00:00Z");
    start.due.engine.tz_data = "1999a".to_owned();
    let clock = Clock::new(&start);
    let explained = clock.explain(at("2026-11-23T11:00:00Z"), &book).unwrap();
    assert_eq!(explained.promised, Some(at("2026-11-23T12:00:00Z")));
    assert_eq!(explained.promised_by.tz_data, "1999a");
    assert_eq!(explained.recomputed.due_at, at("2026-11-23T13:00:00Z"));
    assert_eq!((explained.elapsed, explained.budget), (hours(2), hours(4)));
    assert_eq!(clock.due_at(), Some(at("2026-11-23T12:00:00Z")));
}

#[test]
fn the_events_of_a_clock_are_stored_in_words() {
    let book = office();
    let clock = started("5 business days", "2026-11-23T09:00:00Z", &book);
    let paused = clock.pause("on_hold", at("2026-11-23T10:00:00Z")).unwrap();
    let Event::Paused(paused) = &paused[0] else {
        panic!("{paused:?}")
    };
    let json = serde_json::to_string(paused).unwrap();
    assert_eq!(
        json,
        r#"{"clock":"ours/final_response","cause":"on_hold","occurred_at":"2026-11-23T10:00:00Z"}"#
    );
    let start = Clock::start(
        "ours/acknowledge",
        "received",
        at("2026-11-23T10:00:00Z"),
        terms("1 business day"),
        &book,
    )
    .unwrap();
    let json = serde_json::to_string(&start).unwrap();
    let data = redress_policy::tz_data_version();
    let expected = [
        r#"{"clock":"ours/acknowledge","by":"received","occurred_at":"2026-11-23T10:00:00Z","#,
        r#""terms":{"policy":"v1","target":"1 business day","calendar":"office"},"#,
        r#""due":{"due_at":"2026-11-24T10:00:00Z","engine":{"version":1,"tz_data":""#,
        data,
        r#""}}}"#,
    ];
    assert_eq!(json, expected.concat());
    assert_eq!(
        serde_json::from_str::<redress_policy::clock::event::Started>(&json).unwrap(),
        start
    );
}
