use super::given::{closed, received, user, was_assigned};
use super::{check, check_refused, fold, time};
use crate::Refusal;
use crate::command::Assign;

fn assign() -> Assign {
    Assign {
        handler: Some(user("h7")),
        queue: Some("kettles".to_owned()),
        occurred_at: Some(time("2026-03-01T10:30:00Z")),
    }
}

#[test]
fn a_complaint_is_assigned_to_a_person_and_a_queue() {
    check(&received(), assign(), Ok(vec![was_assigned()]));
    let state = fold(&[received(), vec![was_assigned()]].concat());
    assert_eq!(state.assignment().unwrap().handler, Some(user("h7")));
}

#[test]
fn the_assignment_that_stands_is_not_recorded_again() {
    let given = [received(), vec![was_assigned()]].concat();
    let later = Assign {
        occurred_at: None,
        ..assign()
    };
    check(&given, later, Ok(vec![]));
}

#[test]
fn another_assignment_replaces_the_whole_of_it() {
    let given = [received(), vec![was_assigned()]].concat();
    let queue_only = Assign {
        handler: None,
        ..assign()
    };
    let events = super::decided(&given, &queue_only.into()).unwrap();
    let state = fold(&[given, events].concat());
    assert_eq!(state.assignment().unwrap().handler, None);
    assert_eq!(
        state.assignment().unwrap().queue.as_deref(),
        Some("kettles")
    );
}

#[test]
fn an_assignment_to_nobody_is_refused() {
    let nobody = Assign {
        handler: None,
        queue: None,
        occurred_at: None,
    };
    check(&received(), nobody, Err(Refusal::AssignmentEmpty));
    let nameless = Assign {
        queue: Some(String::new()),
        ..assign()
    };
    check_refused(&received(), nameless, "FIELD_EMPTY");
    let personal = Assign {
        queue: Some("jane@example.org".to_owned()),
        ..assign()
    };
    check_refused(&received(), personal, "FIELD_NOT_A_CODE");
}

#[test]
fn a_closed_complaint_is_assigned_to_nobody() {
    check(&closed(), assign(), Err(Refusal::ComplaintClosed));
}
