//! A reaction that was not done: what stands in the log instead of its effect, and that it was done
//! after all. Storage format.

#[cfg(feature = "schema")]
pub mod schema;

use std::collections::BTreeMap;
use std::fmt;

use redress_envelope::{Cause, Draft, ItemId, Subject};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

const FAILED: &str = "redress.reaction.failed.v1";
const RETRIED: &str = "redress.reaction.retried.v1";

/// What was not done, and why. It parks what it is about and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Failed {
    /// `open_complaint`, `report_history`, `open_improvement`
    pub reaction: String,
    /// The record that was reacted to.
    pub cause: Cause,
    /// The stream in which the effect would stand, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Subject>,
    #[serde(flatten)]
    pub why: Why,
}

/// Why a reaction is not done. What people read is made from it, and not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Why {
    /// The stable reason.
    pub code: String,
    /// What goes with it, by name; without personal data.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

/// It was tried again, and done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Retried {
    /// As in the failure.
    pub reaction: String,
    /// The record that was reacted to.
    pub cause: Cause,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Failed(Box<Failed>),
    Retried(Retried),
}

/// What the next decision about a reaction needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum State {
    #[default]
    NotYet,
    Failed(Box<Failed>),
    Retried,
}

/// A failure for the reason that is recorded is recorded; what was done did not fail.
pub(crate) fn fail(state: &State, event: Event) -> Vec<Event> {
    match (state, &event) {
        (State::Failed(before), Event::Failed(now)) if before == now => Vec::new(),
        (State::Retried, _) => Vec::new(),
        (State::NotYet | State::Failed(_), _) => vec![event],
    }
}

pub(crate) fn evolve(state: &mut State, event: &Event) {
    *state = match event {
        Event::Failed(failed) => State::Failed(failed.clone()),
        Event::Retried(_) => State::Retried,
    };
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

    pub(crate) fn retried(&self) -> Event {
        Event::Retried(Retried {
            reaction: self.reaction.clone(),
            cause: self.cause,
        })
    }
}

impl Why {
    pub(crate) fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            facts: BTreeMap::new(),
        }
    }

    pub(crate) fn fact(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.facts.insert(name.to_owned(), value.to_string());
        self
    }

    pub(crate) fn of_complaint(refusal: &redress_complaint::Refusal) -> Self {
        let why = Self::new(refusal.code());
        match refusal.field() {
            Some(field) => why.fact("field", field),
            None => why,
        }
    }

    pub(crate) fn of_improvement(refusal: &redress_improvement::Refusal) -> Self {
        let why = Self::new(refusal.code());
        match refusal.field() {
            Some(field) => why.fact("field", field),
            None => why,
        }
    }
}

/// In English, with what goes with it behind.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.code {
            "FEEDBACK_UNKNOWN" | "SIGNAL_UNKNOWN" => "a later version of the program wrote it",
            "FEEDBACK_UNREADABLE" | "SIGNAL_UNREADABLE" => "it cannot be read",
            "EVENT_UNREADABLE" => "what was recorded before cannot be read",
            "REFERENCE_OUT_OF_RANGE" => "no reference has such a year or number",
            "RECORD_TOO_LARGE" => "the record would be too large",
            "RECORD_UNWRITABLE" => "the record cannot be written",
            "COMPLAINT_ALREADY_OPENED" => "the complaint was opened already, from another record",
            "COMPLAINT_NOT_FOUND" => "the complaint was not opened",
            "COMPLAINT_NOT_TAKEN_OVER" => "the complaint was not taken over from another system",
            "INTERNAL" => "the decision failed",
            code => code,
        })?;
        for (at, (name, value)) in self.facts.iter().enumerate() {
            write!(f, "{}{name}: {value}", if at == 0 { " (" } else { ", " })?;
        }
        f.write_str(if self.facts.is_empty() { "" } else { ")" })
    }
}

pub(crate) fn encode(event: &Event) -> Draft {
    match event {
        Event::Failed(failed) => draft(FAILED, failed),
        Event::Retried(retried) => draft(RETRIED, retried),
    }
}

fn draft(kind: &'static str, data: &impl Serialize) -> Draft {
    // Writing to memory fails only for keys that are not text, and every key here is a field name.
    let data = to_raw_value(data).expect("fields of events are written as JSON");
    Draft { kind, data }
}

pub(crate) fn decode(kind: &str, data: &RawValue) -> Result<Event, CodecError> {
    match kind {
        FAILED => read(kind, data).map(Event::Failed),
        RETRIED => read(kind, data).map(Event::Retried),
        _ => Err(CodecError::UnknownType {
            kind: kind.to_owned(),
        }),
    }
}

fn read<T: DeserializeOwned>(kind: &str, data: &RawValue) -> Result<T, CodecError> {
    serde_json::from_str(data.get()).map_err(|error| CodecError::Data {
        kind: kind.to_owned(),
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use redress_envelope::{LogId, derived_uuid};

    fn check(golden: &str, event: &Event) {
        let draft = encode(event);
        assert_eq!(draft.data.get(), golden.trim_end());
        let data = RawValue::from_string(golden.trim_end().to_owned()).unwrap();
        assert_eq!(decode(draft.kind, &data).unwrap(), *event);
        assert!(matches!(
            decode("x", &data),
            Err(CodecError::UnknownType { .. })
        ));
    }

    #[test]
    fn what_is_stored_is_read_for_ever() {
        let cause = Cause {
            log: LogId(derived_uuid("log", &[])),
            partition: 0,
            position: 42,
        };
        let failed = Failed {
            reaction: "open_improvement".to_owned(),
            cause,
            about: Some(
                "improvement/0-8c8268c17a1a837185d0b5f8d297c3eb"
                    .parse()
                    .unwrap(),
            ),
            why: Why::new("FIELD_MALFORMED").fact("field", "month"),
        };
        check(
            include_str!("../tests/golden/redress.reaction.failed.v1.json"),
            &Event::Failed(Box::new(failed.clone())),
        );
        let bare = Failed {
            reaction: "open_complaint".to_owned(),
            about: None,
            why: Why::new("INTERNAL"),
            ..failed.clone()
        };
        check(
            include_str!("../tests/golden/bare.redress.reaction.failed.v1.json"),
            &Event::Failed(Box::new(bare)),
        );
        check(
            include_str!("../tests/golden/redress.reaction.retried.v1.json"),
            &failed.retried(),
        );
    }

    #[test]
    fn what_was_done_after_all_did_not_fail() {
        let cause = "8c8268c17a1a837185d0b5f8d297c3eb/0/42".parse().unwrap();
        let failed = |code| {
            Box::new(Failed {
                reaction: "open_complaint".to_owned(),
                cause,
                about: None,
                why: Why::new(code),
            })
        };
        let mut state = State::default();
        let first = Event::Failed(failed("A"));
        assert_eq!(fail(&state, first.clone()), std::slice::from_ref(&first));
        evolve(&mut state, &first);
        assert_eq!(fail(&state, first), []);
        assert_eq!(fail(&state, Event::Failed(failed("B"))).len(), 1);
        evolve(&mut state, &failed("A").retried());
        assert_eq!(fail(&state, Event::Failed(failed("B"))), []);
    }

    #[test]
    fn a_failure_is_told_in_english() {
        let why = Why::new("FIELD_MALFORMED").fact("field", "month");
        assert_eq!(why.to_string(), "FIELD_MALFORMED (field: month)");
        assert_eq!(Why::new("INTERNAL").to_string(), "the decision failed");
    }
}
