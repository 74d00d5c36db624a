//! Everything that can be wrong with a message: each is a row of `docs/errors.md`.

use redress_event_bus::Received;
use serde_json::{Value, json};

use crate::inbox::{STRUCTURED, event, received, recorded, said, take, told};
use crate::running::open;

/// What comes, and what is said about it: a row of `docs/errors.md`.
struct Wrong {
    row: &'static str,
    headers: Vec<(&'static str, &'static str)>,
    body: Vec<u8>,
    code: &'static str,
    field: &'static str,
}

fn wrong(
    row: &'static str,
    headers: &[(&'static str, &'static str)],
    body: impl Into<Vec<u8>>,
    code: &'static str,
    field: &'static str,
) -> Wrong {
    Wrong {
        row,
        headers: headers.to_vec(),
        body: body.into(),
        code,
        field,
    }
}

/// The structured event with something replaced.
fn altered(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(event("w", &said())).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replace(from, to).into()
}

fn with(field: &str, value: Value) -> Vec<u8> {
    let mut said = said();
    said[field] = value;
    event("w", &said)
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn all_that_is_wrong() -> Vec<Wrong> {
    let ce = [STRUCTURED];
    let deep = format!("{{\"unmapped\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let secret = "not JSON, says Wilhelmina";
    let binary = [
        ("ce-specversion", "1.0"),
        ("ce-source", "s"),
        ("ce-type", "t"),
    ];
    let no_json = [("content-type", "text/plain")];
    let batch = [("content-type", "application/cloudevents-batch+json")];
    let avro = [
        ("content-type", "application/cloudevents+avro"),
        ("nats-msg-id", "w"),
    ];
    let id = [("nats-msg-id", "w")];
    let long = "x".repeat(33_000);
    let control = altered("\"id\":\"w\"", "\"id\":\"w\\u0007\"");
    let long_id = altered("\"id\":\"w\"", &format!("\"id\":\"{}\"", "w".repeat(201)));
    let file = json!([{ "name": "a.png", "media_type": "image/png" }]);
    vec![
        wrong("a body that is no JSON", &id, secret, "DATA_NOT_JSON", ""),
        wrong(
            "bytes that are not UTF-8",
            &id,
            b"{\"kind\":\"\xff\"}".to_vec(),
            "DATA_NOT_JSON",
            "",
        ),
        wrong("nothing", &id, "", "DATA_NOT_JSON", ""),
        wrong(
            "a content type that is no JSON",
            &no_json,
            "{}",
            "DATA_NOT_JSON",
            "datacontenttype",
        ),
        wrong(
            "`datacontenttype` of something else",
            &ce,
            altered("\"type\"", "\"datacontenttype\":\"text/xml\",\"type\""),
            "DATA_NOT_JSON",
            "datacontenttype",
        ),
        wrong(
            "`data_base64`",
            &ce,
            altered("\"type\"", "\"data_base64\":\"AA==\",\"type\""),
            "DATA_NOT_JSON",
            "data_base64",
        ),
        wrong(
            "a structured event that is no JSON object, cut off, or with an attribute of another type",
            &ce,
            secret,
            "CLOUDEVENT_MALFORMED",
            "",
        ),
        wrong(
            "no `data`",
            &ce,
            altered("\"data\":", "\"dada\":"),
            "DATA_MISSING",
            "data",
        ),
        wrong(
            "no `id`, `source` or `type`",
            &binary,
            "{}",
            "CLOUDEVENT_ATTRIBUTE_MISSING",
            "id",
        ),
        wrong(
            "another `specversion`",
            &ce,
            altered("\"1.0\"", "\"0.3\""),
            "CLOUDEVENTS_VERSION_UNSUPPORTED",
            "specversion",
        ),
        wrong(
            "a batch, or a format of events that is not JSON",
            &batch,
            "[]",
            "CLOUDEVENTS_FORMAT_UNSUPPORTED",
            "datacontenttype",
        ),
        wrong(
            "a batch, or a format of events that is not JSON",
            &avro,
            "Obj",
            "CLOUDEVENTS_FORMAT_UNSUPPORTED",
            "datacontenttype",
        ),
        wrong(
            "a `time` that is none",
            &ce,
            altered("2026-05-19T10:00:00Z", "yesterday"),
            "FIELD_MALFORMED",
            "time",
        ),
        wrong(
            "an `id` of more than 200 characters",
            &ce,
            long_id,
            "FIELD_TOO_LONG",
            "id",
        ),
        wrong(
            "a `source` of more than 200 characters",
            &ce,
            altered("/crm/eu", &"s".repeat(201)),
            "FIELD_TOO_LONG",
            "source",
        ),
        wrong(
            "a `source` with a control character",
            &ce,
            altered("/crm/eu", "s\\u0007"),
            "FIELD_CONTROL_CHARACTER",
            "source",
        ),
        wrong(
            "an `id` with a control character",
            &ce,
            control,
            "FIELD_CONTROL_CHARACTER",
            "id",
        ),
        wrong(
            "data that is no object, has an unknown field, or is nested too deep",
            &ce,
            event("w", &json!([1])),
            "SUBMISSION_MALFORMED",
            "data",
        ),
        wrong(
            "data that is no object, has an unknown field, or is nested too deep",
            &ce,
            with("colour", json!("Wilhelmina")),
            "SUBMISSION_MALFORMED",
            "data",
        ),
        wrong(
            "data that is no object, has an unknown field, or is nested too deep",
            &id,
            deep,
            "SUBMISSION_MALFORMED",
            "data",
        ),
        wrong(
            "a value of another type",
            &ce,
            with("scores", json!("Wilhelmina")),
            "SUBMISSION_MALFORMED",
            "scores",
        ),
        wrong(
            "a file",
            &ce,
            with("attachments", file),
            "ATTACHMENT_NOT_SUPPORTED",
            "attachments",
        ),
        wrong(
            "any rule of feedback",
            &ce,
            with("kind", json!("rant")),
            "FIELD_UNKNOWN_VALUE",
            "kind",
        ),
        wrong(
            "any rule of feedback",
            &ce,
            with("description", json!(long)),
            "FIELD_TOO_LONG",
            "description",
        ),
        wrong(
            "any rule of feedback",
            &ce,
            with("received_at", json!("2999-01-01T00:00:00Z")),
            "TIME_IN_THE_FUTURE",
            "received_at",
        ),
        wrong(
            "any rule of feedback",
            &ce,
            event("w", &json!({ "kind": "complaint" })),
            "FEEDBACK_SAYS_NOTHING",
            "",
        ),
    ]
}

#[tokio::test]
async fn what_is_wrong_is_named_documented_and_kept_once() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
    let page = std::fs::read_to_string(page).unwrap();
    for wrong in all_that_is_wrong() {
        let row = if wrong.row == "any rule of feedback" {
            "| any rule of feedback |".to_owned()
        } else {
            format!("| {} | `{}` |", wrong.row, wrong.code)
        };
        assert!(page.contains(&row), "docs/errors.md has no row {row}");

        let data = tempfile::tempdir().unwrap();
        let intake = open(data.path(), 1);
        let door = intake.door();
        let message = || received(1, &wrong.headers, wrong.body.clone());
        let first = told(take(&door, message()).await);
        assert_eq!(first.code, wrong.code, "{}", wrong.row);
        assert_eq!(first.field.as_deref().unwrap_or_default(), wrong.field);
        for unsaid in ["could not be taken", "what it may be", "`it`"] {
            assert!(!format!("{first:?}").contains(unsaid), "{first:?}");
        }
        let redelivered = Received {
            deliveries: 2,
            ..message()
        };
        for again in [message(), redelivered] {
            let again = told(take(&door, again).await);
            assert_eq!(again, first, "{}", wrong.row);
        }
        let reference = first.rejected_id;
        let kept = recorded(&intake).await;
        assert_eq!(kept.len(), 1, "{}: it is kept once", wrong.row);
        assert_eq!(kept[0].subject.to_string(), format!("rejected/{reference}"));
        let event = redress_feedback::decode(&kept[0].kind, &kept[0].data).unwrap();
        let redress_feedback::Event::InputRejected(input) = event else {
            panic!("{event:?}");
        };
        assert_eq!(input.reasons[0].code, wrong.code);
        let field = input.reasons[0].field.clone().unwrap_or_default();
        assert_eq!(field, wrong.field, "{}", wrong.row);
        assert_eq!(input.source.as_deref(), Some("crm"));
    }
}
