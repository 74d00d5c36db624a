use crate::command::Open;
use crate::event::Opened;
use crate::{Event, Refusal, State};

pub(super) fn open(complaint: &State, command: &Open) -> Result<Vec<Event>, Refusal> {
    let Some(file) = complaint.file() else {
        return Ok(vec![Event::Opened(Opened {
            feedback: command.feedback,
            reference: command.reference,
            about: command.about.clone(),
        })]);
    };
    let same = file.imported.is_none()
        && file.feedback == command.feedback
        && file.reference == command.reference;
    if same {
        Ok(Vec::new())
    } else {
        Err(Refusal::AlreadyOpened)
    }
}
