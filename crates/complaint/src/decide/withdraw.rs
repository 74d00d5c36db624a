use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::Withdraw;
use crate::event::Withdrawn;
use crate::{Event, Refusal, State};

pub(super) fn withdraw(
    complaint: &State,
    command: &Withdraw,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let State::Withdrawn { withdrawal, .. } = complaint {
        let (reason, explanation) = (command.reason.as_deref(), command.explanation.as_ref());
        return if withdrawal.ground.covers(reason, explanation) {
            Ok(Vec::new())
        } else {
            Err(Refusal::ComplaintWithdrawn)
        };
    }
    let (file, _) = in_hand(complaint)?;
    if let Some(reason) = &command.reason {
        field::code("reason", reason)?;
    }
    Ok(vec![Event::Withdrawn(Withdrawn {
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}
