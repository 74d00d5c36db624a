//! Event to bytes and back. The names here are for ever.

use redress_envelope::{Draft, UnknownWord, WordField};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::value::RawValue;

use crate::event::{Event, Feedback};
use crate::history::{Answer, ResponseClass};

const RECEIVED: &str = "redress.feedback.received.v1";
const HISTORY_REPORTED: &str = "redress.feedback.history_reported.v1";
const IMPORT_STARTED: &str = "redress.feedback_import.started.v1";
const IMPORT_REOPENED: &str = "redress.feedback_import.reopened.v1";
const IMPORT_COMPLETED: &str = "redress.feedback_import.completed.v1";
const INPUT_REJECTED: &str = "redress.rejected_input.recorded.v1";
const INPUT_ACCEPTED: &str = "redress.rejected_input.accepted.v1";
const INPUT_DISCARDED: &str = "redress.rejected_input.discarded.v1";

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

/// The words on which a fold hangs. All others are open.
const WORDS: &[WordField] = &[
    WordField {
        path: "/reported/response_class",
        is_known: |word| ResponseClass::known(word).is_some(),
    },
    WordField {
        path: "/reported/timely",
        is_known: |word| Answer::known(word).is_some(),
    },
    WordField {
        path: "/reported/disputed",
        is_known: |word| Answer::known(word).is_some(),
    },
];

pub fn encode(event: &Event) -> Draft {
    match event {
        Event::Received(feedback) => draft(RECEIVED, feedback),
        Event::HistoryReported(feedback) => draft(HISTORY_REPORTED, feedback),
        Event::ImportStarted(started) => draft(IMPORT_STARTED, started),
        Event::ImportReopened(reopened) => draft(IMPORT_REOPENED, reopened),
        Event::ImportCompleted(completed) => draft(IMPORT_COMPLETED, completed),
        Event::InputRejected(input) => draft(INPUT_REJECTED, input),
        Event::RejectedInputAccepted(accepted) => draft(INPUT_ACCEPTED, accepted),
        Event::RejectedInputDiscarded(discarded) => draft(INPUT_DISCARDED, discarded),
    }
}

pub fn decode(kind: &str, data: &RawValue) -> Result<Event, CodecError> {
    match kind {
        RECEIVED => read(kind, data).map(Event::Received),
        HISTORY_REPORTED => read_report(kind, data).map(Event::HistoryReported),
        IMPORT_STARTED => read(kind, data).map(Event::ImportStarted),
        IMPORT_REOPENED => read(kind, data).map(Event::ImportReopened),
        IMPORT_COMPLETED => read(kind, data).map(Event::ImportCompleted),
        INPUT_REJECTED => read(kind, data).map(Event::InputRejected),
        INPUT_ACCEPTED => read(kind, data).map(Event::RejectedInputAccepted),
        INPUT_DISCARDED => read(kind, data).map(Event::RejectedInputDiscarded),
        _ => Err(CodecError::UnknownType { kind: kind.into() }),
    }
}

fn draft(kind: &'static str, data: &impl Serialize) -> Draft {
    let data = serde_json::value::to_raw_value(data)
        .expect("an event is made of strings, numbers and lists, which JSON can always say");
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

fn read_report(kind: &str, data: &RawValue) -> Result<Box<Feedback>, CodecError> {
    let feedback: Box<Feedback> = read(kind, data)?;
    if feedback.reported.is_none() {
        return Err(CodecError::Data {
            kind: kind.into(),
            error: serde_json::Error::missing_field("reported"),
        });
    }
    Ok(feedback)
}
