//! One record: the attributes, and what a reader insists on.

mod write;

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;
use uuid::fmt::Simple;

use crate::actor::Actor;
use crate::ids::{Cause, LogId, Subject, derived_uuid};
use crate::time::read_time;

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
    /// It would be written, and nobody could read it.
    #[error("the attribute `{attribute}` cannot be `{found}`")]
    Attribute {
        attribute: &'static str,
        found: String,
    },
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

/// The attributes as they stand in a record.
#[derive(Deserialize)]
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
    #[serde(default)]
    commandend: bool,
    #[serde(borrow, default)]
    requestid: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    requestdigest: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    inboundkey: Option<Cow<'a, str>>,
    #[serde(default)]
    causation: Option<Cause>,
    #[serde(borrow, default)]
    correlation: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    traceparent: Option<Cow<'a, str>>,
    actor: Actor,
    #[serde(default)]
    onbehalfof: Option<Actor>,
    #[serde(default)]
    authenticated: bool,
    #[serde(borrow, default)]
    policyversion: Option<Cow<'a, str>>,
    #[serde(borrow)]
    data: &'a RawValue,
}

impl Record {
    /// The record's id. It follows from the log's life, the stream and the place in it, so the same
    /// history has the same ids wherever and whenever it is made.
    pub fn id(&self) -> Uuid {
        let mut log = [0; Simple::LENGTH];
        derived_uuid(
            "redress record",
            &[
                self.log.0.as_simple().encode_lower(&mut log),
                self.subject.as_str(),
                &self.version.to_string(),
            ],
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

    /// Reads a record. Attributes that this version does not know are passed over.
    ///
    /// The id follows from the rest and is not looked at: see [`Record::decode_checked`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Attributes::read(bytes)?.into_record()
    }

    /// Reads a record and holds its id against the one that it must have. For who verifies: whoever
    /// folds a million records has them from somebody who did.
    pub fn decode_checked(bytes: &[u8]) -> Result<Self, DecodeError> {
        let attributes = Attributes::read(bytes)?;
        let id = attributes.id;
        let record = attributes.into_record()?;
        if record.id() == id {
            Ok(record)
        } else {
            Err(wrong("id", &id.to_string()))
        }
    }
}

impl<'a> Attributes<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(DecodeError::TooLarge { bytes: bytes.len() });
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    fn into_record(self) -> Result<Record, DecodeError> {
        expect("specversion", self.specversion, "1.0")?;
        expect("datacontenttype", self.datacontenttype, "application/json")?;
        let (service, log) = self
            .source
            .strip_prefix("/redress/")
            .and_then(|rest| rest.split_once('/'))
            .and_then(|(service, log)| Some((service, log.parse().ok()?)))
            .ok_or_else(|| wrong("source", self.source))?;
        Ok(Record {
            service: service.to_owned(),
            log,
            tenant: self.tenant.into_owned(),
            partition: number("partition", self.partition)?,
            position: number("sequence", self.sequence)?,
            subject: self.subject,
            version: number("version", self.version)?,
            time: read_time(self.time).ok_or_else(|| wrong("time", self.time))?,
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
        })
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
