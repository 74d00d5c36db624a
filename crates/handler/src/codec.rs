//! Events to stored bytes and back. The names are frozen; golden files hold one of each.

use redress_envelope::{Actor, Draft, UnknownWord, WordField};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use crate::{duty, event};

/// Why stored data is no event of a handler, or none about a duty.
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

const fn actor(path: &'static str) -> WordField {
    WordField {
        path,
        is_known: |word| word.parse::<Actor>().is_ok(),
    }
}

/// Who somebody is cannot be guessed at. All other words are open.
const WORDS: &[WordField] = &[
    actor("/handler"),
    actor("/person"),
    actor("/approved_by"),
    actor("/considered/*/handler"),
];

fn raw<T: Serialize>(data: &T) -> Box<RawValue> {
    to_raw_value(data).expect("an event is made of texts, numbers and lists of them")
}

fn read<T: DeserializeOwned>(kind: &str, data: &RawValue) -> Result<T, CodecError> {
    serde_json::from_str(data.get()).map_err(|error| {
        let kind = kind.to_owned();
        match UnknownWord::find(data, WORDS) {
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
    event:
    Registered = "redress.handler.registered.v1",
    QueueJoined = "redress.handler.queue_joined.v1",
    QueueLeft = "redress.handler.queue_left.v1",
    LoadLimited = "redress.handler.load_limited.v1",
    SkillGranted = "redress.handler.skill_granted.v1",
    SkillRevoked = "redress.handler.skill_revoked.v1",
    AbsenceAnnounced = "redress.handler.absence_announced.v1",
    AbsenceEnded = "redress.handler.absence_ended.v1",
    Retired = "redress.handler.retired.v1",
}

stored_as! {
    duty:
    Routed = "redress.complaint.routed.v1",
    HandlerChosen = "redress.complaint.handler_chosen.v1",
    DutyRefused = "redress.complaint.duty_refused.v1",
    ComplainedOfNamed = "redress.complaint.complained_of_named.v1",
    ComplainedOfCleared = "redress.complaint.complained_of_cleared.v1",
    ResponseApproved = "redress.complaint.response_approved.v1",
}
