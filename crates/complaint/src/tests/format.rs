//! The stored format: golden files, and that no bytes make the reader panic.

use std::collections::BTreeSet;
use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::stored::{bare, full, grown};
use crate::{
    Cause, CodecError, Event, ImmediateAction, Outcome, RemedyKind, Severity, Status, decode,
    encode,
};

fn raw(value: &Value) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).unwrap()
}

/// The one case in which a golden file is written: it is not there, and somebody asked.
pub(super) fn read_or_write(name: &str, data: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = folder.join(format!("{name}.json"));
    if !path.exists() && std::env::var_os("REDRESS_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{data}\n")).unwrap();
    }
    let text = std::fs::read_to_string(&path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_event_is_stored_as_it_was_first_stored() {
    let kinds: BTreeSet<_> = full().iter().map(Event::kind).collect();
    assert_eq!(kinds, Event::KINDS.iter().copied().collect());
    let mut seen = BTreeSet::new();
    for event in full().into_iter().chain(bare()).chain(grown()) {
        let prefixes = ["", "bare.", "bare2."];
        let prefixes = if grown().contains(&event) {
            ["grown.", "grown2.", "grown3."]
        } else {
            prefixes
        };
        let mut names = prefixes
            .map(|prefix| format!("{prefix}{}", event.kind()))
            .into_iter();
        let name = names.find(|name| seen.insert(name.clone())).unwrap();
        let draft = encode(&event);
        let stored = read_or_write(&name, draft.data.get());
        assert_eq!(draft.data.get(), stored.trim_end(), "{name}");
        let read = decode(draft.kind, &RawValue::from_string(stored).unwrap());
        assert_eq!(read.unwrap(), event);
    }
}

/// The paths of all fields of an object, those of objects and lists in it too.
fn paths(value: &Value, prefix: &[String], found: &mut Vec<Vec<String>>) {
    let fields: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(k, v)| (k.clone(), v)).collect(),
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            numbered.map(|(at, item)| (at.to_string(), item)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
    };
    for (name, inner) in fields {
        let path = [prefix, &[name]].concat();
        if value.is_object() {
            found.push(path.clone());
        }
        paths(inner, &path, found);
    }
}

/// A reader of the golden files sees what may be absent: it is, in one of the two.
#[test]
fn whatever_can_be_absent_is_there_in_one_golden_and_absent_in_another() {
    for event in full().into_iter().chain(grown()) {
        let draft = encode(&event);
        let whole: Value = serde_json::from_str(draft.data.get()).unwrap();
        let same = bare()
            .into_iter()
            .chain(full())
            .filter(|bare| bare.kind() == event.kind());
        let sparse: Vec<Value> = same
            .map(|event| serde_json::from_str(encode(&event).data.get()).unwrap())
            .collect();
        let mut all = Vec::new();
        paths(&whole, &[], &mut all);
        for path in all {
            let (last, parent) = path.split_last().unwrap();
            let parent = format!("/{}", parent.join("/"));
            let parent = if parent == "/" { "" } else { &*parent };
            let mut less = whole.clone();
            let fields = less.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            fields.remove(last);
            if decode(draft.kind, &raw(&less)).is_ok() {
                let path = format!("/{}", path.join("/"));
                let absent = |golden: &Value| golden.pointer(&path).is_none();
                assert!(
                    sparse.iter().any(absent),
                    "{} always has {path}",
                    draft.kind
                );
            }
        }
    }
}

