//! The rows of what is due: `t<time><id>` for the first moment at which something is to be told of a
//! complaint's clocks.

use jiff::{SignedDuration, Timestamp};

use super::case::Case;
use crate::page;

const DUE: u8 = b't';

/// What was due already when it was written down is entered late, and mostly not all yet: whoever
/// enters it is given the time to do so, before anybody is told that something is late.
const SETTLES_IN: SignedDuration = SignedDuration::from_mins(10);

/// When something is to be told of the clocks, or an escalation goes on to the next level. Of a merged complaint
/// nothing is: the one that it went into has its own.
pub(super) fn due_at(case: &Case) -> Option<Timestamp> {
    if case.state.merging().is_some() {
        return None;
    }
    let onward = case.state.escalation().and_then(|it| it.next.as_ref());
    let all = [case.clocks.next_deadline(), onward.map(|it| it.at)];
    let (deadline, recorded) = (all.into_iter().flatten().min()?, case.recorded_at?);
    if deadline > recorded {
        Some(deadline)
    } else {
        recorded.checked_add(SETTLES_IN).ok()
    }
}

pub(super) fn key(at: Timestamp, id: &str) -> Vec<u8> {
    page::key(DUE, at, false, id)
}

/// The keys of what is due before a moment. What is done at the due time is done in time.
pub(crate) fn until(now: Timestamp) -> (Vec<u8>, Vec<u8>) {
    (vec![DUE], page::start(DUE, now, false))
}

pub(crate) fn id_of(key: &[u8]) -> Option<String> {
    page::id_of(key).map(str::to_owned)
}
