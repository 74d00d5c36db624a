//! What the register takes, and what it refuses.

use redress_handler::{CODES, Command, Event, MAX_ABSENCES, State, decide};

use crate::{
    NOW, absent, at, decided, fold, grant, join, leave, name, present, register, registered,
    revoke, then,
};

fn limit(load_limit: Option<u32>) -> Command {
    Command::LimitLoad { load_limit }
}

fn retire() -> Command {
    Command::Retire { reason: None }
}

#[track_caller]
fn refused(given: &[Event], command: &Command) -> &'static str {
    decided(given, command).unwrap_err().code()
}

#[test]
fn somebody_is_registered_with_queues_in_their_order_and_each_once() {
    let given = then(&[], &register(&["b", "a", "b"]));
    let state = fold(&given);
    let queues: Vec<_> = state.handler().unwrap().queues.iter().collect();
    assert_eq!(queues, ["a", "b"]);
    let Event::Registered(e) = &given[0] else {
        panic!("{given:?}")
    };
    assert_eq!(e.queues, ["a", "b"]);
}

#[test]
fn queues_skills_and_limits_come_and_go() {
    let mut given = registered();
    for command in [
        join("lids"),
        leave("kettles"),
        limit(Some(5)),
        limit(None),
        grant("safety", None),
        grant("safety", Some("2027-01-01T00:00:00Z")),
        revoke("safety"),
        grant("safety", None),
    ] {
        given = then(&given, &command);
    }
    let state = fold(&given);
    let handler = state.handler().unwrap();
    assert!(handler.queues.iter().eq(["lids"]));
    assert!(handler.skills.keys().eq(["safety"]));
    assert_eq!(handler.load_limit, None);
}

#[test]
fn who_was_taken_out_begins_anew() {
    let given = then(&registered(), &grant("safety", None));
    let given = then(&given, &retire());
    assert_eq!(fold(&given), State::Retired);
    assert_eq!(refused(&given, &join("lids")), "HANDLER_NOT_FOUND");
    let given = then(&given, &register(&[]));
    assert!(fold(&given).handler().unwrap().skills.is_empty());
}

#[test]
fn an_absence_is_announced_replaced_and_ended() {
    let given = then(&registered(), &absent(None, Some("2026-04-01T00:00:00Z")));
    let until = |given: &[Event], time: &str| {
        let state = fold(given);
        let absence = state.handler().unwrap().absence(at(time));
        absence.map(|it| it.to.map(|to| to.to_string()))
    };
    assert_eq!(
        until(&given, NOW),
        Some(Some("2026-04-01T00:00:00Z".to_owned()))
    );
    // An end does not belong to it.
    assert_eq!(until(&given, "2026-04-01T00:00:00Z"), None);
    assert_eq!(until(&given, "2026-03-20T11:59:59Z"), None);
    let longer = then(&given, &absent(Some(NOW), None));
    assert_eq!(until(&longer, "2027-01-01T00:00:00Z"), Some(None));
    let back = then(&longer, &present(None));
    assert_eq!(until(&back, "2026-03-20T12:00:01Z"), None);
}

#[test]
fn an_absence_to_come_can_be_called_off() {
    let from = "2026-07-01T00:00:00Z";
    let given = then(&registered(), &absent(Some(from), None));
    assert_eq!(decided(&given, &present(None)), Ok(Vec::new()));
    let off = decided(&given, &present(Some(from))).unwrap();
    let state = fold(&[given, off].concat());
    assert!(state.handler().unwrap().absences.is_empty());
}

#[test]
fn of_many_absences_the_earliest_are_forgotten() {
    let mut given = registered();
    for minute in 0..=MAX_ABSENCES {
        let from = at("2026-05-01T00:00:00Z")
            + jiff::SignedDuration::from_mins(i64::try_from(minute).unwrap());
        let from = from.to_string();
        given = then(&given, &absent(Some(&from), None));
    }
    let state = fold(&given);
    let absences = &state.handler().unwrap().absences;
    assert_eq!(absences.len(), MAX_ABSENCES);
    assert!(!absences.contains_key(&at("2026-05-01T00:00:00Z")));
}

#[test]
fn a_name_is_given_once() {
    let named = Command::Register {
        name: Some(name()),
        queues: vec!["kettles".to_owned()],
        load_limit: None,
    };
    let given = decided(&[], &named).unwrap();
    assert_eq!(refused(&given, &named), "HANDLER_ALREADY_REGISTERED");
    assert_eq!(decided(&given, &register(&["kettles"])), Ok(Vec::new()));
}

#[test]
fn every_rule_is_named() {
    let given = registered();
    let many: Vec<String> = (0..=100).map(|n| format!("q{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let full = (0..100).fold(registered(), |given, n| {
        then(&given, &grant(&format!("s{n}"), None))
    });
    let all = [
        refused(&[], &join("lids")),
        refused(&given, &register(&["lids"])),
        refused(&given, &present(Some(NOW))),
        refused(&given, &absent(Some(NOW), Some(NOW))),
        refused(&given, &grant("safety", Some(NOW))),
        decide(
            &fold(&given),
            &retire(),
            Some(at("2026-03-20T12:05:01Z")),
            at(NOW),
        )
        .unwrap_err()
        .code(),
        refused(&given, &join("")),
        refused(&given, &grant("Jane Doe", None)),
        refused(&[], &register(&many)),
    ];
    assert_eq!(all, CODES);
    assert_eq!(refused(&full, &grant("one_more", None)), "FIELD_TOO_MANY");
    // One that is there already can be prolonged.
    then(&full, &grant("s1", Some("2027-01-01T00:00:00Z")));
}

#[test]
fn no_refusal_repeats_what_was_sent() {
    let said = decided(&registered(), &join("jane@example.org")).unwrap_err();
    assert!(!said.to_string().contains("jane"), "{said}");
}
