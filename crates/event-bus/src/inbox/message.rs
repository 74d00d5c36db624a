//! A message as its publisher wrote it: a `CloudEvent` in structured or binary mode, or plain JSON.

use std::borrow::Cow;

use async_nats::HeaderMap;
use async_nats::jetstream::message::Message;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

const STRUCTURED: &str = "application/cloudevents+json";
const MESSAGE_ID: &str = "Nats-Msg-Id";

/// One message of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The token in the subject: whose door it came through.
    pub source: String,
    /// Its place in the inbox, as the broker told the publisher.
    pub sequence: u64,
    /// How often it was given out, this time included.
    pub deliveries: u64,
    /// Everything that was published, to be kept where it cannot be accepted.
    pub payload: Bytes,
    pub event: Result<InboxEvent, Unreadable>,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEvent {
    pub mode: Mode,
    /// Of a `CloudEvent` its `id`, of plain JSON the header `Nats-Msg-Id`. A repeat has the same.
    pub id: Option<String>,
    /// Of a `CloudEvent`.
    pub source: Option<String>,
    /// Of a `CloudEvent` its `type`.
    pub kind: Option<String>,
    /// Of a `CloudEvent`, as it is written.
    pub time: Option<String>,
    /// W3C Trace Context, of the event or of the message.
    pub traceparent: Option<String>,
    /// JSON.
    pub data: Bytes,
}

/// How a message is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Structured,
    Binary,
    Plain,
}

/// A message that is none. It says nothing of the content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Unreadable {
    /// Stable, `SCREAMING_SNAKE_CASE`.
    pub code: &'static str,
    pub why: String,
}

fn unreadable(code: &'static str, why: impl Into<String>) -> Unreadable {
    let why = why.into();
    Unreadable { code, why }
}

/// A `CloudEvent` in structured mode. Extensions that nobody here knows are no mistake.
#[derive(Deserialize)]
struct Structured<'a> {
    specversion: String,
    id: Option<String>,
    source: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    time: Option<String>,
    datacontenttype: Option<String>,
    traceparent: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    data_base64: Option<serde::de::IgnoredAny>,
}

impl Received {
    pub(super) fn from_message(message: &Message) -> Result<Self, String> {
        let info = message.info().map_err(|error| error.to_string())?;
        let source = message.subject.rsplit('.').next().unwrap_or_default();
        let empty = HeaderMap::new();
        let headers = message.headers.as_ref().unwrap_or(&empty);
        Ok(Self {
            source: source.to_owned(),
            sequence: info.stream_sequence,
            deliveries: u64::try_from(info.delivered).unwrap_or_default(),
            payload: message.payload.clone(),
            event: read(headers, &message.payload),
        })
    }
}

fn read(headers: &HeaderMap, payload: &Bytes) -> Result<InboxEvent, Unreadable> {
    let content_type = find(headers, "content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(STRUCTURED) {
        return structured(headers, payload);
    }
    if media_type
        .to_ascii_lowercase()
        .starts_with("application/cloudevents")
    {
        let why = "CloudEvents are read one by one, as JSON";
        return Err(unreadable("CLOUDEVENTS_FORMAT_UNSUPPORTED", why));
    }
    must_be_json(content_type)?;
    let binary = find(headers, "ce-specversion");
    let data = json(payload)?;
    let attribute = |name: &str| find(headers, name).map(percent_decoded);
    let Some(version) = binary else {
        return Ok(InboxEvent {
            mode: Mode::Plain,
            id: find(headers, MESSAGE_ID).map(str::to_owned),
            source: None,
            kind: None,
            time: None,
            traceparent: attribute("traceparent"),
            data,
        });
    };
    complete(
        InboxEvent {
            mode: Mode::Binary,
            id: attribute("ce-id"),
            source: attribute("ce-source"),
            kind: attribute("ce-type"),
            time: attribute("ce-time"),
            traceparent: attribute("ce-traceparent").or_else(|| attribute("traceparent")),
            data,
        },
        version,
    )
}

fn structured(headers: &HeaderMap, payload: &Bytes) -> Result<InboxEvent, Unreadable> {
    let event: Structured<'_> = serde_json::from_slice(payload).map_err(|error| {
        // The position is said, and nothing of what stands there.
        let (line, column) = (error.line(), error.column());
        let why = format!("it is no CloudEvent: line {line}, column {column}");
        unreadable("CLOUDEVENT_MALFORMED", why)
    })?;
    if event.data_base64.is_some() {
        let why = "`data_base64` is not read: send JSON in `data`";
        return Err(unreadable("DATA_NOT_JSON", why));
    }
    must_be_json(event.datacontenttype.as_deref().unwrap_or_default())?;
    let data = event
        .data
        .ok_or_else(|| unreadable("DATA_MISSING", "`data` is missing"))?;
    let header = || find(headers, "traceparent").map(str::to_owned);
    let version = event.specversion;
    complete(
        InboxEvent {
            mode: Mode::Structured,
            id: event.id,
            source: event.source,
            kind: event.kind,
            time: event.time,
            traceparent: event.traceparent.or_else(header),
            data: Bytes::copy_from_slice(data.get().as_bytes()),
        },
        &version,
    )
}

/// A `CloudEvent` has a version, an id, a source and a type.
fn complete(event: InboxEvent, version: &str) -> Result<InboxEvent, Unreadable> {
    if version != "1.0" {
        let why = "only CloudEvents of the version 1.0 are read";
        return Err(unreadable("CLOUDEVENTS_VERSION_UNSUPPORTED", why));
    }
    let given = |value: &Option<String>| value.as_ref().is_some_and(|it| !it.is_empty());
    for (name, value) in [
        ("id", &event.id),
        ("source", &event.source),
        ("type", &event.kind),
    ] {
        if !given(value) {
            let why = format!("a CloudEvent needs `{name}`");
            return Err(unreadable("CLOUDEVENT_ATTRIBUTE_MISSING", why));
        }
    }
    Ok(event)
}

fn must_be_json(content_type: &str) -> Result<(), Unreadable> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let lower = media_type.to_ascii_lowercase();
    let good = lower.is_empty() || lower == "application/json" || lower.ends_with("+json");
    if good {
        return Ok(());
    }
    Err(unreadable("DATA_NOT_JSON", "only JSON is read"))
}

fn json(payload: &Bytes) -> Result<Bytes, Unreadable> {
    match serde_json::from_slice::<&RawValue>(payload) {
        Ok(_) => Ok(payload.clone()),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let why = format!("it is no JSON: line {line}, column {column}");
            Err(unreadable("DATA_NOT_JSON", why))
        }
    }
}

/// A header by its name, in whatever case it was written.
pub(super) fn header<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    find(message.headers.as_ref()?, name)
}

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let same = |(found, values): (&async_nats::HeaderName, &'a Vec<async_nats::HeaderValue>)| {
        let found: &str = found.as_ref();
        if !found.eq_ignore_ascii_case(name) {
            return None;
        }
        values.first().map(async_nats::HeaderValue::as_str)
    };
    headers.iter().find_map(same)
}

/// Attributes in headers are percent-encoded where they are not plain ASCII.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let encoded = after.first_chunk::<2>().filter(|_| *first == b'%');
        let decoded = encoded
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = decoded {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    match String::from_utf8_lossy(&bytes) {
        Cow::Borrowed(text) => text.to_owned(),
        Cow::Owned(text) => text,
    }
}

#[cfg(test)]
mod tests;
