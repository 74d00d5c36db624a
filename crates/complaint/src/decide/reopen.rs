use jiff::Timestamp;

use super::{field, occurred};
use crate::command::Reopen;
use crate::event::Reopened;
use crate::{Closure, Event, Ground, Preceding, Refusal, ReportedHistory, Stage, State};

pub(super) fn reopen(
    complaint: &State,
    command: &Reopen,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, closure) = match complaint {
        State::NotOpened => return Err(Refusal::NotOpened),
        State::Open { stage, .. } if was_reopened(stage, command) => return Ok(Vec::new()),
        State::Open { .. } => return Err(Refusal::NotClosed),
        State::Withdrawn { .. } => return Err(Refusal::ComplaintWithdrawn),
        State::Merged { merging, .. } => {
            return Err(Refusal::ComplaintMerged { into: merging.into });
        }
        State::Closed { file, closure, .. } => (file, closure),
    };
    field::code("reason", &command.reason)?;
    let mut preceding = vec![(Preceding::Receipt, file.received_at)];
    let closed_at = match closure {
        Closure::Decided(decided) => Some(decided.at),
        Closure::Reported => complaint.report().and_then(ReportedHistory::closed),
    };
    preceding.extend(closed_at.map(|at| (Preceding::Closing, at)));
    Ok(vec![Event::Reopened(Reopened {
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        occurred_at: occurred::after(command.occurred_at, at, &preceding)?,
    })])
}

fn was_reopened(stage: &Stage, command: &Reopen) -> bool {
    let Stage::Investigating(investigating) = stage else {
        return false;
    };
    let same = |ground: &Ground| ground.covers(Some(&command.reason), command.explanation.as_ref());
    investigating.reopened.as_ref().is_some_and(same)
}
