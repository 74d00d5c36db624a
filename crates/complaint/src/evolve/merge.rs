//! One complaint goes into another and comes back as it was.

use super::follow_report;
use crate::event;
use crate::{Ground, Merging, State};

/// To be merged, or to take another in, is no step in handling: unmerged, it is as if it had not been.
pub(super) fn merged_into(complaint: State, e: &event::MergedInto) -> State {
    match complaint {
        State::Open { file, stage, flags } => {
            let merging = Box::new(Merging {
                into: e.into,
                ground: Ground {
                    reason: Some(e.reason.clone()),
                    explanation: e.explanation.clone(),
                },
                at: e.occurred_at,
                stage: *stage,
                flags,
            });
            State::Merged { file, merging }
        }
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => complaint,
    }
}

/// What another system reported meanwhile counts as if it had not been merged.
pub(super) fn unmerged(complaint: State) -> State {
    match complaint {
        State::Merged { file, merging } => {
            let Merging { stage, flags, .. } = *merging;
            let stage = Box::new(stage);
            follow_report(State::Open { file, stage, flags })
        }
        State::NotOpened | State::Open { .. } | State::Closed { .. } | State::Withdrawn { .. } => {
            complaint
        }
    }
}

pub(super) fn merge_received(mut complaint: State, e: &event::MergeReceived) -> State {
    if let Some(file) = complaint.file_mut() {
        file.merged_from.insert(e.from);
    }
    complaint
}

pub(super) fn merge_ended(mut complaint: State, e: &event::MergeEnded) -> State {
    if let Some(file) = complaint.file_mut() {
        file.merged_from.remove(&e.from);
    }
    complaint
}
