//! Who may take a duty: held against a naive reading of the rules.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use redress_handler::duty::Reason;
use redress_handler::{Event, State, Unfit, Wanted};

use crate::{NOW, absent, at, fold, grant, registered, revoke, then};

fn wanted<'a>(queue: &'a str, skills: &'a [String]) -> Wanted<'a> {
    Wanted {
        queue: Some(queue),
        skills,
        is_registered: true,
    }
}

#[track_caller]
fn unfit(given: &[Event], queue: &str, skills: &[&str], time: &str) -> Option<Unfit> {
    let skills: Vec<String> = skills.iter().map(|it| (*it).to_owned()).collect();
    fold(given).unfit(&wanted(queue, &skills), at(time))
}

#[test]
fn a_skill_counts_until_it_expires_and_not_at_that_moment() {
    let given = then(
        &registered(),
        &grant("safety", Some("2026-04-01T00:00:00Z")),
    );
    let ask = |time| unfit(&given, "kettles", &["safety"], time);
    assert_eq!(ask("2026-03-31T23:59:59.999999Z"), None);
    let expired = Unfit::SkillExpired {
        skill: "safety".to_owned(),
        expired_at: at("2026-04-01T00:00:00Z"),
    };
    assert_eq!(ask("2026-04-01T00:00:00Z"), Some(expired));
    let revoked = then(&given, &revoke("safety"));
    let missing = Unfit::SkillMissing {
        skill: "safety".to_owned(),
    };
    assert_eq!(unfit(&revoked, "kettles", &["safety"], NOW), Some(missing));
}

#[test]
fn what_is_wrong_first_is_told() {
    let given = then(&registered(), &absent(None, Some("2026-04-01T00:00:00Z")));
    let until = Some(at("2026-04-01T00:00:00Z"));
    assert_eq!(
        unfit(&given, "lids", &["safety"], NOW),
        Some(Unfit::Absent { until })
    );
    let later = unfit(&given, "lids", &["safety"], "2026-04-01T00:00:00Z").unwrap();
    assert_eq!(later.reason(), Reason::NotInQueue);
}

#[test]
fn who_is_in_no_register_will_do_where_no_policy_routes() {
    let anybody = Wanted::default();
    assert_eq!(State::NotRegistered.unfit(&anybody, at(NOW)), None);
    assert_eq!(
        State::Retired.unfit(&anybody, at(NOW)),
        Some(Unfit::Retired)
    );
    assert_eq!(unfit(&[], "kettles", &[], NOW), Some(Unfit::NotRegistered));
}

fn minutes(n: i64) -> Timestamp {
    at("2026-03-20T12:00:00Z") + SignedDuration::from_mins(n)
}

proptest! {
    /// Absences as people keep them in a book: minute by minute.
    #[test]
    fn a_person_is_absent_in_every_minute_that_an_absence_covers_and_in_no_other(
        absences in prop::collection::vec((0_i64..50, prop::option::of(1_i64..20)), 0..6),
        asked in 0_i64..80,
    ) {
        let mut given = registered();
        let mut book = std::collections::BTreeMap::new();
        for (from, long) in absences {
            let to = long.map(|long| from + long);
            let text = |n| minutes(n).to_string();
            let (begin, end) = (text(from), to.map(text));
            let command = absent(Some(&begin), end.as_deref());
            let events = crate::decided(&given, &command).unwrap();
            given.extend(events);
            book.insert(from, to);
        }
        let covers = |(from, to): (&i64, &Option<i64>)| {
            *from <= asked && to.is_none_or(|to| asked < to)
        };
        let naive = book.iter().filter(|(from, to)| covers((from, to)));
        let until = naive.map(|(_, to)| *to).max_by_key(|to| to.unwrap_or(i64::MAX));
        let found = fold(&given).unfit(&wanted("kettles", &[]), minutes(asked));
        let expected = until.map(|until| Unfit::Absent { until: until.map(minutes) });
        prop_assert_eq!(found, expected);
    }
}
