//! One record: the attributes, how they are written, and what a reader insists on.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::actor::Actor;
use crate::ids::{Cause, LogId, Subject, derived_uuid};
use crate::time::format_time;

/// The most bytes that one record may have.
pub const MAX_RECORD_BYTES: usize = 65_535;

/// An event that was decided and has no place in a log yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// `redress.<kind>.<event>.v<n>`
    pub kind: &'static str,
    /// A JSON object.
    pub data: Box<RawValue>,
}

/// What all records of one command have in common, beside what the log itself knows.
#[derive(Debug, Clone)]
pub struct Context {
    pub actor: Actor,
    pub on_behalf_of: Option<Actor>,
    /// Whether the actor proved who it is; an assertion by an unauthenticated caller is `false`.
    pub authenticated: bool,
    pub request_id: Option<String>,
    /// Digest of the request's body: the same id with another digest is another request.
    pub request_digest: Option<String>,
    /// Keyed hash of door, source and id of a message from outside.
    pub inbound_key: Option<String>,
    pub causation: Option<Cause>,
    pub correlation: Option<String>,
    pub traceparent: Option<String>,
    pub policy_version: Option<String>,
}

impl Context {
    pub fn by(actor: Actor) -> Self {
        Self {
            actor,
            on_behalf_of: None,
            authenticated: false,
            request_id: None,
            request_digest: None,
            inbound_key: None,
            causation: None,
            correlation: None,
            traceparent: None,
            policy_version: None,
        }
    }
}

/// One record of a log.
#[derive(Debug, Clone)]
pub struct Record {
    pub service: String,
    pub log: LogId,
    pub tenant: String,
    pub partition: u16,
    /// Position in the log, from 0.
    pub position: u64,
    pub subject: Subject,
    /// Position in the subject's stream, from 0.
    pub version: u64,
    pub time: Timestamp,
    pub kind: String,
    /// The last record of its command.
    pub command_end: bool,
    pub context: Context,
    pub data: Box<RawValue>,
}

#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    #[error("the record has {bytes} bytes; at most {MAX_RECORD_BYTES} are allowed")]
    TooLarge { bytes: usize },
    #[error("the record cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("the record has {bytes} bytes; at most {MAX_RECORD_BYTES} are allowed")]
    TooLarge { bytes: usize },
    #[error("the record is not the JSON object of a record: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the attribute `{attribute}` is {found}")]
    Attribute {
        attribute: &'static str,
        found: String,
    },
}

/// The attributes in the order in which they are written. The order is part of the format.
#[derive(Serialize, Deserialize)]
struct Attributes<'a> {
    specversion: &'a str,
    id: Uuid,
    source: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    subject: Subject,
    time: &'a str,
    datacontenttype: &'a str,
    #[serde(borrow)]
    tenant: Cow<'a, str>,
    partition: &'a str,
    sequence: &'a str,
    version: &'a str,
    #[serde(default, skip_serializing_if = "is_false")]
    commandend: bool,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    requestid: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    requestdigest: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    inboundkey: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    causation: Option<Cause>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    correlation: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<Cow<'a, str>>,
    actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    onbehalfof: Option<Actor>,
    #[serde(default, skip_serializing_if = "is_false")]
    authenticated: bool,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    policyversion: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Record {
    /// The record's id. It follows from the log's life, the stream and the place in it, so the same
    /// history has the same ids wherever and whenever it is made.
    pub fn id(&self) -> Uuid {
        let (log, subject) = (self.log.to_string(), self.subject.to_string());
        derived_uuid(
            "redress record",
            &[&log, &subject, &self.version.to_string()],
        )
    }

    /// This record as the cause of another.
    pub fn as_cause(&self) -> Cause {
        Cause {
            log: self.log,
            partition: self.partition,
            position: self.position,
        }
    }

    /// Writes the record, once and for ever.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let context = &self.context;
        let attributes = Attributes {
            specversion: "1.0",
            id: self.id(),
            source: &format!("/redress/{}/{}", self.service, self.log),
            kind: &self.kind,
            subject: self.subject.clone(),
            time: &format_time(self.time),
            datacontenttype: "application/json",
            tenant: self.tenant.as_str().into(),
            partition: &self.partition.to_string(),
            sequence: &format!("{:020}", self.position),
            version: &self.version.to_string(),
            commandend: self.command_end,
            requestid: context.request_id.as_deref().map(Into::into),
            requestdigest: context.request_digest.as_deref().map(Into::into),
            inboundkey: context.inbound_key.as_deref().map(Into::into),
            causation: context.causation,
            correlation: context.correlation.as_deref().map(Into::into),
            traceparent: context.traceparent.as_deref().map(Into::into),
            actor: context.actor.clone(),
            onbehalfof: context.on_behalf_of.clone(),
            authenticated: context.authenticated,
            policyversion: context.policy_version.as_deref().map(Into::into),
            data: &self.data,
        };
        let bytes = serde_json::to_vec(&attributes)?;
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(EncodeError::TooLarge { bytes: bytes.len() });
        }
        Ok(bytes)
    }

    /// Reads a record. Attributes that this version does not know are passed over.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(DecodeError::TooLarge { bytes: bytes.len() });
        }
        let read: Attributes<'_> = serde_json::from_slice(bytes)?;
        read.into_record()
    }
}

impl Attributes<'_> {
    fn into_record(self) -> Result<Record, DecodeError> {
        expect("specversion", self.specversion, "1.0")?;
        expect("datacontenttype", self.datacontenttype, "application/json")?;
        let (service, log) = self
            .source
            .strip_prefix("/redress/")
            .and_then(|rest| rest.split_once('/'))
            .and_then(|(service, log)| Some((service, log.parse().ok()?)))
            .ok_or_else(|| wrong("source", self.source))?;
        let record = Record {
            service: service.to_owned(),
            log,
            tenant: self.tenant.into_owned(),
            partition: number("partition", self.partition)?,
            position: number("sequence", self.sequence)?,
            subject: self.subject,
            version: number("version", self.version)?,
            time: self.time.parse().map_err(|_| wrong("time", self.time))?,
            kind: self.kind.to_owned(),
            command_end: self.commandend,
            context: Context {
                actor: self.actor,
                on_behalf_of: self.onbehalfof,
                authenticated: self.authenticated,
                request_id: self.requestid.map(Cow::into_owned),
                request_digest: self.requestdigest.map(Cow::into_owned),
                inbound_key: self.inboundkey.map(Cow::into_owned),
                causation: self.causation,
                correlation: self.correlation.map(Cow::into_owned),
                traceparent: self.traceparent.map(Cow::into_owned),
                policy_version: self.policyversion.map(Cow::into_owned),
            },
            data: self.data.to_owned(),
        };
        if record.id() != self.id {
            return Err(wrong("id", &self.id.to_string()));
        }
        Ok(record)
    }
}

fn number<T: std::str::FromStr>(attribute: &'static str, text: &str) -> Result<T, DecodeError> {
    text.parse().map_err(|_| wrong(attribute, text))
}

fn expect(attribute: &'static str, found: &str, expected: &str) -> Result<(), DecodeError> {
    if found == expected {
        Ok(())
    } else {
        Err(wrong(attribute, found))
    }
}

fn wrong(attribute: &'static str, found: &str) -> DecodeError {
    let found = format!("`{}`", found.chars().take(80).collect::<String>());
    DecodeError::Attribute { attribute, found }
}
