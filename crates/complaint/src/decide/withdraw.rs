//! The complainant may take it back at any time. What was promised does not vanish with it: where
//! something is owed, the withdrawal says whether it still is.

use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::Withdraw;
use crate::event::Withdrawn;
use crate::{Event, Promises, Refusal, State};

pub(super) fn withdraw(
    complaint: &State,
    command: &Withdraw,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let State::Withdrawn { withdrawal, .. } = complaint {
        let (reason, explanation) = (command.reason.as_deref(), command.explanation.as_ref());
        let promises = command.promises.as_ref();
        let same = withdrawal.promises.is_none()
            || promises.is_none()
            || promises == withdrawal.promises.as_ref();
        return if same && withdrawal.ground.covers(reason, explanation) {
            Ok(Vec::new())
        } else {
            Err(Refusal::ComplaintWithdrawn)
        };
    }
    let (file, _) = in_hand(complaint)?;
    if let Some(reason) = &command.reason {
        field::code("reason", reason)?;
    }
    let owed = complaint.owed();
    let promises = match &command.promises {
        _ if owed.is_empty() => None,
        None => return Err(Refusal::PromisesOpen { remedies: owed }),
        Some(promises) => Some(promises.clone()),
    };
    field::known("promises", promises.as_ref().is_none_or(Promises::is_known))?;
    Ok(vec![Event::Withdrawn(Withdrawn {
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        promises,
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}
