//! Escalation is a flag with a level and no place: the complaint goes on as it was, with more eyes on it.

use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::{DeEscalate, Escalate};
use crate::event::{DeEscalated, Escalated};
use crate::{Event, Preceding, Refusal, State};

/// Organisations have two or three.
const MAX_LEVEL: u32 = 9;

pub(super) fn escalate(
    complaint: &State,
    command: &Escalate,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    let (level, max) = (command.level, MAX_LEVEL);
    if !(1..=max).contains(&level) {
        return Err(Refusal::LevelOutOfRange { level, max });
    }
    let mut preceding = vec![(Preceding::Receipt, file.received_at)];
    if let Some(now) = complaint.escalation() {
        let (reason, explanation) = (&command.reason, command.explanation.as_ref());
        if now.level == level && now.ground.covers(Some(reason), explanation) {
            return Ok(Vec::new());
        }
        if now.level >= level {
            return Err(Refusal::AlreadyEscalated { level: now.level });
        }
        preceding.push((Preceding::Escalation, now.since));
    }
    field::code("reason", &command.reason)?;
    Ok(vec![Event::Escalated(Escalated {
        level,
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        rule: None,
        policy: None,
        next: None,
        occurred_at: occurred::after(command.occurred_at, at, &preceding)?,
    })])
}

pub(super) fn de_escalate(
    complaint: &State,
    command: &DeEscalate,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    let Some(escalation) = complaint.escalation() else {
        return Ok(Vec::new());
    };
    if let Some(reason) = &command.reason {
        field::code("reason", reason)?;
    }
    let preceding = [
        (Preceding::Receipt, file.received_at),
        (Preceding::Escalation, escalation.since),
    ];
    Ok(vec![Event::DeEscalated(DeEscalated {
        from_level: escalation.level,
        reason: command.reason.clone(),
        occurred_at: occurred::after(command.occurred_at, at, &preceding)?,
    })])
}
