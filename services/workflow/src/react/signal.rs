//! A signal above what was expected opens a candidate for an improvement.

use std::collections::BTreeMap;

use redress_envelope::{ItemId, Record, Subject};
use redress_event_log::{Consumed, Moment};
use redress_improvement::{self as improvement, CandidateOpened, Command, Slice};
use serde::Deserialize;
use serde_json::Value;

use super::{Cause, Reaction, Reactor, Why};
use crate::life::ImprovementLife;

const OPEN: &str = "open_improvement";
const RAISED: &str = "redress.signal.raised.v1";

/// What this service reads of a signal; reporting says more.
#[derive(Debug, Deserialize)]
struct Raised {
    signal_id: ItemId,
    dimension: String,
    value: String,
    month: String,
    rule: String,
    direction: String,
    #[serde(default)]
    figures: BTreeMap<String, Value>,
}

impl Reactor {
    /// What a record of reporting's leads to; nothing, if it is no signal, or one below.
    pub(crate) fn on_reporting(&self, record: &Record, consumed: Consumed) -> Option<Reaction> {
        if record.subject.kind() != "signal" {
            return None;
        }
        let (reactor, cause) = (self.clone(), Cause::new(OPEN, record, consumed));
        let raised = match read(record) {
            Ok(raised) => raised,
            Err(why) => return Some(Box::pin(reactor.write_down(cause, None, why))),
        };
        if raised.direction != "above" {
            return None;
        }
        let parts = [&*raised.signal_id.to_string()];
        let id = ItemId::derived(self.partition, "improvement from signal", &parts);
        let command = Command::OpenCandidate(candidate(raised));
        let decide = move |state: &improvement::State, _: Moment| {
            improvement::decide(state, &command)
                .map_err(|refusal| Why::new(refusal.code(), refusal.to_string()))
        };
        let subject = Subject::item("improvement", id);
        Some(Box::pin(
            reactor.react::<ImprovementLife>(cause, subject, decide),
        ))
    }
}

fn read(record: &Record) -> Result<Raised, Why> {
    if record.kind != RAISED {
        let message = format!(
            "the event type `{}` is not known to this version",
            record.kind
        );
        return Err(Why::new("SIGNAL_UNREADABLE", message));
    }
    serde_json::from_str(record.data.get())
        .map_err(|error| Why::new("SIGNAL_UNREADABLE", error.to_string()))
}

fn candidate(raised: Raised) -> CandidateOpened {
    let Raised {
        signal_id,
        dimension,
        value,
        month,
        rule,
        figures,
        ..
    } = raised;
    let decimals = figures
        .into_iter()
        .filter_map(|(name, figure)| Some((name, decimal(figure)?)));
    CandidateOpened {
        signal: signal_id,
        title: format!("More complaints than expected: {dimension} {value}, {month}"),
        slice: Slice { dimension, value },
        month,
        rule,
        figures: decimals.collect(),
    }
}

/// A figure as a decimal; the months and names among the figures are no decimals.
fn decimal(figure: Value) -> Option<String> {
    let text = match figure {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let magnitude = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, "0"));
    (digits(whole) && digits(fraction)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_decimals_among_the_figures_are_figures_of_a_candidate() {
        let cases = [
            ("\"17\"", Some("17")),
            ("\"-0.25\"", Some("-0.25")),
            ("17", Some("17")),
            ("\"2026-03\"", None),
            ("\"1.2.3\"", None),
            ("\"\"", None),
            ("null", None),
            ("[1]", None),
        ];
        for (json, expected) in cases {
            let figure = serde_json::from_str(json).unwrap();
            assert_eq!(decimal(figure).as_deref(), expected, "{json}");
        }
    }
}
