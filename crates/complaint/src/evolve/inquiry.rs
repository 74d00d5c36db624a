//! What was found out, and who may find it out.

use super::{handled_here, stage};
use crate::event;
use crate::{File, State};

/// It is handling, too: what another system reports later moves nothing.
fn on_file(mut complaint: State, change: impl FnOnce(&mut File)) -> State {
    if let State::Open { file, .. } = &mut complaint {
        handled_here(file);
        change(file);
    }
    complaint
}

/// Who investigated until now does so no longer.
pub(super) fn conflict_declared(complaint: State, e: &event::ConflictDeclared) -> State {
    let complaint = on_file(complaint, |file| {
        file.conflicts
            .insert(e.person.clone(), e.explanation.clone());
    });
    match complaint {
        State::Open { file, stage, flags } => {
            let stage = Box::new(stage::without(*stage, &e.person));
            State::Open { file, stage, flags }
        }
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => complaint,
    }
}

pub(super) fn conflict_cleared(complaint: State, e: &event::ConflictCleared) -> State {
    on_file(complaint, |file| {
        file.conflicts.remove(&e.person);
    })
}

pub(super) fn evidence_recorded(complaint: State, e: &event::EvidenceRecorded) -> State {
    on_file(complaint, |file| {
        file.evidence_numbered = file.evidence_numbered.max(e.evidence);
        file.evidence_kinds.insert(e.evidence, e.kind.clone());
        if let Some(superseded) = e.supersedes {
            file.evidence_kinds.remove(&superseded);
            file.superseded.insert(superseded);
        }
    })
}

pub(super) fn finding_recorded(complaint: State, e: &event::FindingRecorded) -> State {
    on_file(complaint, |file| {
        file.findings_numbered = file.findings_numbered.max(e.finding);
    })
}
