use super::given::{about, feedback, imported_open, open, opened, received, reference};
use super::{check, fold};
use crate::command::Open;
use crate::{Reference, Refusal, Status};

#[test]
fn feedback_opens_a_complaint_that_is_received() {
    check(&[], open(), Ok(vec![opened()]));
    let state = fold(&received());
    assert_eq!(state.status(), Some(Status::Received));
    assert_eq!(state.reference(), Some(reference()));
    assert!(state.is_open());
    assert_eq!(fold(&[]).status(), None);
}

#[test]
fn the_same_feedback_opens_nothing_more() {
    check(&received(), open(), Ok(vec![]));
}

#[test]
fn another_reference_for_an_open_complaint_is_refused() {
    let reference = Reference::new(2026, 124).unwrap();
    let other = Open {
        feedback: feedback(),
        reference,
        about: about(),
    };
    check(&received(), other, Err(Refusal::AlreadyOpened));
}

#[test]
fn a_complaint_that_was_taken_over_is_not_opened_too() {
    check(&imported_open(), open(), Err(Refusal::AlreadyOpened));
}
