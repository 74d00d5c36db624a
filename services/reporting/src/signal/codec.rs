//! Event to bytes and back. The names here are for ever.

use redress_envelope::Draft;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use super::event::Event;

const MONTH_JUDGED: &str = "redress.signal.month_judged.v1";
const RAISED: &str = "redress.signal.raised.v1";

#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    #[error("the event type `{kind}` is not known to this version")]
    UnknownType { kind: String },
    #[error("the data of `{kind}` cannot be read: {error}")]
    Data {
        kind: String,
        #[source]
        error: serde_json::Error,
    },
}

pub fn encode(event: &Event) -> Draft {
    match event {
        Event::MonthJudged(judged) => draft(MONTH_JUDGED, judged),
        Event::Raised(raised) => draft(RAISED, raised),
    }
}

pub fn decode(kind: &str, data: &RawValue) -> Result<Event, CodecError> {
    match kind {
        MONTH_JUDGED => read(kind, data).map(Event::MonthJudged),
        RAISED => read(kind, data).map(Event::Raised),
        _ => Err(CodecError::UnknownType {
            kind: kind.chars().take(120).collect(),
        }),
    }
}

fn draft(kind: &'static str, data: &impl Serialize) -> Draft {
    let data = to_raw_value(data).expect("an event is made of strings and numbers under names");
    Draft { kind, data }
}

fn read<T: DeserializeOwned>(kind: &str, data: &RawValue) -> Result<T, CodecError> {
    serde_json::from_str(data.get()).map_err(|error| CodecError::Data {
        kind: kind.to_owned(),
        error,
    })
}
