//! Event to bytes and back. The names here are for ever.

use redress_envelope::{Actor, Draft, UnknownWord, WordField};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::event::Event;

const CANDIDATE_OPENED: &str = "redress.improvement.candidate_opened.v1";
const SIGNAL_ADDED: &str = "redress.improvement.signal_added.v1";
const ACCEPTED: &str = "redress.improvement.accepted.v1";
const DISMISSED: &str = "redress.improvement.dismissed.v1";
const PLANNED: &str = "redress.improvement.planned.v1";
const IMPLEMENTED: &str = "redress.improvement.implemented.v1";
const CLOSED: &str = "redress.improvement.closed.v1";

#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    #[error("this program does not know the event type `{kind}`")]
    UnknownType { kind: String },
    #[error("this program does not know the word {word} of a `{kind}`")]
    UnknownWord { kind: String, word: UnknownWord },
    #[error("the data of a `{kind}` is not readable: {error}")]
    Data {
        kind: String,
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

/// Who somebody is cannot be guessed at. All other words are open.
const WORDS: &[WordField] = &[
    WordField {
        path: "/owner",
        is_known: |word| word.parse::<Actor>().is_ok(),
    },
    WordField {
        path: "/actions/*/owner",
        is_known: |word| word.parse::<Actor>().is_ok(),
    },
];

pub fn encode(event: &Event) -> Draft {
    match event {
        Event::CandidateOpened(data) => draft(CANDIDATE_OPENED, data),
        Event::SignalAdded(data) => draft(SIGNAL_ADDED, data),
        Event::Accepted(data) => draft(ACCEPTED, data),
        Event::Dismissed(data) => draft(DISMISSED, data),
        Event::Planned(data) => draft(PLANNED, data),
        Event::Implemented(data) => draft(IMPLEMENTED, data),
        Event::Closed(data) => draft(CLOSED, data),
    }
}

pub fn decode(kind: &str, data: &RawValue) -> Result<Event, CodecError> {
    match kind {
        CANDIDATE_OPENED => read(kind, data).map(Event::CandidateOpened),
        SIGNAL_ADDED => read(kind, data).map(Event::SignalAdded),
        ACCEPTED => read(kind, data).map(Event::Accepted),
        DISMISSED => read(kind, data).map(Event::Dismissed),
        PLANNED => read(kind, data).map(Event::Planned),
        IMPLEMENTED => read(kind, data).map(Event::Implemented),
        CLOSED => read(kind, data).map(Event::Closed),
        _ => Err(CodecError::UnknownType { kind: kind.into() }),
    }
}

fn draft(kind: &'static str, data: &impl Serialize) -> Draft {
    let data = serde_json::value::to_raw_value(data).expect(
        "an event is made of strings, lists and maps of strings, which JSON can always say",
    );
    Draft { kind, data }
}

fn read<T: DeserializeOwned>(kind: &str, data: &RawValue) -> Result<T, CodecError> {
    serde_json::from_str(data.get()).map_err(|error| {
        let kind = kind.into();
        match UnknownWord::find(data, WORDS) {
            Some(word) => CodecError::UnknownWord { kind, word },
            None => CodecError::Data { kind, error },
        }
    })
}
