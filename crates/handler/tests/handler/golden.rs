//! The stored format: golden files, and that no bytes make the reader panic.

use std::collections::BTreeSet;
use std::path::PathBuf;

use proptest::prelude::*;
use redress_envelope::Draft;
use redress_handler::CodecError;
use redress_handler::duty::{
    self, ComplainedOfCleared, ComplainedOfNamed, Considered, Duty, DutyRefused, HandlerChosen,
    Reason, ResponseApproved, Routed,
};
use redress_handler::event::{
    self, AbsenceAnnounced, AbsenceEnded, LoadLimited, QueueJoined, QueueLeft, Registered, Retired,
    SkillGranted, SkillRevoked,
};
use serde_json::value::RawValue;

use crate::{NOW, at, name, person};

#[expect(clippy::unnecessary_wraps, reason = "a field is filled with it")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Each event with all that it can hold, and then those with nothing that they need not.
fn of_handlers() -> Vec<event::Event> {
    use event::Event as E;
    let occurred_at = at(NOW);
    let (queue, skill) = (|| "kettles".to_owned(), || "safety".to_owned());
    let from = at("2026-07-01T00:00:00Z");
    let retired = |reason| {
        E::Retired(Retired {
            reason,
            occurred_at,
        })
    };
    vec![
        E::Registered(Registered {
            name: Some(name()),
            queues: vec!["kettles".to_owned(), "lids".to_owned()],
            load_limit: Some(20),
            occurred_at,
        }),
        E::QueueJoined(QueueJoined {
            queue: queue(),
            occurred_at,
        }),
        E::QueueLeft(QueueLeft {
            queue: queue(),
            occurred_at,
        }),
        E::LoadLimited(LoadLimited {
            load_limit: Some(20),
            occurred_at,
        }),
        E::SkillGranted(SkillGranted {
            skill: skill(),
            expires_at: Some(at("2027-03-20T00:00:00Z")),
            occurred_at,
        }),
        E::SkillRevoked(SkillRevoked {
            skill: skill(),
            reason: text("examination_failed"),
            occurred_at,
        }),
        E::AbsenceAnnounced(AbsenceAnnounced {
            from,
            to: Some(at("2026-07-15T00:00:00Z")),
            occurred_at,
        }),
        E::AbsenceEnded(AbsenceEnded { from, occurred_at }),
        retired(text("left")),
        E::Registered(Registered {
            name: None,
            queues: Vec::new(),
            load_limit: None,
            occurred_at,
        }),
        E::LoadLimited(LoadLimited {
            load_limit: None,
            occurred_at,
        }),
        E::SkillGranted(SkillGranted {
            skill: skill(),
            expires_at: None,
            occurred_at,
        }),
        E::SkillRevoked(SkillRevoked {
            skill: skill(),
            reason: None,
            occurred_at,
        }),
        E::AbsenceAnnounced(AbsenceAnnounced {
            from,
            to: None,
            occurred_at,
        }),
        retired(None),
    ]
}

fn of_duties() -> Vec<duty::Event> {
    use duty::Event as E;
    let occurred_at = at(NOW);
    let (policy, rule) = (|| "ours@1:9f86d081884c".to_owned(), || "kettles".to_owned());
    let routed = |skills| {
        E::Routed(Routed {
            queue: "kettles".to_owned(),
            skills,
            policy: policy(),
            rule: rule(),
            occurred_at,
        })
    };
    let chosen = |considered| {
        E::HandlerChosen(HandlerChosen {
            handler: person("h-17"),
            by: "least_load".to_owned(),
            policy: policy(),
            rule: rule(),
            candidates: 2,
            considered,
            occurred_at,
        })
    };
    let fit = Considered {
        handler: person("h-17"),
        load: 3,
        left_out: None,
        skill: None,
    };
    let left_out = Considered {
        handler: person("h-18"),
        load: 1,
        left_out: Some(Reason::SkillExpired),
        skill: text("safety"),
    };
    vec![
        routed(vec!["safety".to_owned()]),
        chosen(vec![fit, left_out]),
        E::DutyRefused(DutyRefused {
            person: person("h-18"),
            duty: Duty::Handling,
            reason: Reason::SkillExpired,
            queue: text("kettles"),
            skill: text("safety"),
            expired_at: Some(at("2026-03-01T00:00:00Z")),
            absent_until: Some(at("2026-04-01T00:00:00Z")),
            policy: Some(policy()),
            rule: Some(rule()),
            occurred_at,
        }),
        E::ComplainedOfNamed(ComplainedOfNamed {
            person: person("h-18"),
            occurred_at,
        }),
        E::ComplainedOfCleared(ComplainedOfCleared {
            person: person("h-18"),
            reason: "another_of_that_name".to_owned(),
            occurred_at,
        }),
        E::ResponseApproved(ResponseApproved {
            approved_by: person("h-17"),
            occurred_at,
        }),
        routed(Vec::new()),
        E::DutyRefused(DutyRefused::because(
            person("h-18"),
            Duty::Investigating,
            Reason::Absent,
            occurred_at,
        )),
    ]
}

