//! A dispute before another body, which goes on wherever the complaint stands.

use jiff::Timestamp;
use redress_envelope::VaultRef;

use super::handled_here;
use crate::event;
use crate::{External, ExternalResult, ExternalStep, State};

pub(super) fn referred(mut complaint: State, e: &event::ReferredExternally) -> State {
    if let Some(file) = complaint.file_mut() {
        handled_here(file);
        file.external = Some(Box::new(External {
            body: e.body.clone(),
            referred_by: e.referred_by.clone(),
            step: ExternalStep::Referred,
            since: e.occurred_at,
            words: e.explanation.clone(),
        }));
    }
    complaint
}

fn on_open(
    mut complaint: State,
    since: Timestamp,
    words: Option<&VaultRef>,
    step: impl FnOnce(&External) -> ExternalStep,
) -> State {
    if let Some(file) = complaint.file_mut() {
        handled_here(file);
        if let Some(external) = file.external.as_deref_mut().filter(|it| it.is_open()) {
            external.step = step(external);
            (external.since, external.words) = (since, words.cloned());
        }
    }
    complaint
}

pub(super) fn notice_received(complaint: State, e: &event::ExternalNoticeReceived) -> State {
    on_open(complaint, e.occurred_at, e.explanation.as_ref(), |_| {
        ExternalStep::NoticeReceived
    })
}

pub(super) fn position_stated(complaint: State, e: &event::ExternalPositionStated) -> State {
    on_open(complaint, e.occurred_at, Some(&e.position), |_| {
        ExternalStep::PositionStated
    })
}

pub(super) fn resolution_begun(complaint: State, e: &event::ExternalResolutionBegun) -> State {
    on_open(complaint, e.occurred_at, None, |_| {
        let method = e.method.clone();
        ExternalStep::Resolving { method }
    })
}

pub(super) fn settled(complaint: State, e: &event::ExternalDisputeSettled) -> State {
    on_open(complaint, e.occurred_at, Some(&e.terms), |_| {
        let award = e.award.clone();
        ExternalStep::Ended(ExternalResult::Settled { award })
    })
}

pub(super) fn determined(complaint: State, e: &event::DeterminationReceived) -> State {
    on_open(complaint, e.occurred_at, e.explanation.as_ref(), |_| {
        let (determination, award) = (e.determination.clone(), e.award.clone());
        ExternalStep::Ended(ExternalResult::Determined {
            determination,
            award,
        })
    })
}

/// What came to no result yet has nothing that could be done.
pub(super) fn implemented(complaint: State, e: &event::ExternalResultImplemented) -> State {
    on_open(complaint, e.occurred_at, None, |external| {
        match external.result() {
            Some(result) => ExternalStep::Implemented(result.clone()),
            None => external.step.clone(),
        }
    })
}

pub(super) fn file_closed(complaint: State, e: &event::ExternalFileClosed) -> State {
    on_open(
        complaint,
        e.occurred_at,
        e.explanation.as_ref(),
        |external| ExternalStep::FileClosed {
            result: external.result().cloned(),
            reason: e.reason.clone(),
        },
    )
}
