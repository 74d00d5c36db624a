//! A message is read as far as it goes: where its data cannot be taken, its id often can.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::percent::percent_decoded;
use super::{InboxEvent, Mode, Published, Unreadable};

const STRUCTURED: &str = "application/cloudevents+json";
const ANY_CLOUDEVENTS: &str = "application/cloudevents";
const MESSAGE_ID: &str = "nats-msg-id";
const VERSION: &str = "1.0";

/// A `CloudEvent` in structured mode. Extensions that nobody here knows are no mistake.
#[derive(Default, Deserialize)]
struct Structured<'a> {
    specversion: Option<String>,
    id: Option<String>,
    source: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    time: Option<String>,
    datacontenttype: Option<String>,
    traceparent: Option<String>,
    tracestate: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    data_base64: Option<serde::de::IgnoredAny>,
}

pub(super) fn read(published: &Published) -> InboxEvent {
    let content_type = published.header("content-type").unwrap_or_default();
    let media_type = media_type(content_type);
    if media_type == STRUCTURED {
        return structured(published);
    }
    let data = if media_type.starts_with(ANY_CLOUDEVENTS) {
        let why = "CloudEvents are read one by one, as JSON";
        Err(Unreadable::of(
            "CLOUDEVENTS_FORMAT_UNSUPPORTED",
            "datacontenttype",
            why,
        ))
    } else {
        must_be_json(&media_type).and_then(|()| json(&published.payload))
    };
    match published.header("ce-specversion") {
        Some(version) => binary(published, version, data),
        None => plain(published, data),
    }
}

fn plain(published: &Published, data: Result<Bytes, Unreadable>) -> InboxEvent {
    InboxEvent {
        mode: Mode::Plain,
        id: given(published.header(MESSAGE_ID).map(str::to_owned)),
        source: None,
        kind: None,
        time: None,
        traceparent: published.header("traceparent").map(str::to_owned),
        tracestate: published.header("tracestate").map(str::to_owned),
        data,
    }
}

fn binary(published: &Published, version: &str, data: Result<Bytes, Unreadable>) -> InboxEvent {
    let header = |name: &str| published.header(name).map(percent_decoded);
    let event = InboxEvent {
        mode: Mode::Binary,
        id: given(header("ce-id")),
        source: given(header("ce-source")),
        kind: given(header("ce-type")),
        time: given(header("ce-time")),
        traceparent: header("ce-traceparent").or_else(|| header("traceparent")),
        tracestate: header("ce-tracestate").or_else(|| header("tracestate")),
        data,
    };
    complete(event, version)
}

fn structured(published: &Published) -> InboxEvent {
    let header = |name: &str| published.header(name).map(str::to_owned);
    let read = serde_json::from_slice::<Structured<'_>>(&published.payload);
    let (event, data) = match read {
        Ok(event) => {
            let data = structured_data(&event);
            (event, data)
        }
        Err(error) => {
            let why = "it is no CloudEvent";
            let unreadable = Unreadable::at("CLOUDEVENT_MALFORMED", &error, why);
            (Structured::default(), Err(unreadable))
        }
    };
    let version = event.specversion.unwrap_or_default();
    let malformed = data
        .as_ref()
        .is_err_and(|it| it.code == "CLOUDEVENT_MALFORMED");
    let event = InboxEvent {
        mode: Mode::Structured,
        id: given(event.id),
        source: given(event.source),
        kind: given(event.kind),
        time: given(event.time),
        traceparent: event.traceparent.or_else(|| header("traceparent")),
        tracestate: event.tracestate.or_else(|| header("tracestate")),
        data,
    };
    if malformed {
        return event;
    }
    complete(event, &version)
}

fn structured_data(event: &Structured<'_>) -> Result<Bytes, Unreadable> {
    if event.data_base64.is_some() {
        let why = "`data_base64` is not read: send JSON in `data`";
        return Err(Unreadable::of("DATA_NOT_JSON", "data_base64", why));
    }
    let content_type = event.datacontenttype.as_deref().unwrap_or_default();
    must_be_json(&media_type(content_type))?;
    let missing = || Unreadable::of("DATA_MISSING", "data", "`data` is missing");
    let data = event.data.ok_or_else(missing)?;
    Ok(Bytes::copy_from_slice(data.get().as_bytes()))
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A `CloudEvent` has a version, an id, a source and a type.
fn complete(mut event: InboxEvent, version: &str) -> InboxEvent {
    if version != VERSION {
        let why = "only CloudEvents of the version 1.0 are read";
        let code = "CLOUDEVENTS_VERSION_UNSUPPORTED";
        event.data = Err(Unreadable::of(code, "specversion", why));
        return event;
    }
    let attributes = [
        ("id", &event.id),
        ("source", &event.source),
        ("type", &event.kind),
    ];
    if let Some((name, _)) = attributes.into_iter().find(|(_, value)| value.is_none()) {
        let why = "a CloudEvent needs `id`, `source` and `type`";
        event.data = Err(Unreadable::of("CLOUDEVENT_ATTRIBUTE_MISSING", name, why));
    }
    event
}

fn media_type(content_type: &str) -> String {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().to_ascii_lowercase()
}

fn must_be_json(media_type: &str) -> Result<(), Unreadable> {
    let good = media_type.is_empty()
        || media_type == "application/json"
        || media_type == "text/json"
        || media_type.ends_with("+json");
    if good {
        return Ok(());
    }
    Err(Unreadable::of(
        "DATA_NOT_JSON",
        "datacontenttype",
        "only JSON is read",
    ))
}

fn json(payload: &Bytes) -> Result<Bytes, Unreadable> {
    match serde_json::from_slice::<&RawValue>(payload) {
        Ok(_) => Ok(payload.clone()),
        Err(error) => Err(Unreadable::at("DATA_NOT_JSON", &error, "it is no JSON")),
    }
}