fn drafts() -> Vec<Draft> {
    let duties = of_duties();
    let duties = duties.iter().map(duty::Event::encode);
    let handlers = of_handlers();
    let handlers = handlers.iter().map(event::Event::encode);
    handlers.chain(duties).collect()
}

#[test]
fn every_event_is_written_and_read_as_it_always_was() {
    let mut seen = BTreeSet::new();
    for draft in drafts() {
        let names = ["", "bare."].map(|prefix| format!("{prefix}{}", draft.kind));
        let mut names = names.into_iter();
        let name = names.find(|name| seen.insert(name.clone())).unwrap();
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let path = folder.join(format!("{name}.json"));
        let wanted = std::env::var_os("REDRESS_WRITE_GOLDEN").is_some();
        if wanted && !path.exists() {
            std::fs::write(&path, draft.data.get()).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(draft.data.get(), golden);
    }
    let kinds: BTreeSet<_> = drafts().iter().map(|draft| draft.kind).collect();
    let all = event::Event::KINDS.iter().chain(duty::Event::KINDS);
    assert_eq!(kinds, all.copied().collect());
}

#[test]
fn what_is_read_is_what_was_written() {
    for event in of_handlers() {
        let Draft { kind, data } = event.encode();
        assert_eq!(event::Event::decode(kind, &data).unwrap(), event);
    }
    for event in of_duties() {
        let Draft { kind, data } = event.encode();
        assert_eq!(duty::Event::decode(kind, &data).unwrap(), event);
    }
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.into()).unwrap()
}

fn changed(event: &duty::Event, path: &str, word: &str) -> Result<duty::Event, CodecError> {
    let Draft { kind, data } = event.encode();
    let mut data: serde_json::Value = serde_json::from_str(data.get()).unwrap();
    *data.pointer_mut(path).unwrap() = word.into();
    duty::Event::decode(kind, &raw(&data.to_string()))
}

#[test]
fn a_word_of_a_later_version_is_kept_or_named_and_never_taken_for_damage() {
    let all = of_duties();
    for (path, word) in [("/duty", "translating"), ("/reason", "tired")] {
        assert!(changed(&all[2], path, word).is_ok(), "{path}");
    }
    assert!(changed(&all[1], "/considered/1/left_out", "tired").is_ok());
    for (event, path) in [
        (1, "/handler"),
        (1, "/considered/0/handler"),
        (2, "/person"),
    ] {
        let error = changed(&all[event], path, "team:7").unwrap_err();
        assert!(error.unknown().unwrap().contains("team:7"), "{error}");
    }
}

#[test]
fn an_unknown_type_and_broken_data_are_named() {
    let error = event::Event::decode("redress.handler.cloned.v1", &raw("{}")).unwrap_err();
    assert!(matches!(error, CodecError::UnknownType { .. }), "{error}");
    let error = event::Event::decode("redress.handler.queue_left.v1", &raw("{}")).unwrap_err();
    assert!(error.to_string().contains("queue"), "{error}");
    assert!(error.unknown().is_none());
}

proptest! {
    #[test]
    fn a_damaged_event_is_refused_or_reads_back_what_it_writes(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in 0_u8..128,
    ) {
        let drafts = drafts();
        let draft = &drafts[which.index(drafts.len())];
        let mut bytes = draft.data.get().as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let Ok(data) = RawValue::from_string(String::from_utf8(bytes).unwrap()) else {
            return Ok(());
        };
        if let Ok(event) = event::Event::decode(draft.kind, &data) {
            let again = event.encode();
            prop_assert_eq!(event::Event::decode(again.kind, &again.data).unwrap(), event);
        }
        if let Ok(event) = duty::Event::decode(draft.kind, &data) {
            let again = event.encode();
            prop_assert_eq!(duty::Event::decode(again.kind, &again.data).unwrap(), event);
        }
    }
}
