use super::percent::percent_decoded;
use super::*;

fn event(given: &[(&str, &str)], payload: &str) -> InboxEvent {
    let payload = Bytes::copy_from_slice(payload.as_bytes());
    Published::new(given.iter().copied(), payload).read()
}

fn code(given: &[(&str, &str)], payload: &str) -> &'static str {
    event(given, payload).data.unwrap_err().code
}

const AS_EVENT: (&str, &str) = (
    "Content-Type",
    "application/cloudevents+json; charset=utf-8",
);

#[test]
fn a_structured_event_is_read() {
    let payload = r#"{"specversion":"1.0","id":"a1","source":"/crm","type":"said","time":"2026-01-01T00:00:00Z",
        "traceparent":"00-a-b-01","tracestate":"x=1","other":7,"data":{ "kind" : "complaint" }}"#;
    let event = event(&[AS_EVENT], payload);
    assert_eq!(event.mode, Mode::Structured);
    assert_eq!(event.id.as_deref(), Some("a1"));
    assert_eq!(event.source.as_deref(), Some("/crm"));
    assert_eq!(event.kind.as_deref(), Some("said"));
    assert_eq!(event.traceparent.as_deref(), Some("00-a-b-01"));
    assert_eq!(event.tracestate.as_deref(), Some("x=1"));
    assert_eq!(event.data.unwrap(), r#"{ "kind" : "complaint" }"#);
}

#[test]
fn a_binary_event_is_read_whatever_the_case_of_its_headers() {
    let given = [
        ("CE-SpecVersion", "1.0"),
        ("ce-id", "a%C3%A9 1"),
        ("Ce-Source", "/crm"),
        ("ce-type", "said"),
        ("content-type", "application/json"),
    ];
    let event = event(&given, r#"{"kind":"praise"}"#);
    assert_eq!(event.mode, Mode::Binary);
    assert_eq!(event.id.as_deref(), Some("aé 1"));
    assert_eq!(event.data.unwrap(), r#"{"kind":"praise"}"#);
}

#[test]
fn plain_json_needs_nothing_around_it() {
    let named = event(&[("Nats-Msg-Id", "m1")], r#"{"kind":"praise"}"#);
    assert_eq!((named.mode, named.id.as_deref()), (Mode::Plain, Some("m1")));
    let bare = event(&[], "{}");
    assert_eq!((bare.id, bare.data.unwrap()), (None, Bytes::from("{}")));
}

#[test]
fn what_cannot_be_read_has_a_code_and_shows_nothing_of_itself() {
    let whole = r#""specversion":"1.0","id":"a","source":"s","type":"t""#;
    let structured = |rest: &str| format!("{{{whole}{rest}}}");
    assert_eq!(code(&[AS_EVENT], "secret"), "CLOUDEVENT_MALFORMED");
    assert_eq!(code(&[AS_EVENT], &structured("")), "DATA_MISSING");
    let base64 = structured(r#","data_base64":"AA==""#);
    assert_eq!(code(&[AS_EVENT], &base64), "DATA_NOT_JSON");
    let xml = structured(r#","data":"<a/>","datacontenttype":"text/xml""#);
    assert_eq!(code(&[AS_EVENT], &xml), "DATA_NOT_JSON");
    let other = structured(r#","data":{}"#).replace("1.0", "0.3");
    assert_eq!(code(&[AS_EVENT], &other), "CLOUDEVENTS_VERSION_UNSUPPORTED");
    let nameless = structured(r#","data":{}"#).replace(r#""id":"a","#, "");
    assert_eq!(code(&[AS_EVENT], &nameless), "CLOUDEVENT_ATTRIBUTE_MISSING");
    let batch = [("content-type", "application/cloudevents-batch+json")];
    assert_eq!(code(&batch, "[]"), "CLOUDEVENTS_FORMAT_UNSUPPORTED");
    assert_eq!(code(&[], "secret"), "DATA_NOT_JSON");
    let bare = [("ce-specversion", "1.0")];
    assert_eq!(code(&bare, "{}"), "CLOUDEVENT_ATTRIBUTE_MISSING");
    let said = event(&[], "secret").data.unwrap_err().to_string();
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn the_id_of_an_event_is_read_even_where_its_data_is_not() {
    let base64 = r#"{"specversion":"1.0","id":"a","source":"s","type":"t","data_base64":"AA=="}"#;
    let read = event(&[AS_EVENT], base64);
    assert_eq!((read.id.as_deref(), read.data.is_err()), (Some("a"), true));
    let given = [
        ("ce-specversion", "1.0"),
        ("ce-id", "b"),
        ("ce-source", "s"),
        ("ce-type", "t"),
    ];
    let read = event(&given, "no JSON");
    assert_eq!((read.id.as_deref(), read.data.is_err()), (Some("b"), true));
}

#[test]
fn what_only_looks_percent_encoded_stays() {
    for same in ["%", "%4", "%zz", "100 %", "%+1", "plain"] {
        assert_eq!(percent_decoded(same), same);
    }
    assert_eq!(percent_decoded("%41%2f"), "A/");
}

#[test]
fn what_is_kept_is_read_back_whatever_its_bytes() {
    let headers = [("ce-id", "a\tb"), ("Other", "x"), ("CE-ID", "second")];
    for payload in [&b"\xff\n\0"[..], b"", b"{\n}\n"] {
        let published = Published::new(headers, Bytes::copy_from_slice(payload));
        assert_eq!(published.headers, [("ce-id".into(), "a\tb".into())]);
        let kept = published.encode();
        assert_eq!(Published::decode(&kept), Ok(published));
    }
    for damaged in [
        &b""[..],
        b"{}\n",
        b"{\"version\":2,\"headers\":[]}\n",
        b"x\ny",
    ] {
        assert!(Published::decode(damaged).is_err());
    }
}
