//! Policies that are put in force, one after the other.

use redress_policy::register::{Event, Refusal, Register, Written};
use redress_policy::{Book, Calendars, DEFAULT_PACK, Pack, Policies};

use crate::case::at;

const NOW: &str = "2026-11-23T10:00:00Z";

fn written(document: &str) -> Written {
    let mut beside = |name: &str| match name {
        "bank.ics" => Ok(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\n\
            SUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
                .to_owned(),
        ),
        _ => Err("there is none".to_owned()),
    };
    Written::read("ours.toml", document.to_owned(), &mut beside).unwrap()
}

fn ours(number: u32, hours: &str) -> Written {
    written(&format!(
        "policy = \"ours\"\nversion = {number}\n[calendars.office]\nzone = \"UTC\"\n\
         working_days = [\"{hours}\"]\nholiday_files = [\"bank.ics\"]\n"
    ))
}

#[track_caller]
fn so(register: &mut Register, decided: Result<Vec<Event>, Refusal>) {
    let events = decided.unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    for event in &events {
        // What is stored is read again.
        let draft = event.encode();
        let read = Event::decode(draft.kind, &draft.data).unwrap();
        assert_eq!(read, *event);
        register.evolve(&read);
    }
}

fn in_force(book: &Book) -> Vec<&str> {
    book.in_force()
        .map(redress_policy::Policy::version)
        .collect()
}

#[test]
fn a_policy_is_in_force_with_its_files_until_another_version_is() {
    let mut register = Register::default();
    let first = ours(1, "09:00-17:00");
    let decided = register.apply(&first, Some("new".to_owned()), at(NOW));
    so(&mut register, decided);
    let version = first.policy.version();
    assert_eq!(in_force(register.book()), [version]);
    let office = register.book().calendar(version, "office").unwrap();
    assert_eq!(office.holidays().len(), 1);
    assert_eq!(register.apply(&first, None, at(NOW)), Ok(Vec::new()));

    let second = ours(2, "08:00-16:00");
    let decided = register.apply(&second, None, at(NOW));
    so(&mut register, decided);
    assert_eq!(in_force(register.book()), [second.policy.version()]);
    assert!(
        register.book().version(version).is_some(),
        "clocks may be under it"
    );

    // And back again.
    let decided = register.apply(&first, None, at(NOW));
    so(&mut register, decided);
    assert_eq!(in_force(register.book()), [version]);
}

#[test]
fn a_number_stands_for_one_text_only() {
    let mut register = Register::default();
    for number in [1, 7] {
        let decided = register.apply(&ours(number, "09:00-17:00"), None, at(NOW));
        so(&mut register, decided);
    }
    let other = register.apply(&ours(7, "09:00-18:00"), None, at(NOW));
    let refusal = other.unwrap_err();
    assert_eq!(refusal.code(), "POLICY_NUMBER_TAKEN");
    assert!(
        refusal.to_string().contains("number this one 8"),
        "{refusal}"
    );
}

#[test]
fn the_last_policy_stays_and_others_can_be_retired() {
    let mut register = Register::default();
    let pack = Pack::named(DEFAULT_PACK).unwrap();
    let decided = register.apply(&written(pack.text), None, at(NOW));
    so(&mut register, decided);
    let refused = |decided: Result<_, Refusal>| decided.unwrap_err().code();
    assert_eq!(
        refused(register.retire(DEFAULT_PACK, None, at(NOW))),
        "POLICY_IS_THE_LAST"
    );
    assert_eq!(
        refused(register.retire("ours", None, at(NOW))),
        "POLICY_NOT_IN_FORCE"
    );
    let decided = register.apply(&ours(1, "09:00-17:00"), None, at(NOW));
    so(&mut register, decided);
    let decided = register.retire(DEFAULT_PACK, Some("ours_is_better".to_owned()), at(NOW));
    so(&mut register, decided);
    assert_eq!(register.book().in_force().count(), 1);
}

#[test]
fn a_text_that_this_program_cannot_read_is_told_and_harms_nothing_else() {
    let mut register = Register::default();
    let decided = register.apply(&ours(1, "09:00-17:00"), None, at(NOW));
    so(&mut register, decided);
    let before = in_force(register.book()).len();
    let Event::Applied(mut later) = register
        .apply(&ours(2, "09:00-18:00"), None, at(NOW))
        .unwrap()
        .remove(0)
    else {
        panic!("it is applied")
    };
    later.document.push_str("\n[of_a_later_version]\n");
    register.evolve(&Event::Applied(later));
    assert_eq!(in_force(register.book()).len(), before);
    let (version, why) = register.unreadable().first_key_value().unwrap();
    assert!(version.starts_with("ours@2:"), "{version}");
    assert!(why.contains("KEY_UNKNOWN"), "{why}");
    // Its number is taken all the same.
    let again = register.apply(&ours(2, "09:00-19:00"), None, at(NOW));
    assert_eq!(again.unwrap_err().code(), "POLICY_NUMBER_TAKEN");
}
