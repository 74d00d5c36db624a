//! When a step happened, and when it cannot have.

use jiff::{SignedDuration, Timestamp};

use crate::{Decision, File, Preceding, Refusal};

/// How far `occurred_at` may lie ahead: clocks differ, the future does not happen.
pub const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// A step's time, given or now, that must not lie before what precedes it.
pub(crate) fn after_receipt(
    given: Option<Timestamp>,
    at: Timestamp,
    file: &File,
) -> Result<Timestamp, Refusal> {
    after(given, at, &[(Preceding::Receipt, file.received_at)])
}

/// As [`after_receipt`], of a step that follows the decision.
pub(super) fn after_decision(
    given: Option<Timestamp>,
    at: Timestamp,
    file: &File,
    decision: &Decision,
) -> Result<Timestamp, Refusal> {
    let preceding = [
        (Preceding::Receipt, file.received_at),
        (Preceding::Decision, decision.communicated_at),
    ];
    after(given, at, &preceding)
}

/// A step that names no time happens now, or where its predecessor's clock was ahead, with it.
pub(crate) fn after(
    given: Option<Timestamp>,
    at: Timestamp,
    preceding: &[(Preceding, Timestamp)],
) -> Result<Timestamp, Refusal> {
    let Some(occurred_at) = given.map(whole_microseconds) else {
        let latest = preceding.iter().map(|(_, time)| *time).max();
        return Ok(latest.map_or(at, |latest| latest.max(at)));
    };
    for &(preceding, earliest) in preceding {
        if occurred_at < earliest {
            return Err(Refusal::OccurredBefore {
                preceding,
                occurred_at,
                earliest,
            });
        }
    }
    if occurred_at.duration_since(at) > FUTURE_TOLERANCE {
        return Err(Refusal::OccurredInFuture { occurred_at });
    }
    Ok(occurred_at)
}

/// Whether a repeated command speaks of the time that is recorded. One without a time does.
pub(super) fn agrees(given: Option<Timestamp>, recorded: Timestamp) -> bool {
    given.is_none_or(|given| whole_microseconds(given) == recorded)
}

/// As exact as a record's own time is.
fn whole_microseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}
