//! What a log says of its own end that was lost. Storage format.
//!
//! A place that was given once is never given again: whoever has seen what stood there must not take
//! something else for it, and references that people say on the phone are made of places. So each
//! record that is known to have been there has one in its place that says that it was lost.

use redress_envelope::{Draft, LogId, Record, Subject};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

/// The kind of the streams in which a log speaks of itself. No service decides on them, and no view
/// folds them.
pub const LOG_STREAMS: &str = "log";

const TAIL_LOST: &str = "redress.log.tail_lost.v1";
const RECORD_LOST: &str = "redress.log.record_lost.v1";

/// The end of the log was lost, and an operator has declared so: another life of the log begins with this
/// record. What had been acknowledged behind the kept records is not there any more, although others may
/// have seen it and acted on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TailLost {
    /// The life that ended.
    pub previous_log: LogId,
    /// How many records were kept: this one has the place behind them.
    pub records: u64,
    /// How many records there had been, as far as anybody knew. The places of those that are lost are not
    /// given again.
    pub known_records: u64,
    /// Why, in the operator's words.
    pub reason: String,
}

/// In this place stood a record that is lost. Nothing else is known of it here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordLost {}

/// What a log says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogEvent {
    TailLost(TailLost),
    RecordLost(RecordLost),
}

impl LogEvent {
    pub fn encode(&self) -> Result<Draft, serde_json::Error> {
        let (kind, data) = match self {
            Self::TailLost(event) => (TAIL_LOST, to_raw_value(event)?),
            Self::RecordLost(event) => (RECORD_LOST, to_raw_value(event)?),
        };
        Ok(Draft { kind, data })
    }

    /// `None`: it is of a type that this version does not know, or cannot be read.
    pub fn decode(kind: &str, data: &RawValue) -> Option<Self> {
        match kind {
            TAIL_LOST => serde_json::from_str(data.get()).ok().map(Self::TailLost),
            RECORD_LOST => serde_json::from_str(data.get()).ok().map(Self::RecordLost),
            _ => None,
        }
    }
}

/// Whether a record may begin another life behind the first `records` of the log `previous`.
pub(crate) fn begins_life(record: &Record, previous: LogId, records: u64) -> bool {
    let says = match LogEvent::decode(&record.kind, &record.data) {
        Some(LogEvent::TailLost(lost)) => lost.previous_log == previous && lost.records == records,
        Some(LogEvent::RecordLost(_)) | None => false,
    };
    let own = Subject::new(LOG_STREAMS, &record.log.to_string());
    says && record.position == records
        && record.version == 0
        && own.ok().as_ref() == Some(&record.subject)
}

#[cfg(feature = "schema")]
pub mod schema {
    //! What the data of each event looks like to a stranger.

    use redress_envelope::schema::data;
    use schemars::{Schema, SchemaGenerator};
    use serde_json::value::RawValue;

    use super::LogEvent;

    /// The schema of the event that an example is of; nothing where it is none of ours.
    pub fn schema_of(
        kind: &str,
        example: &RawValue,
        generator: &mut SchemaGenerator,
    ) -> Option<Schema> {
        Some(match LogEvent::decode(kind, example)? {
            LogEvent::TailLost(lost) => data(&lost, generator),
            LogEvent::RecordLost(lost) => data(&lost, generator),
        })
    }
}
