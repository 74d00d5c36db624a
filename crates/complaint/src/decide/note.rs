use jiff::Timestamp;

use super::occurred;
use crate::command::AddNote;
use crate::event::NoteAdded;
use crate::{Event, Refusal, State};

pub(super) fn add(
    complaint: &State,
    command: &AddNote,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let file = complaint.file().ok_or(Refusal::NotOpened)?;
    Ok(vec![Event::NoteAdded(NoteAdded {
        note: command.note.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}
