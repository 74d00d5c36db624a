//! How many open complaints somebody has in hand.
//!
//! | Key | Row |
//! |---|---|
//! | `c<id>` | who has the complaint in hand, and whether it is over |
//! | `l<handler>` | how many open ones a handler has |

use redress_complaint::Event;
use redress_envelope::{Actor, Record};
use redress_view::{FoldError, Rows, ViewRows};
use serde::{Deserialize, Serialize};

use super::view::key;
use crate::clocked;
use crate::page::Unread;

const COMPLAINT: u8 = b'c';
const LOAD: u8 = b'l';

/// The most frequent ones, of which nothing has to be read.
const CHANGE_NOTHING: [&str; 3] = [
    "redress.complaint.opened.v1",
    "redress.complaint.taken_over.v1",
    "redress.complaint.history_reported.v1",
];

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct InHand {
    handler: Option<Actor>,
    is_over: bool,
}

impl InHand {
    fn counts_for(&self) -> Option<&Actor> {
        self.handler.as_ref().filter(|_| !self.is_over)
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Assigned(e) => self.handler.clone_from(&e.handler),
            Event::Closed(_) | Event::Withdrawn(_) | Event::MergedInto(_) => self.is_over = true,
            Event::Reopened(_) | Event::Unmerged(_) => self.is_over = false,
            Event::Opened(_)
            | Event::TakenOver(_)
            | Event::HistoryReported(_)
            | Event::Acknowledged(_)
            | Event::Assessed(_)
            | Event::InvestigationStarted(_)
            | Event::InvestigationRefused(_)
            | Event::InvestigationNotRequired(_)
            | Event::ResponseProposed(_)
            | Event::RemedyFulfilled(_)
            | Event::DecisionCommunicated(_)
            | Event::AcceptanceRecorded(_)
            | Event::Disputed(_)
            | Event::RemedyOffered(_)
            | Event::RemedyAccepted(_)
            | Event::RemedyDeclined(_)
            | Event::RemedyApproved(_)
            | Event::ConflictDeclared(_)
            | Event::ConflictCleared(_)
            | Event::EvidenceRecorded(_)
            | Event::FindingRecorded(_)
            | Event::Reclassified(_)
            | Event::ComplainantAwaited(_)
            | Event::ThirdPartyAwaited(_)
            | Event::Resumed(_)
            | Event::Held(_)
            | Event::Released(_)
            | Event::Escalated(_)
            | Event::DeEscalated(_)
            | Event::ReferredExternally(_)
            | Event::ExternalNoticeReceived(_)
            | Event::ExternalPositionStated(_)
            | Event::ExternalResolutionBegun(_)
            | Event::ExternalDisputeSettled(_)
            | Event::DeterminationReceived(_)
            | Event::ExternalResultImplemented(_)
            | Event::ExternalFileClosed(_)
            | Event::FollowedUp(_)
            | Event::SatisfactionRecorded(_)
            | Event::MergeReceived(_)
            | Event::MergeEnded(_)
            | Event::NoteAdded(_) => {}
        }
    }
}

pub(super) fn fold(record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
    if CHANGE_NOTHING.contains(&&*record.kind) {
        return Ok(());
    }
    let event = clocked::decode(&record.kind, &record.data);
    let event = event.map_err(|error| match error.unknown() {
        Some(what) => FoldError::UnknownType(what),
        None => FoldError::broken(error),
    })?;
    let clocked::Event::Complaint(event) = event else {
        return Ok(());
    };
    let row = key(COMPLAINT, record.subject.id());
    let was: InHand = rows.get_json(&row)?.unwrap_or_default();
    let mut is = was.clone();
    is.evolve(&event);
    if was == is {
        return Ok(());
    }
    rows.put_json(&row, &is)?;
    if was.counts_for() != is.counts_for() {
        count(rows, was.counts_for(), |load| load.saturating_sub(1))?;
        count(rows, is.counts_for(), |load| load.saturating_add(1))?;
    }
    Ok(())
}

fn count(
    rows: &mut Rows<'_>,
    handler: Option<&Actor>,
    change: impl FnOnce(u32) -> u32,
) -> Result<(), FoldError> {
    let Some(handler) = handler else {
        return Ok(());
    };
    let row = key(LOAD, &handler.to_string());
    let load = change(rows.get_json(&row)?.unwrap_or_default());
    rows.put_json(&row, &load)
}

/// The open complaints of somebody.
pub(super) fn of(rows: &ViewRows, handler: &Actor) -> Result<u32, Unread> {
    let load = rows.get_json(&key(LOAD, &handler.to_string()))?;
    Ok(load.unwrap_or_default())
}
