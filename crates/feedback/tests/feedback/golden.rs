//! What is stored is frozen: one file per event type and one for the sealed content.

use std::collections::BTreeMap;

use proptest::prelude::*;
use redress_feedback::{
    Answer, CodecError, Content, Customer, Event, ExternalId, ResponseClass, decode, encode,
};
use serde_json::value::RawValue;

use crate::example::{bare_events, bare_feedback, every_event};

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.into()).unwrap()
}

fn golden(name: &str, written: &str) -> String {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let wanted = std::env::var_os("REDRESS_WRITE_GOLDEN").is_some();
    if wanted && !std::path::Path::new(&path).exists() {
        std::fs::write(&path, written).unwrap();
    }
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_event_is_written_and_read_as_it_always_was() {
    for event in every_event() {
        let draft = encode(&event);
        let golden = golden(draft.kind, draft.data.get());
        assert_eq!(draft.data.get(), golden);
        assert_eq!(decode(draft.kind, &raw(&golden)).unwrap(), event);
    }
}

#[test]
fn absent_fields_are_left_out() {
    for event in bare_events() {
        let draft = encode(&event);
        let golden = golden(&format!("bare.{}", draft.kind), draft.data.get());
        assert_eq!(draft.data.get(), golden);
        assert_eq!(decode(draft.kind, &raw(&golden)).unwrap(), event);
    }
}

/// What becomes of a word that a later version adds, for every stored list of words.
#[test]
fn a_word_of_a_later_version_is_kept_or_named_and_never_taken_for_damage() {
    for (event, path, word, is_kept) in [
        ("received", "/kind", "petition", true),
        ("received", "/channel", "hologram", true),
        ("received", "/remedy_sought/kind", "voucher", true),
        ("received", "/scores/0/measure", "nps2", true),
        ("received", "/reported/response_class", "settled", false),
        ("received", "/reported/timely", "partly", false),
        ("history_reported", "/reported/disputed", "partly", false),
        (
            "history_reported",
            "/reported/response_class",
            "settled",
            false,
        ),
    ] {
        let kind = format!("redress.feedback.{event}.v1");
        let every = every_event();
        let draft = every.iter().map(encode).find(|draft| draft.kind == kind);
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

fn content() -> Content {
    let some = |text: &str| Some(text.to_owned());
    Content {
        description: some("=It \"leaks\".\nSince day 1 – Grüße"),
        immediate_action: some("Ada Example was sent a new lid"),
        customer: Customer {
            reference: some("K-1"),
            name: some("Ada Example"),
            email: some("ada@example.org"),
            phone: some("+43 1 000"),
            address: some("Example Street 1\nLinz"),
            postal_code: some("335XX"),
        },
        external_references: vec![ExternalId {
            system: "cfpb".into(),
            source: Some("/complaints".into()),
            id: "7887".into(),
        }],
        attachment_names: vec!["leak.jpg".into()],
        unmapped: BTreeMap::from([("Consumer consent provided?".into(), "N/A".into())]),
    }
}

#[test]
fn sealed_content_is_written_and_read_as_it_always_was() {
    let written = String::from_utf8(content().encode()).unwrap();
    let golden = golden("content.v1", &written);
    assert_eq!(written, golden);
    assert_eq!(Content::decode(golden.as_bytes()).unwrap(), content());
    let empty = Content::default();
    assert!(empty.is_empty());
    let written = String::from_utf8(empty.encode()).unwrap();
    assert_eq!(written, self::golden("bare.content.v1", &written));
    assert_eq!(Content::decode(written.as_bytes()).unwrap(), empty);
}

#[test]
fn content_of_a_later_version_is_refused_by_number() {
    let error = Content::decode(br#"{"version":2,"content":[]}"#).unwrap_err();
    assert!(error.to_string().contains("version 2"), "{error}");
}

#[test]
fn a_broken_content_does_not_say_what_it_contains() {
    let error = Content::decode(br#"{"version":1,"content":{"customer":"Ada"}}"#).unwrap_err();
    assert!(!error.to_string().contains("Ada"), "{error}");
    assert!(!format!("{:?}", content()).contains("Ada"));
}

#[test]
fn a_word_or_field_of_a_later_version_is_kept_or_passed_over() {
    let text = r#"{"kind":"petition","channel":"hologram","received_at":"2026-01-01T00:00:00Z",
        "later":[1],"scores":[{"measure":"nps2","value":3}],"reported":{"source":"x","digest":"00",
        "response_class":"other","timely":"yes","disputed":"unknown"}}"#;
    let event = decode("redress.feedback.received.v1", &raw(text)).unwrap();
    let Event::Received(feedback) = &event else {
        panic!("another event: {event:?}");
    };
    assert_eq!(feedback.kind.to_string(), "petition");
    assert_eq!(feedback.channel.to_string(), "hologram");
    let again = encode(&event);
    assert_eq!(decode(again.kind, &again.data).unwrap(), event);
}

#[test]
fn reported_words_are_written_as_they_are_named() {
    let written = |word: serde_json::Value| word.as_str().unwrap().to_owned();
    for class in ResponseClass::ALL {
        assert_eq!(
            written(serde_json::to_value(class).unwrap()),
            class.as_str()
        );
        assert_eq!(ResponseClass::known(class.as_str()), Some(*class));
    }
    for answer in Answer::ALL {
        assert_eq!(
            written(serde_json::to_value(answer).unwrap()),
            answer.as_str()
        );
    }
}

#[test]
fn an_unknown_type_and_a_report_without_history_are_named() {
    let error = decode("redress.feedback.shredded.v1", &raw("{}")).unwrap_err();
    assert!(matches!(error, CodecError::UnknownType { .. }), "{error}");
    let bare = encode(&Event::Received(Box::new(bare_feedback())));
    let error = decode("redress.feedback.history_reported.v1", &bare.data).unwrap_err();
    assert!(error.to_string().contains("reported"), "{error}");
}

proptest! {
    #[test]
    fn no_data_makes_the_decoder_panic(which in 0_usize..8, text in "\\PC{0,200}") {
        let kind = encode(&every_event()[which]).kind;
        if let Ok(data) = RawValue::from_string(text.clone()) {
            let _ = decode(kind, &data);
        }
        let _ = Content::decode(text.as_bytes());
    }

    #[test]
    fn a_damaged_event_is_refused_or_reads_back_what_it_writes(
        which in 0_usize..8, at in any::<prop::sample::Index>(), byte in 0_u8..128,
    ) {
        let draft = encode(&every_event()[which]);
        let mut bytes = draft.data.get().as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let text = String::from_utf8(bytes).unwrap();
        let Ok(data) = RawValue::from_string(text) else { return Ok(()) };
        if let Ok(event) = decode(draft.kind, &data) {
            let again = encode(&event);
            prop_assert_eq!(decode(again.kind, &again.data).unwrap(), event);
        }
    }

    #[test]
    fn any_words_survive_sealing(description in any::<Option<String>>(), name in any::<String>()) {
        let mut content = content();
        content.description = description;
        content.customer.name = Some(name);
        prop_assert_eq!(Content::decode(&content.encode()).unwrap(), content);
    }
}
