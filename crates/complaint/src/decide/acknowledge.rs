//! The first acknowledgement counts. Said again as it was, nothing happens; another one is refused,
//! because dropping it in silence would lose what the caller wanted recorded.

use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::Acknowledge;
use crate::event::Acknowledged;
use crate::{Event, Refusal, State};

pub(super) fn acknowledge(
    complaint: &State,
    command: &Acknowledge,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let State::Withdrawn { .. } | State::Merged { .. } = complaint {
        in_hand(complaint)?;
    }
    if let Some(given) = complaint.acknowledgement() {
        let same = given.channel.as_ref() == Some(&command.channel)
            && occurred::agrees(command.occurred_at, given.at);
        return if same {
            Ok(Vec::new())
        } else {
            Err(Refusal::AlreadyAcknowledged {
                channel: given.channel.clone(),
                at: given.at,
            })
        };
    }
    let (file, _) = in_hand(complaint)?;
    field::code("channel", &command.channel)?;
    Ok(vec![Event::Acknowledged(Acknowledged {
        channel: command.channel.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}
