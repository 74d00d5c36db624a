//! After the closing.

use super::given::{closed, communicated, imported_closed, proposed, received, sealed, withdrawn};
use super::{check, check_refused, decided, fold, time};
use crate::command::{FollowUp, RecordSatisfaction};
use crate::event::{FollowedUp, SatisfactionRecorded};
use crate::{Command, Event, Satisfaction, SatisfactionMeasure, Status};

const AT: &str = "2026-03-20T09:00:00Z";

pub(super) fn follow_up() -> FollowUp {
    FollowUp {
        channel: "phone".to_owned(),
        result: Some("all_well".to_owned()),
        explanation: None,
        occurred_at: None,
    }
}

pub(super) fn satisfied(measure: SatisfactionMeasure, score: u32) -> RecordSatisfaction {
    RecordSatisfaction {
        satisfaction: Satisfaction { measure, score },
        words: None,
        occurred_at: None,
    }
}

pub(super) fn was_followed_up() -> Event {
    Event::FollowedUp(FollowedUp {
        channel: "phone".to_owned(),
        result: Some("all_well".to_owned()),
        explanation: None,
        occurred_at: time(AT),
    })
}

pub(super) fn lives() -> Vec<(&'static str, Vec<Event>)> {
    vec![("followed up", [closed(), vec![was_followed_up()]].concat())]
}

pub(super) fn good_commands() -> Vec<(&'static str, Command)> {
    vec![
        ("follow up", follow_up().into()),
        (
            "record satisfaction",
            satisfied(SatisfactionMeasure::Csat, 4).into(),
        ),
    ]
}

pub(super) fn bad_commands() -> Vec<Command> {
    vec![
        satisfied(SatisfactionMeasure::Csat, 6).into(),
        satisfied("stars".into(), 3).into(),
    ]
}

#[test]
fn a_closed_complaint_is_followed_up_and_can_be_reopened() {
    let at = FollowUp {
        occurred_at: Some(time(AT)),
        ..follow_up()
    };
    check(&closed(), at.clone(), Ok(vec![was_followed_up()]));
    let given = [closed(), vec![was_followed_up()]].concat();
    assert_eq!(fold(&given).status(), Some(Status::FollowedUp));
    check(&given, at, Ok(vec![]));
    let again = FollowUp {
        result: Some("leaks_again".to_owned()),
        ..follow_up()
    };
    assert_eq!(decided(&given, &again.into()).unwrap().len(), 1);
    let reopen = super::walk::reopen("leaks_again");
    let events = decided(&given, &reopen.into()).unwrap();
    let state = fold(&[given, events].concat());
    assert_eq!(state.status(), Some(Status::Investigating));
    assert_eq!(state.followed_up(), None);
    let taken_over = decided(&imported_closed(), &follow_up().into());
    assert_eq!(taken_over.unwrap().len(), 1);
}

#[test]
fn only_what_is_closed_is_followed_up_and_not_before() {
    for given in [received(), communicated()] {
        check_refused(&given, follow_up(), "COMPLAINT_NOT_CLOSED");
    }
    check_refused(&withdrawn(), follow_up(), "COMPLAINT_WITHDRAWN");
    let early = FollowUp {
        occurred_at: Some(time("2026-03-10T09:00:00Z")),
        ..follow_up()
    };
    check_refused(&closed(), early, "OCCURRED_BEFORE_CLOSING");
    let wordy = FollowUp {
        result: Some("All is well".to_owned()),
        ..follow_up()
    };
    check_refused(&closed(), wordy, "FIELD_NOT_A_CODE");
}

#[test]
fn who_knows_the_decision_says_how_satisfied_they_are() {
    let csat = |score| satisfied(SatisfactionMeasure::Csat, score);
    check_refused(&proposed(), csat(4), "DECISION_NOT_COMMUNICATED");
    check_refused(&closed(), csat(0), "SCORE_OUT_OF_RANGE");
    check_refused(&closed(), csat(6), "SCORE_OUT_OF_RANGE");
    for given in [communicated(), closed(), withdrawn()] {
        let words = Some(sealed("at last"));
        let said = RecordSatisfaction {
            words: words.clone(),
            occurred_at: Some(time(AT)),
            ..csat(4)
        };
        let recorded = Event::SatisfactionRecorded(SatisfactionRecorded {
            satisfaction: said.satisfaction.clone(),
            words,
            occurred_at: time(AT),
        });
        check(&given, said, Ok(vec![recorded.clone()]));
        // The last answer counts, and one that says nothing new is none.
        let given = [given, vec![recorded]].concat();
        check(&given, csat(4), Ok(vec![]));
        assert_eq!(decided(&given, &csat(2).into()).unwrap().len(), 1);
    }
}
