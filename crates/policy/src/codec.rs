//! Events to stored bytes and back. The names are frozen; golden files hold one of each.

use redress_envelope::{Draft, UnknownWord};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::{Target, clock, register};

/// Why stored data is no event of a clock, or none of the register.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    #[error("the event type `{kind}` is not known to this version")]
    UnknownType { kind: String },
    #[error("the word {word} of `{kind}` is not known to this version")]
    UnknownWord { kind: String, word: UnknownWord },
    #[error("the data of `{kind}` cannot be read: {error}")]
    Data {
        kind: String,
        #[source]
        error: serde_json::Error,
    },
}

impl CodecError {
    /// What a later version wrote, and this one does not know; nothing where the data is damaged.
    pub fn unknown(&self) -> Option<String> {
        match self {
            Self::UnknownType { kind } => Some(kind.clone()),
            Self::UnknownWord { kind, word } => Some(format!("{kind}, {word}")),
            Self::Data { .. } => None,
        }
    }
}

const TARGET: &str = "/terms/target";
const MAX_TARGET_BYTES: usize = 80;

/// A target that this version cannot count is one of a later version, if it looks like one.
fn unknown_target(data: &RawValue) -> Option<UnknownWord> {
    let data: Value = serde_json::from_str(data.get()).ok()?;
    let text = data.pointer(TARGET)?.as_str()?;
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b' ';
    let is_target = text.len() <= MAX_TARGET_BYTES && text.bytes().all(is_plain);
    (is_target && text.parse::<Target>().is_err()).then(|| UnknownWord {
        path: TARGET,
        word: text.to_owned(),
    })
}

fn raw<T: Serialize>(data: &T) -> Box<RawValue> {
    to_raw_value(data).expect("an event is made of texts, numbers and lists of them")
}

fn read<T: DeserializeOwned>(kind: &str, data: &RawValue) -> Result<T, CodecError> {
    serde_json::from_str(data.get()).map_err(|error| {
        let kind = kind.to_owned();
        match unknown_target(data) {
            Some(word) => CodecError::UnknownWord { kind, word },
            None => CodecError::Data { kind, error },
        }
    })
}

macro_rules! stored_as {
    ($of:ident: $($variant:ident = $kind:literal),+ $(,)?) => {
        impl $of::Event {
            /// The types of all of these events.
            pub const KINDS: &'static [&'static str] = &[$($kind),+];

            /// The record's `type`.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),+ }
            }

            /// The event as it is stored.
            pub fn encode(&self) -> Draft {
                let data = match self { $(Self::$variant(data) => raw(data)),+ };
                Draft { kind: self.kind(), data }
            }

            /// Reads what [`Self::encode`] wrote. Fields that this version does not know are passed
            /// over.
            pub fn decode(kind: &str, data: &RawValue) -> Result<Self, CodecError> {
                match kind {
                    $($kind => read(kind, data).map(Self::$variant),)+
                    _ => Err(CodecError::UnknownType { kind: kind.chars().take(120).collect() }),
                }
            }
        }

        #[cfg(feature = "schema")]
        impl $of::Event {
            /// The schema of the event that an example is of; nothing where it is none of these.
            pub(crate) fn schema_of(
                kind: &str,
                example: &RawValue,
                generator: &mut schemars::SchemaGenerator,
            ) -> Option<schemars::Schema> {
                Some(match Self::decode(kind, example).ok()? {
                    $(Self::$variant(it) => redress_envelope::schema::data(&it, generator)),+
                })
            }
        }
    };
}

stored_as! {
    clock:
    Started = "redress.complaint.clock_started.v1",
    Paused = "redress.complaint.clock_paused.v1",
    Resumed = "redress.complaint.clock_resumed.v1",
    Retargeted = "redress.complaint.clock_retargeted.v1",
    DueDateSet = "redress.complaint.clock_due_date_set.v1",
    DueDateCleared = "redress.complaint.clock_due_date_cleared.v1",
    Warned = "redress.complaint.clock_warned.v1",
    Breached = "redress.complaint.clock_breached.v1",
    Stopped = "redress.complaint.clock_stopped.v1",
    Continued = "redress.complaint.clock_continued.v1",
}

stored_as! {
    register:
    Applied = "redress.policy.applied.v1",
    Retired = "redress.policy.retired.v1",
}
