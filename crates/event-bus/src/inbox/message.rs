//! A message as its publisher wrote it: a `CloudEvent` in structured or binary mode, or plain JSON.

mod percent;
mod published;
mod read;

use std::time::SystemTime;

use bytes::Bytes;

pub use published::Published;

/// One message of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The token in the subject: whose door it came through.
    pub source: String,
    /// Its place in the inbox, as the broker told the publisher.
    pub sequence: u64,
    /// How often it was taken, this time included, as far as anybody knows.
    pub deliveries: u64,
    /// When the broker got it. With the sequence it names the message, whichever way it is written.
    pub published_at: SystemTime,
    /// Everything that matters of what was published, to be kept where it cannot be accepted.
    pub published: Published,
    pub event: InboxEvent,
}

/// What a message says, as far as it can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEvent {
    pub mode: Mode,
    /// Of a `CloudEvent` its `id`, of plain JSON the header `Nats-Msg-Id`. A repeat has the same.
    pub id: Option<String>,
    /// Of a `CloudEvent`: its ids are unique below this.
    pub source: Option<String>,
    /// Of a `CloudEvent` its `type`.
    pub kind: Option<String>,
    /// Of a `CloudEvent`, as it is written.
    pub time: Option<String>,
    /// W3C Trace Context, of the event or of the message.
    pub traceparent: Option<String>,
    pub tracestate: Option<String>,
    /// JSON.
    pub data: Result<Bytes, Unreadable>,
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
    /// The attribute that is to blame.
    pub field: Option<&'static str>,
    /// Line and column where it ends to be what it should be.
    pub place: Option<(usize, usize)>,
    pub why: &'static str,
}

impl Unreadable {
    fn of(code: &'static str, field: &'static str, why: &'static str) -> Self {
        Self {
            code,
            field: Some(field),
            place: None,
            why,
        }
    }

    /// The parser's own message can quote the text, so only the place is told.
    fn at(code: &'static str, error: &serde_json::Error, why: &'static str) -> Self {
        Self {
            code,
            field: None,
            place: Some((error.line(), error.column())),
            why,
        }
    }
}

#[cfg(test)]
mod tests;
