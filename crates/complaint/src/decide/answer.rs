//! What the complainant answers to the decision. A dispute may end in acceptance after all, and an
//! acceptance may be taken back, as long as the complaint is open. Where the complainant was waited for,
//! that is over.

use jiff::Timestamp;

use super::{field, in_hand, occurred, pause};
use crate::command::{Dispute, RecordAcceptance};
use crate::event::{AcceptanceRecorded, Disputed};
use crate::{Event, Refusal, Stage, State};

pub(super) fn accept(
    complaint: &State,
    command: &RecordAcceptance,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let decision = stage.decision().ok_or(Refusal::DecisionNotCommunicated)?;
    if let Stage::DecisionCommunicated { accepted: true, .. } = stage {
        return Ok(Vec::new());
    }
    let occurred_at = occurred::after_decision(command.occurred_at, at, file, decision)?;
    let accepted = Event::AcceptanceRecorded(AcceptanceRecorded { occurred_at });
    let over = pause::answered(complaint, occurred_at);
    Ok(over.into_iter().chain([accepted]).collect())
}

pub(super) fn dispute(
    complaint: &State,
    command: &Dispute,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let decision = stage.decision().ok_or(Refusal::DecisionNotCommunicated)?;
    if let Stage::Disputed { ground, .. } = stage {
        return if ground.covers(Some(&command.reason), command.explanation.as_ref()) {
            Ok(Vec::new())
        } else {
            Err(Refusal::AlreadyDisputed)
        };
    }
    field::code("reason", &command.reason)?;
    let occurred_at = occurred::after_decision(command.occurred_at, at, file, decision)?;
    let disputed = Event::Disputed(Disputed {
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        occurred_at,
    });
    let over = pause::answered(complaint, occurred_at);
    Ok(over.into_iter().chain([disputed]).collect())
}
