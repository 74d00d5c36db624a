//! Who is chosen, and what is kept of the others.

use proptest::prelude::*;
use redress_handler::duty::{Considered, Duties, Duty, DutyRefused, Event, Reason};
use redress_handler::{Candidate, State, Unfit, Wanted, choose};

use crate::{NOW, absent, at, fold, grant, person, registered, then};

fn candidate(id: &str, state: State, load: u32) -> Candidate {
    Candidate {
        handler: person(id),
        state,
        load,
        has_conflict: false,
        is_complained_of: false,
    }
}

fn with_limit(limit: u32) -> State {
    let State::Registered(mut handler) = fold(&registered()) else {
        panic!("nobody is registered")
    };
    handler.load_limit = Some(limit);
    State::Registered(handler)
}

#[test]
fn who_has_the_fewest_complaints_is_chosen_and_everybody_is_told_of() {
    let skills = ["safety".to_owned()];
    let wanted = Wanted {
        queue: Some("kettles"),
        skills: &skills,
        is_registered: true,
    };
    let able = then(&registered(), &grant("safety", None));
    let away = then(&able, &absent(None, None));
    let old = then(
        &registered(),
        &grant("safety", Some("2026-03-20T12:00:01Z")),
    );
    let mut partial = candidate("g", fold(&able), 0);
    partial.has_conflict = true;
    let mut concerned = candidate("h", fold(&able), 0);
    concerned.is_complained_of = true;
    let all = [
        candidate("a", fold(&able), 3),
        candidate("b", fold(&able), 2),
        candidate("c", fold(&able), 2),
        candidate("d", fold(&away), 0),
        candidate("e", fold(&registered()), 0),
        candidate("f", fold(&old), 1),
        partial,
        concerned,
    ];
    let choice = choose(&all, &wanted, at("2026-03-20T12:00:01Z"));
    assert_eq!(choice.chosen, Some(person("b")));
    let told: Vec<_> = choice
        .considered
        .iter()
        .map(|it| {
            let Considered {
                handler,
                load,
                left_out,
                skill,
            } = it;
            let why = left_out.as_ref().map_or("", Reason::as_str);
            format!(
                "{handler} {load} {why} {}",
                skill.as_deref().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        told.iter().map(|it| it.trim_end()).collect::<Vec<_>>(),
        [
            "user:b 2",
            "user:c 2",
            "user:a 3",
            "user:d 0 absent",
            "user:e 0 skill_missing safety",
            "user:g 0 conflict_of_interest",
            "user:h 0 complained_of",
            "user:f 1 skill_expired safety",
        ]
    );
}

#[test]
fn nobody_is_chosen_beyond_the_limit() {
    let wanted = Wanted {
        queue: Some("kettles"),
        ..Wanted::default()
    };
    let all = [
        candidate("a", with_limit(2), 2),
        candidate("b", with_limit(0), 0),
    ];
    let choice = choose(&all, &wanted, at(NOW));
    assert_eq!(choice.chosen, None);
    let full = |it: &Considered| it.left_out == Some(Reason::AtLoadLimit);
    assert!(choice.considered.iter().all(full));
    assert_eq!(choose(&[], &wanted, at(NOW)).chosen, None);
}

#[test]
fn a_refusal_that_stands_is_known_until_the_person_is_let_in() {
    let unfit = Unfit::SkillMissing {
        skill: "safety".to_owned(),
    };
    let refused = |time| DutyRefused::unfit(person("a"), Duty::Handling, &unfit, at(time));
    let mut duties = Duties::default();
    assert!(!duties.knows(&refused(NOW)));
    duties.evolve(&Event::DutyRefused(refused(NOW)));
    assert!(duties.knows(&refused("2026-03-21T12:00:00Z")));
    let other = DutyRefused::because(person("a"), Duty::Handling, Reason::Absent, at(NOW));
    assert!(!duties.knows(&other));
    let mut investigating = refused(NOW);
    investigating.duty = Duty::Investigating;
    assert!(!duties.knows(&investigating));
    duties.let_in(&person("a"), Duty::Handling);
    assert!(!duties.knows(&refused(NOW)));
}

proptest! {
    #[test]
    fn the_choice_is_the_smallest_of_those_below_their_limits(
        all in prop::collection::btree_map("[a-d]{1,2}", (0_u32..5, 0_u32..5), 0..8),
    ) {
        let candidates: Vec<Candidate> = all
            .iter()
            .map(|(id, (load, limit))| candidate(id, with_limit(*limit), *load))
            .collect();
        let wanted = Wanted { queue: Some("kettles"), ..Wanted::default() };
        let naive = all
            .iter()
            .filter(|(_, (load, limit))| load < limit)
            .min_by_key(|(id, (load, _))| (*load, (*id).clone()))
            .map(|(id, _)| person(id));
        let choice = choose(&candidates, &wanted, at(NOW));
        prop_assert_eq!(choice.chosen, naive);
        prop_assert_eq!(choice.considered.len(), all.len());
    }
}
