//! Writing a record: its attributes in an order that is part of the format.
//!
//! By hand, because this is on the way of every record, and because only here it can be made sure
//! that what is written can be read back: a record that nobody can read would end its log.

use std::fmt::{self, Display};

use super::{EncodeError, MAX_RECORD_BYTES, Record};
use crate::actor::Actor;
use crate::ids::Subject;
use crate::time::RecordedTime;

/// More than an envelope has as a rule.
const ENVELOPE_BYTES: usize = 1024;

impl Record {
    /// Writes the record, once and for ever. What is written can be read back.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::with_capacity(ENVELOPE_BYTES + self.data.get().len());
        out.extend_from_slice(br#"{"specversion":"1.0""#);
        let mut writing = Writing(&mut out);
        writing.shown("id", &self.id().hyphenated());
        writing.shown(
            "source",
            &format_args!("/redress/{}/{}", part("source", &self.service)?, self.log),
        );
        writing.shown("type", &plain("type", &self.kind)?);
        writing.shown("subject", &subject(&self.subject)?);
        writing.shown("time", &RecordedTime(self.time));
        writing.shown("datacontenttype", &"application/json");
        writing.text("tenant", &self.tenant)?;
        writing.shown("partition", &self.partition);
        writing.shown("sequence", &format_args!("{:020}", self.position));
        writing.shown("version", &self.version);
        writing.flag("commandend", self.command_end);
        self.write_context(&mut writing)?;
        out.extend_from_slice(br#","data":"#);
        out.extend_from_slice(self.data.get().as_bytes());
        out.push(b'}');
        if out.len() > MAX_RECORD_BYTES {
            return Err(EncodeError::TooLarge { bytes: out.len() });
        }
        Ok(out)
    }

    fn write_context(&self, writing: &mut Writing<'_>) -> Result<(), EncodeError> {
        let context = &self.context;
        writing.some_text("requestid", context.request_id.as_deref())?;
        writing.some_text("requestdigest", context.request_digest.as_deref())?;
        writing.some_text("inboundkey", context.inbound_key.as_deref())?;
        if let Some(cause) = &context.causation {
            writing.shown("causation", cause);
        }
        writing.some_text("correlation", context.correlation.as_deref())?;
        writing.some_text("traceparent", context.traceparent.as_deref())?;
        writing.shown("actor", &checked("actor", &context.actor)?);
        if let Some(actor) = &context.on_behalf_of {
            writing.shown("onbehalfof", &checked("onbehalfof", actor)?);
        }
        writing.flag("authenticated", context.authenticated);
        writing.some_text("policyversion", context.policy_version.as_deref())
    }
}

struct Writing<'a>(&'a mut Vec<u8>);

impl Writing<'_> {
    fn name(&mut self, name: &str) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// A value whose text needs no escapes.
    fn shown(&mut self, name: &str, value: &dyn Display) {
        self.name(name);
        self.0.push(b'"');
        // Writing to memory cannot fail.
        let _infallible = fmt::write(self, format_args!("{value}"));
        self.0.push(b'"');
    }

    /// Any text.
    fn text(&mut self, name: &str, value: &str) -> Result<(), EncodeError> {
        self.name(name);
        if is_plain(value) {
            self.0.push(b'"');
            self.0.extend_from_slice(value.as_bytes());
            self.0.push(b'"');
            return Ok(());
        }
        Ok(serde_json::to_writer(&mut *self.0, value)?)
    }

    fn some_text(&mut self, name: &str, value: Option<&str>) -> Result<(), EncodeError> {
        value.map_or(Ok(()), |value| self.text(name, value))
    }

    /// A flag that is left out where it is not set.
    fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.name(name);
            self.0.extend_from_slice(b"true");
        }
    }
}

impl fmt::Write for Writing<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Whether a text stands in JSON as it is.
fn is_plain(text: &str) -> bool {
    !text
        .bytes()
        .any(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
}

fn plain<'a>(attribute: &'static str, text: &'a str) -> Result<&'a str, EncodeError> {
    if is_plain(text) {
        return Ok(text);
    }
    let found = text.chars().take(80).collect();
    Err(EncodeError::Attribute { attribute, found })
}

/// What stands between two slashes.
fn part<'a>(attribute: &'static str, text: &'a str) -> Result<&'a str, EncodeError> {
    if text.contains('/') {
        let found = text.chars().take(80).collect();
        return Err(EncodeError::Attribute { attribute, found });
    }
    plain(attribute, text)
}

fn subject(subject: &Subject) -> Result<&Subject, EncodeError> {
    subject.checked().map_err(|error| EncodeError::Attribute {
        attribute: "subject",
        found: error.text,
    })
}

fn checked<'a>(attribute: &'static str, actor: &'a Actor) -> Result<&'a Actor, EncodeError> {
    actor.checked().map_err(|_| EncodeError::Attribute {
        attribute,
        found: actor.to_string().chars().take(80).collect(),
    })
}
