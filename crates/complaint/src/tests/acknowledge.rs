use super::given::{
    acknowledged, closed, disputed, imported_closed, imported_open, imported_reopened, received,
    was_acknowledged, withdrawn,
};
use super::{check, check_refused, fold, time};
use crate::command::Acknowledge;
use crate::event::Acknowledged;
use crate::{Event, Refusal, Status};

fn acknowledge(channel: &str, occurred_at: Option<&str>) -> Acknowledge {
    Acknowledge {
        channel: channel.to_owned(),
        occurred_at: occurred_at.map(time),
    }
}

fn as_recorded() -> Acknowledge {
    acknowledge("email", Some("2026-03-01T10:00:00Z"))
}

#[test]
fn a_received_complaint_is_acknowledged() {
    check(&received(), as_recorded(), Ok(vec![was_acknowledged()]));
    assert_eq!(fold(&acknowledged()).status(), Some(Status::Acknowledged));
}

#[test]
fn without_a_time_it_happens_now() {
    let now = Event::Acknowledged(Acknowledged {
        channel: "email".to_owned(),
        occurred_at: time(super::NOW),
    });
    check(&received(), acknowledge("email", None), Ok(vec![now]));
}

#[test]
fn the_same_acknowledgement_again_does_nothing_in_any_later_state() {
    for given in [acknowledged(), disputed(), closed()] {
        check(&given, as_recorded(), Ok(vec![]));
        check(&given, acknowledge("email", None), Ok(vec![]));
    }
}

#[test]
fn another_acknowledgement_is_refused_and_not_dropped_in_silence() {
    for other in [
        acknowledge("letter", None),
        acknowledge("email", Some("2026-03-02T10:00:00Z")),
    ] {
        check_refused(&acknowledged(), other, "COMPLAINT_ALREADY_ACKNOWLEDGED");
    }
}

#[test]
fn a_complaint_taken_over_open_is_acknowledged_here() {
    check(
        &imported_open(),
        as_recorded(),
        Ok(vec![was_acknowledged()]),
    );
}

#[test]
fn what_was_unknown_of_a_reopened_import_can_be_filled_in() {
    let given = imported_reopened();
    assert_eq!(fold(&given).acknowledgement(), None);
    check(&given, as_recorded(), Ok(vec![was_acknowledged()]));
    let after = fold(&[given, vec![was_acknowledged()]].concat());
    assert_eq!(after.status(), Some(Status::Investigating));
    assert!(after.acknowledgement().is_some());
}

#[test]
fn what_is_not_open_is_not_acknowledged() {
    check(&[], as_recorded(), Err(Refusal::NotOpened));
    check(
        &imported_closed(),
        as_recorded(),
        Err(Refusal::ComplaintClosed),
    );
    check(
        &withdrawn(),
        as_recorded(),
        Err(Refusal::ComplaintWithdrawn),
    );
}

#[test]
fn the_channel_is_a_code() {
    check_refused(&received(), acknowledge(" ", None), "FIELD_EMPTY");
    let long = "x".repeat(61);
    for text in [
        "jane@example.org",
        "Email",
        "by email",
        "_email",
        "-",
        "a\nb",
        "email ",
        "é-mail",
        &long,
    ] {
        let refusal = check_refused(&received(), acknowledge(text, None), "FIELD_NOT_A_CODE");
        assert_eq!(refusal.field(), Some("channel"));
        assert!(!refusal.to_string().contains(text), "{text} is repeated");
    }
    for text in ["in_person", "7", "b2b-portal.v2", &"x".repeat(60)] {
        let events = super::decided(&received(), &acknowledge(text, None).into());
        assert!(events.is_ok(), "{text}: {events:?}");
    }
}
