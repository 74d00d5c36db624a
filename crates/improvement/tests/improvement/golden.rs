//! What is stored is frozen: one file per event type.

use proptest::prelude::*;
use redress_improvement::{CodecError, Event, decode, encode};
use serde_json::value::RawValue;

use crate::example::{dismissed, life};

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.into()).unwrap()
}

fn every_event() -> Vec<Event> {
    life().into_iter().chain([dismissed()]).collect()
}

#[test]
fn every_event_is_written_and_read_as_it_always_was() {
    for event in every_event() {
        let draft = encode(&event);
        let path = format!(
            "{}/tests/golden/{}.json",
            env!("CARGO_MANIFEST_DIR"),
            draft.kind
        );
        let wanted = std::env::var_os("REDRESS_WRITE_GOLDEN").is_some();
        if wanted && !std::path::Path::new(&path).exists() {
            std::fs::write(&path, draft.data.get()).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!(draft.data.get(), golden);
        assert_eq!(decode(draft.kind, &raw(&golden)).unwrap(), event);
    }
}

#[test]
fn a_word_or_field_of_a_later_version_is_kept_or_passed_over() {
    let text = r#"{"summary":"s","verdict":"effective","later":{"x":[1]}}"#;
    let event = decode("redress.improvement.closed.v1", &raw(text)).unwrap();
    let again = encode(&event);
    assert_eq!(again.data.get(), r#"{"summary":"s","verdict":"effective"}"#);
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
        which in 0_usize..6, at in any::<prop::sample::Index>(), byte in 0_u8..128,
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
    fn no_data_makes_the_decoder_panic(which in 0_usize..6, text in "\\PC{0,200}") {
        let kind = encode(&every_event()[which]).kind;
        if let Ok(data) = RawValue::from_string(text) {
            let _ = decode(kind, &data);
        }
    }
}
