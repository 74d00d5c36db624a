//! The stored format: golden files, and that no bytes make the reader panic.

use std::collections::BTreeSet;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::given::one_of_each;
use crate::{CodecError, Event, Outcome, RemedyKind, Severity, Status, decode, encode};

fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

fn golden(kind: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    folder.join(format!("{kind}.json"))
}

/// The one case in which a golden file is written: it is not there, and somebody asked.
fn read_or_write(kind: &str, data: &str) -> String {
    let path = golden(kind);
    if !path.exists() && std::env::var_os("REDRESS_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{data}\n")).unwrap();
    }
    let text = std::fs::read_to_string(&path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_event_is_stored_as_it_was_first_stored() {
    let kinds: BTreeSet<_> = one_of_each().iter().map(Event::kind).collect();
    assert_eq!(kinds, Event::KINDS.iter().copied().collect());
    for event in one_of_each() {
        let draft = encode(&event);
        let stored = read_or_write(draft.kind, draft.data.get());
        assert_eq!(draft.data.get(), stored.trim_end(), "{}", draft.kind);
        let read = decode(draft.kind, &RawValue::from_string(stored).unwrap());
        assert_eq!(read.unwrap(), event);
    }
}

#[test]
fn every_type_is_named_after_the_field() {
    for kind in Event::KINDS {
        let name = kind.strip_prefix("redress.complaint.").unwrap();
        let name = name.strip_suffix(".v1").unwrap();
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{kind}"
        );
    }
}

#[test]
fn an_unknown_type_is_named() {
    let error = decode("redress.complaint.forgotten.v1", &raw(&json!({}))).unwrap_err();
    assert!(matches!(&error, CodecError::UnknownType { kind } if kind.contains("forgotten")));
}

#[test]
fn a_field_that_is_missing_or_wrong_is_named() {
    for data in [json!({}), json!({ "channel": 7 }), json!([]), json!(null)] {
        let error = decode("redress.complaint.acknowledged.v1", &raw(&data)).unwrap_err();
        assert!(matches!(error, CodecError::Data { .. }), "{data}");
    }
}

#[test]
fn a_field_from_a_later_version_is_passed_over() {
    let data = json!({ "occurred_at": "2026-03-06T09:00:00Z", "tone": "friendly" });
    assert!(decode("redress.complaint.acceptance_recorded.v1", &raw(&data)).is_ok());
}

#[test]
fn what_is_not_needed_or_not_established_is_said_in_a_word() {
    let assessed = json!({
        "severity": "minor", "safety_implication": "none", "complexity": "low", "impact": "low",
        "immediate_action": "not_needed", "occurred_at": "2026-03-02T09:00:00Z",
    });
    let responded = json!({
        "remedies": [{ "remedy": 3, "kind": "voucher" }],
        "cause": "no_cause_established", "occurred_at": "2026-03-03T09:00:00Z",
    });
    for (kind, data) in [
        ("redress.complaint.assessed.v1", assessed),
        ("redress.complaint.response_proposed.v1", responded),
    ] {
        let event = decode(kind, &raw(&data)).unwrap();
        let written: Value = serde_json::from_str(encode(&event).data.get()).unwrap();
        assert_eq!(written, data);
    }
}

#[test]
fn open_lists_keep_words_that_are_not_known_and_closed_lists_name_the_known_ones() {
    assert_eq!(Outcome::from("upheld"), Outcome::Upheld);
    assert_eq!(RemedyKind::from("voucher").as_str(), "voucher");
    let error = "terrible".parse::<Severity>().unwrap_err().to_string();
    assert_eq!(
        error,
        "`terrible` is none of critical, major, moderate, minor, unfounded"
    );
    for status in Status::ALL {
        assert_eq!(status.as_str().parse(), Ok(*status));
    }
}

/// Any JSON, with the format's own field names and words among its texts.
fn any_json() -> impl Strategy<Value = Value> {
    let words = "[a-z_]{0,12}|2026-03-0[0-9](T09:00:00Z)?|RD-2026-000123-7|needed|user:x|\\PC{0,8}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(
                "occurred_at|remedies|kind|about|[a-z]{1,6}",
                inner,
                0..4
            )
            .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Replaces (or drops) the value at the place that `path` leads to.
fn change(value: &mut Value, path: &[usize], new: Option<Value>) {
    let Some((step, rest)) = path.split_first() else {
        *value = new.unwrap_or(Value::Null);
        return;
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let key = fields.keys().nth(step % fields.len()).cloned().unwrap();
            match (rest.is_empty(), new) {
                (true, None) => drop(fields.remove(&key)),
                (_, new) => change(&mut fields[&key], rest, new),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let index = step % items.len();
            change(&mut items[index], rest, new);
        }
        Value::Object(_)
        | Value::Array(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_) => *value = new.unwrap_or(Value::Null),
    }
}

proptest! {
    #[test]
    fn no_json_makes_the_reader_panic(value in any_json()) {
        for kind in Event::KINDS {
            if let Ok(event) = decode(kind, &raw(&value)) {
                let again = encode(&event);
                prop_assert_eq!(decode(again.kind, &again.data).unwrap(), event);
            }
        }
    }

    #[test]
    fn a_damaged_event_is_an_error_or_another_event_and_never_a_panic(
        which in 0..17_usize,
        path in proptest::collection::vec(any::<usize>(), 1..4),
        new in proptest::option::of(any_json()),
    ) {
        let draft = encode(&one_of_each()[which]);
        let mut value: Value = serde_json::from_str(draft.data.get()).unwrap();
        change(&mut value, &path, new);
        if let Ok(event) = decode(draft.kind, &raw(&value)) {
            let again = encode(&event);
            prop_assert_eq!(decode(again.kind, &again.data).unwrap(), event);
        }
    }
}
