//! What is stored is frozen: one file per event type.

use std::collections::BTreeSet;

use proptest::prelude::*;
use redress_improvement::{CodecError, Event, decode, encode};
use serde_json::value::RawValue;

use crate::example::{dismissed, evidence, full_and_bare, life};

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.into()).unwrap()
}

fn every_event() -> Vec<Event> {
    life()
        .into_iter()
        .chain([dismissed(), evidence()])
        .collect()
}

#[test]
fn every_event_is_written_and_read_as_it_always_was() {
    let mut seen = BTreeSet::new();
    for event in full_and_bare().concat() {
        let draft = encode(&event);
        let names = ["", "bare.", "bare2."].map(|prefix| format!("{prefix}{}", draft.kind));
        let mut names = names.into_iter();
        let name = names.find(|name| seen.insert(name.clone())).unwrap();
        let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let wanted = std::env::var_os("REDRESS_WRITE_GOLDEN").is_some();
        if wanted && !std::path::Path::new(&path).exists() {
            std::fs::write(&path, draft.data.get()).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!(draft.data.get(), golden);
        assert_eq!(decode(draft.kind, &raw(&golden)).unwrap(), event);
    }
}

/// What becomes of a word that a later version adds, for every stored list of words.
#[test]
fn a_word_of_a_later_version_is_kept_or_named_and_never_taken_for_damage() {
    for (event, path, word, is_kept) in [
        ("candidate_opened", "/source/kind", "dream", true),
        ("candidate_opened", "/finding/slice/dimension", "mood", true),
        ("candidate_opened", "/finding/rule", "laney_u", true),
        ("signal_added", "/source/kind", "dream", true),
        ("signal_added", "/finding/rule", "laney_u", true),
        ("planned", "/actions/0/kind", "read_across", true),
        ("planned", "/actions/1/owner", "supplier:7", false),
        ("accepted", "/owner", "supplier:7", false),
        ("closed", "/verdict", "effective", true),
    ] {
        let kind = format!("redress.improvement.{event}.v1");
        let [full, _] = full_and_bare();
        let draft = full.iter().map(encode).find(|draft| draft.kind == kind);
        let text = draft.unwrap().data.get().to_owned();
        let mut data: serde_json::Value = serde_json::from_str(&text).unwrap();
        *data.pointer_mut(path).unwrap() = word.into();
        match decode(&kind, &raw(&data.to_string())) {
            Ok(event) if is_kept => {
                let again: serde_json::Value =
                    serde_json::from_str(encode(&event).data.get()).unwrap();
                assert_eq!(again, data);
            }
            Err(error @ CodecError::UnknownWord { .. }) if !is_kept => {
                assert!(error.unknown().unwrap().contains(word), "{error}");
            }
            other => panic!("{kind} with {word}: {other:?}"),
        }
    }
}

/// So a criterion of effectiveness, causes or the like can be added to any of them.
#[test]
fn a_field_of_a_later_version_is_passed_over_wherever_it_stands() {
    fn grow(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                // What is a map by name has no fields to add.
                let of_names = fields.contains_key("observed");
                fields.values_mut().for_each(grow);
                if !of_names {
                    fields.insert("later".into(), serde_json::json!({ "x": [1, null, "y"] }));
                }
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(grow),
            serde_json::Value::Null
            | serde_json::Value::Bool(_)
            | serde_json::Value::Number(_)
            | serde_json::Value::String(_) => {}
        }
    }
    for event in full_and_bare().concat() {
        let draft = encode(&event);
        let mut data = serde_json::from_str(draft.data.get()).unwrap();
        grow(&mut data);
        assert_eq!(decode(draft.kind, &raw(&data.to_string())).unwrap(), event);
    }
}

#[test]
fn an_unknown_type_and_broken_data_are_named() {
    let error = decode("redress.improvement.reopened.v1", &raw("{}")).unwrap_err();
    assert!(matches!(error, CodecError::UnknownType { .. }), "{error}");
    let error = decode("redress.improvement.closed.v1", &raw("{}")).unwrap_err();
    assert!(error.to_string().contains("summary"), "{error}");
}

proptest! {
    #[test]
    fn a_damaged_event_is_refused_or_reads_back_what_it_writes(
        which in 0_usize..7, at in any::<prop::sample::Index>(), byte in 0_u8..128,
    ) {
        let draft = encode(&every_event()[which]);
        let mut bytes = draft.data.get().as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let Ok(data) = RawValue::from_string(String::from_utf8(bytes).unwrap()) else {
            return Ok(());
        };
        if let Ok(event) = decode(draft.kind, &data) {
            let again = encode(&event);
            prop_assert_eq!(decode(again.kind, &again.data).unwrap(), event);
        }
    }

    #[test]
    fn no_data_makes_the_decoder_panic(which in 0_usize..7, text in "\\PC{0,200}") {
        let kind = encode(&every_event()[which]).kind;
        if let Ok(data) = RawValue::from_string(text) {
            let _ = decode(kind, &data);
        }
    }
}
