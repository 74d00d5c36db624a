use super::*;

fn headers(given: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        headers.insert(*name, *value);
    }
    headers
}

fn event(given: &[(&str, &str)], payload: &str) -> Result<InboxEvent, Unreadable> {
    read(&headers(given), &Bytes::copy_from_slice(payload.as_bytes()))
}

fn code(given: &[(&str, &str)], payload: &str) -> &'static str {
    event(given, payload).unwrap_err().code
}

const AS_EVENT: (&str, &str) = (
    "Content-Type",
    "application/cloudevents+json; charset=utf-8",
);

#[test]
fn a_structured_event_is_read() {
    let payload = r#"{"specversion":"1.0","id":"a1","source":"/crm","type":"said","time":"2026-01-01T00:00:00Z",
        "traceparent":"00-a-b-01","other":7,"data":{ "kind" : "complaint" }}"#;
    let event = event(&[AS_EVENT], payload).unwrap();
    assert_eq!(event.mode, Mode::Structured);
    assert_eq!(event.id.as_deref(), Some("a1"));
    assert_eq!(event.source.as_deref(), Some("/crm"));
    assert_eq!(event.kind.as_deref(), Some("said"));
    assert_eq!(event.traceparent.as_deref(), Some("00-a-b-01"));
    assert_eq!(event.data, r#"{ "kind" : "complaint" }"#);
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
    let event = event(&given, r#"{"kind":"praise"}"#).unwrap();
    assert_eq!(event.mode, Mode::Binary);
    assert_eq!(event.id.as_deref(), Some("aé 1"));
    assert_eq!(event.data, r#"{"kind":"praise"}"#);
}

#[test]
fn plain_json_needs_nothing_around_it() {
    let event = event(&[("Nats-Msg-Id", "m1")], r#"{"kind":"praise"}"#).unwrap();
    assert_eq!((event.mode, event.id.as_deref()), (Mode::Plain, Some("m1")));
    let bare = super::read(&HeaderMap::new(), &Bytes::from_static(b"{}")).unwrap();
    assert_eq!(bare.id, None);
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
    assert_eq!(
        code(&[("ce-specversion", "1.0")], "{}"),
        "CLOUDEVENT_ATTRIBUTE_MISSING"
    );
    let said = event(&[], "secret").unwrap_err().to_string();
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn what_only_looks_percent_encoded_stays() {
    for same in ["%", "%4", "%zz", "100 %", "%+1", "plain"] {
        assert_eq!(percent_decoded(same), same);
    }
    assert_eq!(percent_decoded("%41%2f"), "A/");
}
