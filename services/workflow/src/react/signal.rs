//! A signal above what was expected opens a candidate for an improvement.

use std::collections::BTreeMap;

use redress_envelope::{ItemId, Record, Subject};
use redress_event_log::{Consumed, Moment};
use redress_improvement::{self as improvement, CandidateOpened, Command, Slice};
use serde::Deserialize;

use super::{Cause, Reaction, Reactor, Why};
use crate::life::ImprovementLife;

const OPEN: &str = "open_improvement";
const RAISED: &str = "redress.signal.raised.v1";

/// What this service reads of a signal; reporting says more.
#[derive(Debug, Deserialize)]
struct Raised {
    signal_id: ItemId,
    slice: Slice,
    month: String,
    rule: String,
    direction: String,
    figures: BTreeMap<String, String>,
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
        slice,
        month,
        rule,
        figures,
        ..
    } = raised;
    let Slice { dimension, value } = &slice;
    CandidateOpened {
        signal: signal_id,
        title: format!("More complaints than expected: {dimension} {value}, {month}"),
        slice,
        month,
        rule,
        figures,
    }
}