/// What becomes of a word that a later version adds, for every stored list of words.
#[test]
fn a_word_of_a_later_version_is_kept_or_named_and_never_taken_for_damage() {
    enum Then {
        Kept,
        Named,
    }
    use Then::{Kept, Named};
    let table: &[(&str, &str, &str, Then)] = &[
        ("assessed", "/severity", "catastrophic", Kept),
        ("assessed", "/safety_implication", "alleged", Kept),
        ("assessed", "/complexity", "very_high", Kept),
        ("assessed", "/impact", "very_high", Kept),
        ("assessed", "/immediate_action", "taken", Kept),
        ("investigation_started", "/declaration", "managed", Kept),
        ("investigation_started", "/investigator", "team:7", Named),
        (
            "investigation_not_required",
            "/decided_by",
            "board:1",
            Named,
        ),
        ("assigned", "/handler", "team:7", Named),
        ("response_proposed", "/cause", "suspected", Kept),
        ("response_proposed", "/remedies/0/kind", "voucher", Kept),
        ("decision_communicated", "/outcome", "settled", Kept),
        ("decision_communicated", "/channel", "hologram", Kept),
        ("closed", "/basis", "time_barred", Kept),
        ("held", "/basis", "moratorium", Kept),
        ("conflict_declared", "/person", "team:7", Named),
        ("finding_recorded", "/result", "likely", Kept),
        ("reclassified", "/severity", "catastrophic", Kept),
        ("reclassified", "/earlier/severity", "catastrophic", Kept),
        ("remedy_approved", "/approved_by", "board:1", Named),
        ("resumed", "/waiting_for", "regulator", Kept),
        ("referred_externally", "/referred_by", "regulator", Kept),
        ("external_resolution_begun", "/method", "lottery", Kept),
        ("determination_received", "/determination", "varied", Kept),
        ("satisfaction_recorded", "/measure", "stars", Kept),
        ("opened", "/about/kind", "petition", Kept),
        ("opened", "/about/channel", "hologram", Kept),
        ("opened", "/about/remedy_sought", "voucher", Kept),
        ("taken_over", "/history/response_class", "settled", Named),
        ("taken_over", "/history/timely", "partly", Named),
        ("taken_over", "/history/disputed", "partly", Named),
        (
            "history_reported",
            "/history/response_class",
            "settled",
            Named,
        ),
    ];
    for (event, path, word, then) in table {
        let kind = format!("redress.complaint.{event}.v1");
        let event = full().into_iter().find(|event| event.kind() == kind);
        let mut data: Value = serde_json::from_str(encode(&event.unwrap()).data.get()).unwrap();
        *data.pointer_mut(path).unwrap() = json!(word);
        match (decode(&kind, &raw(&data)), then) {
            (Ok(event), Kept) => {
                let again: Value = serde_json::from_str(encode(&event).data.get()).unwrap();
                assert_eq!(again, data);
                let mut state = crate::State::default();
                crate::evolve(&mut state, &event);
            }
            (Err(error @ CodecError::UnknownWord { .. }), Named) => {
                let unknown = error.unknown().unwrap();
                assert!(
                    unknown.contains(word) && unknown.contains(path),
                    "{unknown}"
                );
            }
            (other, _) => panic!("{kind} with {word}: {other:?}"),
        }
    }
}

#[test]
fn a_word_of_a_later_version_is_read_and_not_written() {
    assert_eq!(Severity::from("catastrophic").as_str(), "catastrophic");
    assert!("catastrophic".parse::<Severity>().is_err());
    let word = || "taken".to_owned();
    let (code, what) = (Some("seal".to_owned()), None);
    assert_eq!(Cause::Other { word: word(), code }.code(), Some("seal"));
    assert_eq!(
        ImmediateAction::Other { word: word(), what }.as_str(),
        "taken"
    );
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
        which in 0..Event::KINDS.len(),
        path in proptest::collection::vec(any::<usize>(), 1..4),
        new in proptest::option::of(any_json()),
    ) {
        let draft = encode(&full()[which]);
        let mut value: Value = serde_json::from_str(draft.data.get()).unwrap();
        change(&mut value, &path, new);
        if let Ok(event) = decode(draft.kind, &raw(&value)) {
            let again = encode(&event);
            prop_assert_eq!(decode(again.kind, &again.data).unwrap(), event);
        }
    }
}
