//! A reaction that a rule refused: what stands in the log instead of its effect. Storage format.

use redress_envelope::{Cause, Draft, ItemId, Subject};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

const FAILED: &str = "redress.reaction.failed.v1";

/// What was not done, and why. It parks what it is about and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// `open_complaint`, `report_history`, `open_improvement`
    pub reaction: String,
    /// The record that was reacted to.
    pub cause: Cause,
    /// The stream in which the effect would stand, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Subject>,
    /// The stable reason.
    pub code: String,
    /// For people; without personal data.
    pub message: String,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum CodecError {
    #[error("the event type `{kind}` is not known to this version")]
    UnknownType { kind: String },
    #[error("the data of `{kind}` cannot be read: {error}")]
    Data {
        kind: String,
        error: serde_json::Error,
    },
}

impl Failed {
    /// Where it is recorded: the same failure of the same reaction has the same place.
    pub(crate) fn subject(&self, partition: u16) -> Subject {
        let parts = [&*self.reaction, &self.cause.to_string()];
        Subject::item(
            "reaction",
            ItemId::derived(partition, "failed reaction", &parts),
        )
    }
}

pub(crate) fn encode(failed: &Failed) -> Draft {
    // Writing to memory fails only for keys that are not text, and every key here is a field name.
    let data = to_raw_value(failed).expect("fields of events are written as JSON");
    Draft { kind: FAILED, data }
}

pub(crate) fn decode(kind: &str, data: &RawValue) -> Result<Failed, CodecError> {
    if kind != FAILED {
        return Err(CodecError::UnknownType {
            kind: kind.to_owned(),
        });
    }
    serde_json::from_str(data.get()).map_err(|error| CodecError::Data {
        kind: kind.to_owned(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use redress_envelope::{LogId, derived_uuid};

    #[test]
    fn a_stored_failure_is_read_for_ever() {
        let golden = include_str!("../tests/golden/redress.reaction.failed.v1.json");
        let failed = Failed {
            reaction: "open_complaint".to_owned(),
            cause: Cause {
                log: LogId(derived_uuid("log", &[])),
                partition: 0,
                position: 42,
            },
            about: Some(
                "complaint/0-8c8268c17a1a837185d0b5f8d297c3eb"
                    .parse()
                    .unwrap(),
            ),
            code: "COMPLAINT_ALREADY_OPENED".to_owned(),
            message: "the complaint was opened already".to_owned(),
        };
        assert_eq!(encode(&failed).data.get(), golden.trim_end());
        let data = RawValue::from_string(golden.trim_end().to_owned()).unwrap();
        assert_eq!(decode(FAILED, &data).unwrap(), failed);
        assert!(matches!(
            decode("x", &data),
            Err(CodecError::UnknownType { .. })
        ));
    }
}
