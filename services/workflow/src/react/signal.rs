//! A signal above what was expected opens a candidate for an improvement of its slice, unless one is
//! open: then it is further evidence for that one.

use std::collections::{BTreeMap, BTreeSet};

use redress_envelope::{ItemId, Record, Subject};
use redress_improvement::{CandidateOpened, Finding, Slice, Source, SourceKind};
use serde::Deserialize;

use super::{Effect, Plan};
use crate::reaction::Why;

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

/// What a record of reporting's leads to; nothing, if it is no signal, or one below.
pub(super) fn plan(record: &Record, partition: u16) -> Option<Plan> {
    if record.subject.kind() != "signal" {
        return None;
    }
    let raised = match read(record) {
        Ok(raised) => raised,
        Err(why) => return Some(Plan::failed(OPEN, None, why)),
    };
    let effect = match &*raised.direction {
        "above" => Ok(()),
        "below" => return None,
        // Whether it asks for an improvement, a later version knows.
        other => Err(Why::new("SIGNAL_UNKNOWN").fact("what", format!("direction {other}"))),
    };
    let signal = candidate(raised);
    Some(Plan {
        reaction: OPEN,
        about: Some(improvement(
            &signal,
            &BTreeSet::new(),
            &record.tenant,
            partition,
        )),
        effect: effect.map(|()| Effect::Signal(signal)),
    })
}

/// The improvement of the signal's slice that follows the one which took the signals `before`; the
/// slice's first follows none. Its id hangs on what the log says of the one before, and not on how many
/// there were: after a tail was lost, another matter does not get an id that somebody already knows.
pub(super) fn improvement(
    signal: &CandidateOpened,
    before: &BTreeSet<String>,
    tenant: &str,
    partition: u16,
) -> Subject {
    let slice = signal.finding.as_ref().map(|finding| &finding.slice);
    let (dimension, value) = slice.map_or(("", ""), |it| (&it.dimension, &it.value));
    let mut parts = vec![tenant, dimension, value];
    parts.extend(before.iter().map(String::as_str));
    let id = ItemId::derived(partition, "improvement of slice", &parts);
    Subject::item("improvement", id)
}

fn read(record: &Record) -> Result<Raised, Why> {
    if record.kind != RAISED {
        return Err(Why::new("SIGNAL_UNKNOWN").fact("what", &record.kind));
    }
    serde_json::from_str(record.data.get())
        .map_err(|_| Why::new("SIGNAL_UNREADABLE").fact("type", &record.kind))
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
    CandidateOpened {
        source: Source {
            kind: SourceKind::Signal,
            id: Some(signal_id.to_string()),
        },
        title: None,
        finding: Some(Finding {
            slice,
            month,
            rule,
            figures,
        }),
        occurred_at: None,
    }
}
