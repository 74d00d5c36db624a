//! What another system reports. It is history, not a step: no guard but identity applies to it.

use crate::command::{ReportHistory, TakeOver};
use crate::event::{HistoryReported, TakenOver};
use crate::{Event, Refusal, State};

pub(super) fn take_over(complaint: &State, command: &TakeOver) -> Result<Vec<Event>, Refusal> {
    let Some(file) = complaint.file() else {
        return Ok(vec![Event::TakenOver(TakenOver {
            feedback: command.feedback,
            reference: command.reference,
            about: command.about.clone(),
            history: command.history.clone(),
        })]);
    };
    let seen = file.feedback == command.feedback
        && file
            .imported
            .as_ref()
            .is_some_and(|imported| imported.seen.contains(&command.history.digest));
    if seen {
        Ok(Vec::new())
    } else {
        Err(Refusal::AlreadyOpened)
    }
}

pub(super) fn report_history(
    complaint: &State,
    command: &ReportHistory,
) -> Result<Vec<Event>, Refusal> {
    let file = complaint.file().ok_or(Refusal::NotOpened)?;
    let imported = file.imported.as_ref().ok_or(Refusal::NotTakenOver)?;
    if imported.seen.contains(&command.history.digest) {
        return Ok(Vec::new());
    }
    let history = command.history.clone();
    Ok(vec![Event::HistoryReported(HistoryReported { history })])
}
