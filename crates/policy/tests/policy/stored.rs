//! The stored format: golden files, and that no bytes make the reader panic.

use std::collections::BTreeSet;
use std::path::PathBuf;

use proptest::prelude::*;
use redress_envelope::Draft;
use redress_policy::clock::event::{
    Breached, Continued, DueDateCleared, DueDateSet, Paused, Resumed, Retargeted, Started, Stopped,
    Warned,
};
use redress_policy::clock::{self, Due, Terms, Warning};
use redress_policy::{Engine, register};
use serde_json::value::RawValue;

use crate::case::{NAME, at};

fn due(warnings: Vec<Warning>) -> Due {
    Due {
        due_at: at("2026-12-07T10:00:00Z"),
        warnings,
        engine: Engine {
            version: 1,
            tz_data: "2026e".to_owned(),
        },
    }
}

fn warned_of() -> Due {
    due(vec![Warning {
        percent: 50,
        at: at("2026-11-30T10:00:00Z"),
    }])
}

fn terms(warn_at_percent: Vec<u8>) -> Terms {
    Terms {
        policy: "ours@1:9f86d081884c".to_owned(),
        target: "10 business days".parse().unwrap(),
        calendar: "office".to_owned(),
        warn_at_percent,
    }
}

/// Each event of a clock with all that it can hold, and then those with nothing that they need not.
fn of_clocks() -> Vec<clock::Event> {
    let clock = || NAME.to_owned();
    let occurred_at = at("2026-11-23T10:00:00Z");
    let cause = || "on_hold".to_owned();
    let started = |terms, due| {
        clock::Event::Started(Started {
            clock: clock(),
            by: "received".to_owned(),
            occurred_at,
            terms,
            due,
        })
    };
    let retargeted = |terms, due, reason: Option<&str>| {
        clock::Event::Retargeted(Retargeted {
            clock: clock(),
            by: "extended".to_owned(),
            reason: reason.map(str::to_owned),
            occurred_at,
            terms,
            due,
        })
    };
    let stopped = |due, due_by_hand| {
        clock::Event::Stopped(Stopped {
            clock: clock(),
            by: "decision_communicated".to_owned(),
            is_fulfilled: true,
            occurred_at,
            due,
            due_by_hand,
            is_in_time: true,
        })
    };
    vec![
        started(terms(vec![50]), warned_of()),
        clock::Event::Paused(Paused {
            clock: clock(),
            cause: cause(),
            occurred_at,
        }),
        clock::Event::Resumed(Resumed {
            clock: clock(),
            cause: cause(),
            occurred_at,
            due: warned_of(),
        }),
        retargeted(terms(vec![50]), warned_of(), Some("awaiting_a_laboratory")),
        clock::Event::DueDateSet(DueDateSet {
            clock: clock(),
            reason: "agreed_with_complainant".to_owned(),
            occurred_at,
            due_at: at("2026-12-24T10:00:00Z"),
        }),
        clock::Event::DueDateCleared(DueDateCleared {
            clock: clock(),
            reason: "mistaken".to_owned(),
            occurred_at,
        }),
        clock::Event::Warned(Warned {
            clock: clock(),
            percent: 50,
            occurred_at,
        }),
        clock::Event::Breached(Breached {
            clock: clock(),
            due_at: occurred_at,
        }),
        stopped(warned_of(), Some(at("2026-12-24T10:00:00Z"))),
        clock::Event::Continued(Continued {
            clock: clock(),
            by: "reopened".to_owned(),
            occurred_at,
            due: warned_of(),
        }),
        started(terms(Vec::new()), due(Vec::new())),
        retargeted(terms(Vec::new()), due(Vec::new()), None),
        stopped(due(Vec::new()), None),
    ]
}

