//! One complaint goes into another. The other one takes it first ([`receive`]): so none is merged into one
//! that is over, and of two that are to be merged into each other neither is.

use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::{EndMerge, Merge, ReceiveMerge, Unmerge};
use crate::event::{MergeEnded, MergeReceived, MergedInto, Unmerged};
use crate::{Event, Preceding, Refusal, State};

pub(super) fn merge(
    complaint: &State,
    command: &Merge,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (reason, explanation) = (&command.reason, &command.explanation);
    if let State::Merged { merging, .. } = complaint
        && merging.into == command.into
        && merging.ground.covers(Some(reason), explanation.as_ref())
    {
        return Ok(Vec::new());
    }
    let (file, _) = in_hand(complaint)?;
    if command.into == file.feedback {
        return Err(Refusal::MergeIntoItself);
    }
    if file.merged_from.contains(&command.into) {
        return Err(Refusal::MergeCircular);
    }
    field::code("reason", reason)?;
    Ok(vec![Event::MergedInto(MergedInto {
        into: command.into,
        reason: reason.clone(),
        explanation: explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

pub(super) fn unmerge(
    complaint: &State,
    command: &Unmerge,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, merging) = match complaint {
        State::NotOpened => return Err(Refusal::NotOpened),
        State::Open { .. } | State::Closed { .. } | State::Withdrawn { .. } => {
            return Ok(Vec::new());
        }
        State::Merged { file, merging } => (file, merging),
    };
    field::code("reason", &command.reason)?;
    let preceding = [
        (Preceding::Receipt, file.received_at),
        (Preceding::Merging, merging.at),
    ];
    Ok(vec![Event::Unmerged(Unmerged {
        from: merging.into,
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        occurred_at: occurred::after(command.occurred_at, at, &preceding)?,
    })])
}

/// Whoever is on hold or waits takes it, too: nothing moves on by it.
pub(super) fn receive(
    complaint: &State,
    command: &ReceiveMerge,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    if command.from == file.feedback {
        return Err(Refusal::MergeIntoItself);
    }
    if file.merged_from.contains(&command.from) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::MergeReceived(MergeReceived {
        from: command.from,
        occurred_at: received_at(command.occurred_at, at, file.received_at)?,
    })])
}

/// The other one may have been here before this one was.
fn received_at(
    given: Option<Timestamp>,
    at: Timestamp,
    received: Timestamp,
) -> Result<Timestamp, Refusal> {
    occurred::after(given.map(|given| given.max(received)), at, &[])
}

/// Wherever the complaint stands by now: it is a fact about the other one.
pub(super) fn end(
    complaint: &State,
    command: &EndMerge,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let file = complaint.file().ok_or(Refusal::NotOpened)?;
    if !file.merged_from.contains(&command.from) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::MergeEnded(MergeEnded {
        from: command.from,
        occurred_at: received_at(command.occurred_at, at, file.received_at)?,
    })])
}
