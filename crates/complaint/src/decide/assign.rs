use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::Assign;
use crate::event::Assigned;
use crate::{Event, Refusal, State};

pub(super) fn assign(
    complaint: &State,
    command: &Assign,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    let Assign {
        handler,
        queue,
        occurred_at,
    } = command;
    if handler.is_none() && queue.is_none() {
        return Err(Refusal::AssignmentEmpty);
    }
    let same = |current: &crate::Assignment| current.handler == *handler && current.queue == *queue;
    if file.assignment.as_ref().is_some_and(same) {
        return Ok(Vec::new());
    }
    if handler
        .as_ref()
        .is_some_and(|handler| file.has_conflict(handler))
    {
        return Err(Refusal::HandlerHasConflict);
    }
    if let Some(queue) = queue {
        field::code("queue", queue)?;
    }
    Ok(vec![Event::Assigned(Assigned {
        handler: handler.clone(),
        queue: queue.clone(),
        occurred_at: occurred::after_receipt(*occurred_at, at, file)?,
    })])
}