fn of_the_register() -> Vec<register::Event> {
    let applied = |files, reason| {
        register::Event::Applied(register::Applied {
            policy: "ours".to_owned(),
            version: "ours@1:9f86d081884c".to_owned(),
            document: "policy = \"ours\"\nversion = 1\n".to_owned(),
            files,
            reason,
            occurred_at: at("2026-11-23T10:00:00Z"),
        })
    };
    let retired = |reason| {
        register::Event::Retired(register::Retired {
            policy: "ours".to_owned(),
            reason,
            occurred_at: at("2026-11-23T10:00:00Z"),
        })
    };
    let holidays = register::File {
        name: "bank.ics".to_owned(),
        text: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned(),
    };
    vec![
        applied(vec![holidays], Some("new_law".to_owned())),
        retired(Some("left_the_market".to_owned())),
        applied(Vec::new(), None),
        retired(None),
    ]
}

/// The one case in which a golden file is written: it is not there, and somebody asked.
fn read_or_write(name: &str, data: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = folder.join(format!("{name}.json"));
    if !path.exists() && std::env::var_os("REDRESS_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{data}\n")).unwrap();
    }
    let text = std::fs::read_to_string(&path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The drafts are of every kind, and those of golden files, in the order of `kind` and `bare.kind`.
#[track_caller]
fn golden(drafts: Vec<Draft>, kinds: &[&str]) -> Vec<(String, Box<RawValue>)> {
    let found: BTreeSet<_> = drafts.iter().map(|draft| draft.kind).collect();
    assert_eq!(found, kinds.iter().copied().collect());
    let mut seen = BTreeSet::new();
    let read = drafts.into_iter().map(|draft| {
        let names = [draft.kind.to_owned(), format!("bare.{}", draft.kind)];
        let name = names
            .into_iter()
            .find(|it| seen.insert(it.clone()))
            .unwrap();
        let stored = read_or_write(&name, draft.data.get());
        assert_eq!(draft.data.get(), stored.trim_end(), "{name}");
        (
            draft.kind.to_owned(),
            RawValue::from_string(stored).unwrap(),
        )
    });
    read.collect()
}

#[test]
fn every_event_is_stored_as_it_was_first_stored() {
    let events = of_clocks();
    let drafts = events.iter().map(clock::Event::encode).collect();
    for ((kind, data), event) in golden(drafts, clock::Event::KINDS).iter().zip(events) {
        assert_eq!(clock::Event::decode(kind, data).unwrap(), event);
    }
    let events = of_the_register();
    let drafts = events.iter().map(register::Event::encode).collect();
    for ((kind, data), event) in golden(drafts, register::Event::KINDS).iter().zip(events) {
        assert_eq!(register::Event::decode(kind, data).unwrap(), event);
    }
}

#[test]
fn what_a_later_version_writes_is_named() {
    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    let kind = "redress.complaint.clock_started.v1";
    let later = of_clocks()[0]
        .encode()
        .data
        .get()
        .replace("10 business days", "10 lunar months");
    let unknown = clock::Event::decode(kind, &raw(&later))
        .unwrap_err()
        .unknown();
    assert!(unknown.is_some_and(|it| it.contains("10 lunar months")));
    let unknown = clock::Event::decode("redress.complaint.clock_melted.v1", &raw("{}"));
    assert_eq!(
        unknown.unwrap_err().unknown().as_deref(),
        Some("redress.complaint.clock_melted.v1")
    );
    let damaged = clock::Event::decode(kind, &raw("{}")).unwrap_err();
    assert_eq!(damaged.unknown(), None, "{damaged}");
    let more = of_clocks()[1]
        .encode()
        .data
        .get()
        .replacen('{', r#"{"later":[1],"#, 1);
    let read = clock::Event::decode("redress.complaint.clock_paused.v1", &raw(&more));
    assert_eq!(read.unwrap(), of_clocks()[1]);
}

proptest! {
    #[test]
    fn no_data_makes_the_reader_panic(kind in 0..12_usize, text in ".{0,200}", at in any::<usize>()) {
        let kinds = [clock::Event::KINDS, register::Event::KINDS].concat();
        let kind = kinds[kind];
        for event in of_clocks() {
            let mut data = event.encode().data.get().to_owned();
            let place = (0..=at % data.len()).rev().find(|at| data.is_char_boundary(*at));
            data.insert_str(place.unwrap(), &text);
            if let Ok(data) = RawValue::from_string(data) {
                let _ = clock::Event::decode(kind, &data);
                let _ = register::Event::decode(kind, &data);
            }
        }
    }
}
