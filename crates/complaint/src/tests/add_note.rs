use super::given::{lives, noted, sealed};
use super::{check, fold, time};
use crate::Refusal;
use crate::command::AddNote;

fn note() -> AddNote {
    AddNote {
        note: sealed("called back"),
        occurred_at: Some(time("2026-03-08T09:00:00Z")),
    }
}

#[test]
fn a_note_is_added_in_every_state_and_moves_nothing() {
    for (_, given) in lives().into_iter().skip(1) {
        check(&given, note(), Ok(vec![noted()]));
        assert_eq!(fold(&[given.clone(), vec![noted()]].concat()), fold(&given));
    }
}

#[test]
fn there_is_no_note_on_nothing() {
    check(&[], note(), Err(Refusal::NotOpened));
}
