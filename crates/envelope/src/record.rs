//! One record: the attributes, and what a reader insists on.

mod usual;
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

/// One record of one log: a `CloudEvents` 1.0 event. The bytes as they are stored are what is hashed, handed
/// out and published; nobody encodes them again. At most 65,535 bytes. Attributes and fields of `data` that a
/// reader does not know are to be passed over.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "Record")
)]
pub(crate) struct Attributes<'a> {
    /// The version of `CloudEvents`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "1.0")))]
    specversion: &'a str,
    /// Follows from the log's life, the stream and the place in it: the same history has the same ids.
    #[cfg_attr(feature = "schema", schemars(with = "String", regex(pattern = UUID), extend("format" = "uuid")))]
    id: Uuid,
    /// `/redress/<service>/<log id>`: whose log, and which life of it.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = "^/redress/[a-z]+/[0-9a-f]{32}$"))
    )]
    source: &'a str,
    /// `redress.<kind>.<event>.v<n>`. A compatible addition keeps it; another meaning is another type.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schema", schemars(regex(pattern = TYPE)))]
    kind: &'a str,
    /// The stream: what the record is about, as `complaint/<id>`.
    subject: Subject,
    /// When it was recorded: UTC, six decimals, never before its predecessor's. When it happened stands in
    /// `data`, where that is known.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = TIME), extend("format" = "date-time")))]
    time: &'a str,
    /// Of `data`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "application/json")))]
    datacontenttype: &'a str,
    /// Whose installation it is.
    #[serde(borrow)]
    tenant: Cow<'a, str>,
    /// The partition of the service's records; there is no order across partitions.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^(0|[1-9][0-9]{0,4})$")))]
    partition: &'a str,
    /// Position in the log, from 0 and without gaps: 20 digits, so that texts sort as positions do.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9]{20}$")))]
    sequence: &'a str,
    /// Position in the stream that `subject` names, from 0 and without gaps.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = "^(0|[1-9][0-9]{0,19})$"))
    )]
    version: &'a str,
    /// The last record of its command, with which the command is done. Left out where it is not.
    #[serde(default)]
    commandend: bool,
    /// The id that the caller gave its request.
    #[serde(borrow, default)]
    requestid: Option<Cow<'a, str>>,
    /// Digest of the request: the same id with another digest is another request.
    #[serde(borrow, default)]
    requestdigest: Option<Cow<'a, str>>,
    /// Keyed hash of door, source and id of a message from outside, by which a repeat is known.
    #[serde(borrow, default)]
    inboundkey: Option<Cow<'a, str>>,
    /// The record of another log that led here.
    #[serde(default)]
    causation: Option<Cause>,
    /// An id that a caller gave, handed on to all that follows.
    #[serde(borrow, default)]
    correlation: Option<Cow<'a, str>>,
    /// W3C Trace Context.
    #[serde(borrow, default)]
    traceparent: Option<Cow<'a, str>>,
    /// Who did it.
    actor: Actor,
    /// In whose name.
    #[serde(default)]
    onbehalfof: Option<Actor>,
    /// Whether the actor proved who it is. Left out where it did not.
    #[serde(default)]
    authenticated: bool,
    /// The policy under which it was decided.
    #[serde(borrow, default)]
    policyversion: Option<Cow<'a, str>>,
    /// What happened, as the type says. Never a float, never personal data.
    #[serde(borrow)]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "serde_json::Map<String, serde_json::Value>")
    )]
    data: &'a RawValue,
}

/// How attributes are written.
#[cfg(feature = "schema")]
const UUID: &str = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
#[cfg(feature = "schema")]
const TYPE: &str = r"^redress\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*$";
#[cfg(feature = "schema")]
const TIME: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$";

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
        match usual::read(bytes) {
            Some(attributes) => Ok(attributes),
            None => Ok(serde_json::from_slice(bytes)?),
        }
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
