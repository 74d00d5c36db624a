//! Who has a conflict of interest in a complaint has it in whatever is done about it, until it is cleared:
//! also after a dispute or a reopening, and whatever that person declares when an investigation begins.

use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::{ClearConflict, DeclareConflict};
use crate::event::{ConflictCleared, ConflictDeclared};
use crate::{Event, Refusal, State};

pub(super) fn declare(
    complaint: &State,
    command: &DeclareConflict,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    let explanation = &command.explanation;
    let declared = file.conflicts.get(&command.person);
    if declared.is_some_and(|words| explanation.is_none() || words == explanation) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::ConflictDeclared(ConflictDeclared {
        person: command.person.clone(),
        explanation: explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

pub(super) fn clear(
    complaint: &State,
    command: &ClearConflict,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    if !file.conflicts.contains_key(&command.person) {
        return Ok(Vec::new());
    }
    let because = command.because.as_ref();
    let because = because.ok_or(Refusal::FieldEmpty { field: "because" })?;
    field::known("because", because.is_known())?;
    Ok(vec![Event::ConflictCleared(ConflictCleared {
        person: command.person.clone(),
        because: Some(because.clone()),
        explanation: command.explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}
