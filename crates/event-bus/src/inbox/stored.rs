//! A message as the stream holds it, read and removed by the API of `JetStream`.
//!
//! No consumer delivers it: a client that is given a message with headers that are none breaks its
//! connection or worse, and anybody who may publish could do that to us. The API hands out the same
//! message as JSON, whatever is in it.

mod base64;
mod headers;

use std::time::SystemTime;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::message::Published;
use crate::connection::Bus;
use crate::names::inbox_subject;

/// The stream has no message there. Other codes of the same kind say that the stream is gone.
const NO_MESSAGE: u64 = 10_037;

/// What the stream holds at a sequence.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) sequence: u64,
    /// The token in the subject.
    pub(super) source: String,
    pub(super) published_at: SystemTime,
    pub(super) receipt_to: Option<String>,
    pub(super) published: Published,
}

#[derive(Serialize)]
struct Question {
    seq: u64,
    /// Writing over each message would make a removal several times slower; its block is dropped
    /// with it sooner or later.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    no_erase: bool,
}

#[derive(Serialize)]
struct UpTo {
    /// The first that stays.
    seq: u64,
    /// With it the server marks each message as removed and syncs once, as with a single one. Without
    /// it rewrites the file they are in, and does not sync what else is in there.
    filter: String,
}

#[derive(Deserialize)]
struct Answer {
    message: Option<Raw>,
    success: Option<bool>,
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Raw {
    subject: String,
    seq: u64,
    hdrs: Option<String>,
    data: Option<String>,
    time: Timestamp,
}

#[derive(Deserialize)]
struct Fault {
    err_code: Option<u64>,
    #[serde(default)]
    description: String,
}

/// Where a publisher wants its receipt.
const RECEIPT_TO: &str = "redress-receipt-to";

impl Stored {
    fn read(raw: Raw) -> Result<Self, String> {
        let decoded = |text: Option<String>| {
            let text = text.unwrap_or_default();
            base64::decode(&text).ok_or_else(|| "a message is not in base64".to_owned())
        };
        let headers = headers::read(&decoded(raw.hdrs)?);
        let receipt_to = headers.iter().find(|(name, _)| name == RECEIPT_TO);
        let source = raw.subject.rsplit('.').next().unwrap_or_default();
        Ok(Self {
            sequence: raw.seq,
            source: source.to_owned(),
            published_at: raw.time.into(),
            receipt_to: receipt_to.map(|(_, value)| value.clone()),
            published: Published::new(headers, Bytes::from(decoded(raw.data)?)),
        })
    }

    pub(super) fn bytes(&self) -> usize {
        usize::try_from(self.published.bytes()).unwrap_or(usize::MAX)
    }
}

/// The message at a sequence, if there is one.
pub(super) async fn fetch(bus: &Bus, stream: &str, seq: u64) -> Result<Option<Stored>, String> {
    let question = Question {
        seq,
        no_erase: false,
    };
    let answer = ask(bus, "MSG.GET", stream, &question).await?;
    match (answer.message, answer.error) {
        (Some(raw), _) => Stored::read(raw).map(Some),
        (None, Some(fault)) if fault.err_code == Some(NO_MESSAGE) => Ok(None),
        (None, fault) => Err(said(fault)),
    }
}

/// Takes a message out of the stream, for good.
pub(super) async fn remove(bus: &Bus, stream: &str, seq: u64) -> Result<(), String> {
    let question = Question {
        seq,
        no_erase: true,
    };
    let answer = ask(bus, "MSG.DELETE", stream, &question).await?;
    if answer.success == Some(true) {
        return Ok(());
    }
    // It may have been removed, and only the answer was lost.
    match fetch(bus, stream, seq).await? {
        None => Ok(()),
        Some(_) => Err(said(answer.error)),
    }
}

/// Takes all messages up to one out of the stream, for good.
pub(super) async fn remove_up_to(bus: &Bus, stream: &str, last: u64) -> Result<(), String> {
    let question = UpTo {
        seq: last + 1,
        filter: inbox_subject(&bus.config().tenant, "*"),
    };
    let answer = ask(bus, "PURGE", stream, &question).await?;
    if answer.success == Some(true) {
        Ok(())
    } else {
        Err(said(answer.error))
    }
}

async fn ask(bus: &Bus, what: &str, stream: &str, it: &impl Serialize) -> Result<Answer, String> {
    let subject = format!("$JS.API.STREAM.{what}.{stream}");
    let question = serde_json::to_vec(it).map_err(|error| error.to_string())?;
    let asked = bus.client().request(subject, question.into());
    let asked = tokio::time::timeout(bus.config().request_timeout, asked).await;
    let reply = asked.map_err(|_| "NATS did not answer in time".to_owned())?;
    let reply = reply.map_err(|error| error.to_string())?;
    serde_json::from_slice(&reply.payload).map_err(|error| error.to_string())
}

fn said(fault: Option<Fault>) -> String {
    fault.map_or_else(|| "NATS gave no answer".to_owned(), |it| it.description)
}
