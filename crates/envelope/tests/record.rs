//! The record's format, held against a golden file that never changes.

use proptest::prelude::*;
use redress_envelope::{
    Actor, Cause, Context, DecodeError, EncodeError, ItemId, LogId, MAX_RECORD_BYTES, Record,
    Subject, derived_uuid,
};
use serde_json::value::RawValue;

fn item() -> ItemId {
    ItemId::new(0, derived_uuid("test", &["item"]))
}

fn full_record() -> Record {
    let log = LogId(derived_uuid("test log", &["workflow"]));
    Record {
        service: "workflow".into(),
        log,
        tenant: "default".into(),
        partition: 0,
        position: 1234,
        subject: Subject::item("complaint", item()),
        version: 3,
        time: "2026-11-21T19:40:00.123456Z".parse().unwrap(),
        kind: "redress.complaint.acknowledged.v1".into(),
        command_end: true,
        context: Context {
            actor: Actor::User("h-17".into()),
            on_behalf_of: Some(Actor::Service("crm".into())),
            authenticated: true,
            request_id: Some("order-4711:2".into()),
            request_digest: Some("5f".repeat(16)),
            inbound_key: Some("6a".repeat(16)),
            causation: Some(Cause {
                log,
                partition: 0,
                position: 7,
            }),
            correlation: Some("0-00000000000000000000000000000001".into()),
            traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into()),
            policy_version: Some("iso-10002/1".into()),
        },
        data: RawValue::from_string(r#"{"channel":"phone"}"#.into()).unwrap(),
    }
}

fn bare_record() -> Record {
    let full = full_record();
    Record {
        version: 0,
        position: 0,
        command_end: false,
        context: Context::by(Actor::System),
        ..full
    }
}

fn check_golden(record: &Record, name: &str) {
    let bytes = record.encode().unwrap();
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("REDRESS_WRITE_GOLDEN").is_some() && !std::path::Path::new(&path).exists() {
        std::fs::write(&path, &bytes).unwrap();
    }
    let golden = std::fs::read(&path).unwrap();
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        String::from_utf8(golden.clone()).unwrap()
    );
    let read = Record::decode_checked(&golden).unwrap();
    assert_eq!(read.encode().unwrap(), golden);
}

#[test]
fn the_written_form_is_frozen() {
    check_golden(&full_record(), "full.json");
    check_golden(&bare_record(), "bare.json");
}

#[test]
fn an_attribute_of_a_later_version_is_passed_over() {
    let text = String::from_utf8(bare_record().encode().unwrap()).unwrap();
    let later = text.replacen("\"data\":", "\"laterattribute\":{\"x\":[1]},\"data\":", 1);
    assert_eq!(
        Record::decode(later.as_bytes()).unwrap().kind,
        bare_record().kind
    );
}

#[test]
fn who_checks_the_id_refuses_a_record_with_the_id_of_another() {
    let text = String::from_utf8(bare_record().encode().unwrap()).unwrap();
    let moved = text.replacen("\"version\":\"0\"", "\"version\":\"1\"", 1);
    let error = Record::decode_checked(moved.as_bytes()).unwrap_err();
    assert!(
        matches!(
            error,
            DecodeError::Attribute {
                attribute: "id",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_record_over_the_limit_is_neither_written_nor_read() {
    let long = format!(r#"{{"text":"{}"}}"#, "x".repeat(MAX_RECORD_BYTES));
    let record = Record {
        data: RawValue::from_string(long).unwrap(),
        ..bare_record()
    };
    assert!(matches!(record.encode(), Err(EncodeError::TooLarge { .. })));
    let bytes = vec![b' '; MAX_RECORD_BYTES + 1];
    assert!(matches!(
        Record::decode(&bytes),
        Err(DecodeError::TooLarge { .. })
    ));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Record::decode(&bytes);
    }

    #[test]
    fn a_damaged_record_is_refused_or_still_a_record(at in 0_usize..2000, bit in 0_u8..8) {
        let mut bytes = full_record().encode().unwrap();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let _ = Record::decode(&bytes);
    }

    #[test]
    fn what_is_written_can_be_read(text in "[ -~\\n\\t\\x00é]{0,6}", which in 0_usize..6) {
        let mut record = full_record();
        match which {
            0 => record.service.clone_from(&text),
            1 => record.kind.clone_from(&text),
            2 => record.context.actor = Actor::User(text.clone()),
            3 => record.context.on_behalf_of = Some(Actor::Service(text.clone())),
            4 => record.subject = Subject::item(Box::leak(text.clone().into_boxed_str()), item()),
            _ => record.tenant.clone_from(&text),
        }
        if let Ok(bytes) = record.encode() {
            let read = Record::decode_checked(&bytes);
            prop_assert!(read.is_ok(), "{read:?}: {text:?}");
            prop_assert_eq!(read.unwrap().encode().unwrap(), bytes);
        }
    }

    #[test]
    fn any_text_of_an_attribute_survives(text in any::<String>()) {
        let mut record = full_record();
        let context = &mut record.context;
        for attribute in [
            &mut context.request_id,
            &mut context.request_digest,
            &mut context.inbound_key,
            &mut context.correlation,
            &mut context.traceparent,
            &mut context.policy_version,
        ] {
            *attribute = Some(text.clone());
        }
        record.tenant.clone_from(&text);
        let read = Record::decode(&record.encode().unwrap()).unwrap();
        prop_assert_eq!(read.encode().unwrap(), record.encode().unwrap());
    }
}
