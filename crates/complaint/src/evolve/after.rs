//! What comes after the closing.

use crate::event;
use crate::{FollowUp, State};

pub(super) fn followed_up(mut complaint: State, e: &event::FollowedUp) -> State {
    if let State::Closed { followed_up, .. } = &mut complaint {
        *followed_up = Some(Box::new(FollowUp {
            channel: e.channel.clone(),
            result: e.result.clone(),
            explanation: e.explanation.clone(),
            at: e.occurred_at,
        }));
    }
    complaint
}

/// It is no step in handling: what is reported later still counts.
pub(super) fn satisfaction_recorded(
    mut complaint: State,
    e: &event::SatisfactionRecorded,
) -> State {
    if let Some(file) = complaint.file_mut() {
        file.satisfaction = Some((e.satisfaction.clone(), e.words.clone()));
    }
    complaint
}
