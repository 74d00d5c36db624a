//! A complaint as people read it: the domain's own state, and when each step was last taken.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use redress_complaint::contact::{self, Contact};
use redress_complaint::event::Reclassified;
use redress_complaint::{
    CloseBasis, Event, Outcome, ReportedHistory, Revision, Slices, State, evolve,
};
use redress_envelope::{Record, VaultRef};
use redress_event_log::UnreadableEvent;
use redress_policy::Clocks;

use super::external::{self, Elsewhere};
use crate::clocked;
use crate::life::unreadable;

/// When each step happened last, where that is known.
#[derive(Debug, Clone, Default)]
pub(super) struct Times {
    pub(super) acknowledged: Option<Timestamp>,
    pub(super) assessed: Option<Timestamp>,
    pub(super) investigation_started: Option<Timestamp>,
    pub(super) response_proposed: Option<Timestamp>,
    pub(super) decision_communicated: Option<Timestamp>,
    pub(super) accepted: Option<Timestamp>,
    pub(super) disputed: Option<Timestamp>,
    pub(super) closed: Option<Timestamp>,
    pub(super) withdrawn: Option<Timestamp>,
}

/// That it was closed, and perhaps opened again.
#[derive(Debug, Clone)]
pub(super) struct Closing {
    pub(super) at: Option<Timestamp>,
    /// `None`: another system closed it.
    pub(super) basis: Option<CloseBasis>,
    pub(super) outcome: Option<Outcome>,
    pub(super) reopened: Option<(Timestamp, String)>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Case {
    pub(super) state: State,
    pub(super) clocks: Clocks,
    pub(super) contact: Contact,
    /// When each message was asked for, by the log's clock.
    pub(super) messages_recorded: BTreeMap<u32, Timestamp>,
    pub(super) about: Option<Arc<Slices>>,
    pub(super) times: Times,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) updated_at: Option<Timestamp>,
    /// When anything was recorded last, of the clocks too.
    pub(super) recorded_at: Option<Timestamp>,
    /// Events in its stream.
    pub(super) version: u64,
    pub(super) disputes: u32,
    /// When the last dispute was, and why.
    pub(super) dispute: Option<(Timestamp, String)>,
    /// Those of this system, and those that a reopening followed.
    pub(super) closings: Vec<Closing>,
    pub(super) notes: u32,
    /// That the assessment was seen otherwise since.
    pub(super) reclassified: Option<Arc<Reclassified>>,
    /// Why it was assessed again.
    pub(super) reassessed: Option<Revision>,
    /// Before other bodies, oldest first.
    pub(super) elsewhere: Vec<Elsewhere>,
    /// When the complainant said last of how it was handled.
    pub(super) satisfied: Option<Timestamp>,
}

impl Case {
    /// Folds a stream. Events of unknown types are passed over: the position of the first comes
    /// with the case.
    pub(super) fn of(records: &[Record]) -> Result<(Self, Option<u64>), UnreadableEvent> {
        let (mut case, mut unknown) = (Self::default(), None);
        for record in records {
            match decode(record)? {
                Some(event) => case.apply(&event, record.time),
                None => {
                    unknown.get_or_insert(record.position);
                }
            }
            case.version = record.version + 1;
        }
        Ok((case, unknown))
    }

    /// Folds one event that was recorded at `time`.
    pub(super) fn apply(&mut self, event: &clocked::Event, time: Timestamp) {
        self.recorded_at = Some(time);
        match event {
            clocked::Event::Complaint(event) => self.apply_step(event, time),
            clocked::Event::Clock(event) => self.clocks.evolve(event),
            // That it was assigned is a step of its own.
            clocked::Event::Duty(_) => {}
            clocked::Event::Contact(event) => {
                self.contact.evolve(event);
                if let contact::Event::MessageRequested(e) = event {
                    self.messages_recorded.insert(e.message, time);
                }
                self.updated_at = Some(time);
            }
        }
    }

    fn apply_step(&mut self, event: &Event, time: Timestamp) {
        evolve(&mut self.state, event);
        self.updated_at = Some(time);
        let times = &mut self.times;
        match event {
            Event::Opened(e) => self.open(&e.about, time),
            Event::TakenOver(e) => self.open(&e.about, time),
            Event::HistoryReported(_)
            | Event::Assigned(_)
            | Event::InvestigationRefused(_)
            | Event::InvestigationNotRequired(_)
            | Event::RemedyFulfilled(_)
            | Event::RemedyOffered(_)
            | Event::RemedyAccepted(_)
            | Event::RemedyDeclined(_)
            | Event::RemedyApproved(_)
            | Event::ConflictDeclared(_)
            | Event::ConflictCleared(_)
            | Event::EvidenceRecorded(_)
            | Event::FindingRecorded(_)
            | Event::ComplainantAwaited(_)
            | Event::ThirdPartyAwaited(_)
            | Event::Resumed(_)
            | Event::Held(_)
            | Event::Released(_)
            | Event::Escalated(_)
            | Event::DeEscalated(_)
            | Event::FollowedUp(_)
            | Event::MergedInto(_)
            | Event::Unmerged(_)
            | Event::MergeReceived(_)
            | Event::MergeEnded(_) => {}
            Event::ReferredExternally(_)
            | Event::ExternalNoticeReceived(_)
            | Event::ExternalPositionStated(_)
            | Event::ExternalResolutionBegun(_)
            | Event::ExternalDisputeSettled(_)
            | Event::DeterminationReceived(_)
            | Event::ExternalResultImplemented(_)
            | Event::ExternalFileClosed(_) => {
                external::apply(&mut self.elsewhere, event, &self.state);
            }
            Event::SatisfactionRecorded(e) => self.satisfied = Some(e.occurred_at),
            Event::Acknowledged(e) => times.acknowledged = Some(e.occurred_at),
            Event::Assessed(e) => {
                times.assessed = Some(e.occurred_at);
                self.reassessed.clone_from(&e.because);
                self.reclassified = None;
            }
            Event::Reclassified(e) => self.reclassified = Some(Arc::new(e.clone())),
            Event::InvestigationStarted(e) => times.investigation_started = Some(e.occurred_at),
            Event::ResponseProposed(e) => times.response_proposed = Some(e.occurred_at),
            Event::DecisionCommunicated(e) => {
                times.decision_communicated = Some(e.occurred_at);
            }
            Event::AcceptanceRecorded(e) => times.accepted = Some(e.occurred_at),
            Event::Disputed(e) => {
                times.disputed = Some(e.occurred_at);
                times.accepted = None;
                self.disputes += 1;
                self.dispute = Some((e.occurred_at, e.reason.clone()));
            }
            Event::Closed(e) => {
                times.closed = Some(e.occurred_at);
                self.closings.push(Closing {
                    at: Some(e.occurred_at),
                    basis: Some(e.basis.clone()),
                    outcome: self.state.outcome(),
                    reopened: None,
                });
            }
            Event::Reopened(e) => {
                (times.closed, times.accepted) = (None, None);
                self.reopened(e.occurred_at, &e.reason);
            }
            Event::Withdrawn(e) => times.withdrawn = Some(e.occurred_at),
            Event::NoteAdded(_) => self.notes += 1,
        }
    }

    /// The times, with those that only another system knows.
    pub(super) fn known_times(&self) -> Times {
        let mut times = self.times.clone();
        if let Some(report) = self.state.report() {
            times.acknowledged = times.acknowledged.or(report.acknowledged_at);
            let is_closed = matches!(self.state, State::Closed { .. });
            times.closed = times.closed.or(report.closed().filter(|_| is_closed));
        }
        times
    }

    /// A closing that stands unrecorded was another system's.
    fn reopened(&mut self, at: Timestamp, reason: &str) {
        let reopened = Some((at, reason.to_owned()));
        match self.closings.last_mut().filter(|it| it.reopened.is_none()) {
            Some(closing) => closing.reopened = reopened,
            None => self.closings.push(Closing {
                at: self.state.report().and_then(ReportedHistory::closed),
                basis: None,
                outcome: None,
                reopened,
            }),
        }
    }

    pub(super) fn reopenings(&self) -> usize {
        let reopened = self.closings.iter().filter(|it| it.reopened.is_some());
        reopened.count()
    }

    fn open(&mut self, about: &Slices, time: Timestamp) {
        self.about = Some(Arc::new(about.clone()));
        self.opened_at = Some(time);
    }
}

/// An event of a complaint; nothing, if this version does not know its type or a word of it.
pub(super) fn decode(record: &Record) -> Result<Option<clocked::Event>, UnreadableEvent> {
    match clocked::decode(&record.kind, &record.data) {
        Ok(event) => Ok(Some(event)),
        Err(error) if error.unknown().is_some() => Ok(None),
        Err(error) => Err(unreadable(record, &error)),
    }
}

/// The words that an event refers to.
pub(super) fn words(event: &clocked::Event) -> Option<&VaultRef> {
    let event = match event {
        clocked::Event::Complaint(event) => event,
        clocked::Event::Clock(_) | clocked::Event::Duty(_) => return None,
        clocked::Event::Contact(event) => return event.words(),
    };
    match event {
        Event::Assessed(e) => e.assessment.immediate_action.what(),
        Event::InvestigationNotRequired(e) => e.explanation.as_ref(),
        Event::ResponseProposed(e) => e.refusal.as_ref().map(|refusal| &refusal.explanation),
        Event::Disputed(e) => e.explanation.as_ref(),
        Event::Reopened(e) => e.explanation.as_ref(),
        Event::Withdrawn(e) => e.explanation.as_ref(),
        Event::RemedyDeclined(e) => e.explanation.as_ref(),
        Event::ConflictDeclared(e) => e.explanation.as_ref(),
        Event::ConflictCleared(e) => e.explanation.as_ref(),
        Event::EvidenceRecorded(e) => Some(&e.description),
        Event::FindingRecorded(e) => Some(&e.description),
        Event::Reclassified(e) => e.explanation.as_ref(),
        Event::ComplainantAwaited(e) => e.explanation.as_ref(),
        Event::ThirdPartyAwaited(e) => e.explanation.as_ref(),
        Event::Held(e) => e.explanation.as_ref(),
        Event::Escalated(e) => e.explanation.as_ref(),
        Event::NoteAdded(e) => Some(&e.note),
        Event::ReferredExternally(e) => e.explanation.as_ref(),
        Event::ExternalNoticeReceived(e) => e.explanation.as_ref(),
        Event::ExternalPositionStated(e) => Some(&e.position),
        Event::ExternalDisputeSettled(e) => Some(&e.terms),
        Event::DeterminationReceived(e) => e.explanation.as_ref(),
        Event::ExternalFileClosed(e) => e.explanation.as_ref(),
        Event::FollowedUp(e) => e.explanation.as_ref(),
        Event::SatisfactionRecorded(e) => e.words.as_ref(),
        Event::MergedInto(e) => e.explanation.as_ref(),
        Event::Unmerged(e) => e.explanation.as_ref(),
        Event::Opened(_)
        | Event::TakenOver(_)
        | Event::HistoryReported(_)
        | Event::Acknowledged(_)
        | Event::Assigned(_)
        | Event::InvestigationStarted(_)
        | Event::InvestigationRefused(_)
        | Event::RemedyFulfilled(_)
        | Event::RemedyOffered(_)
        | Event::RemedyAccepted(_)
        | Event::RemedyApproved(_)
        | Event::DecisionCommunicated(_)
        | Event::AcceptanceRecorded(_)
        | Event::Resumed(_)
        | Event::Released(_)
        | Event::DeEscalated(_)
        | Event::ExternalResolutionBegun(_)
        | Event::ExternalResultImplemented(_)
        | Event::MergeReceived(_)
        | Event::MergeEnded(_)
        | Event::Closed(_) => None,
    }
}

/// When it happened, where the event says so.
pub(super) fn occurred_at(event: &clocked::Event) -> Option<Timestamp> {
    match event {
        clocked::Event::Complaint(event) => happened_at(event),
        clocked::Event::Clock(event) => Some(event.occurred_at()),
        clocked::Event::Duty(event) => Some(event.occurred_at()),
        clocked::Event::Contact(event) => Some(event.occurred_at()),
    }
}

/// When a step was taken, where the event says so.
pub(crate) fn happened_at(event: &Event) -> Option<Timestamp> {
    match event {
        Event::Opened(_) | Event::TakenOver(_) | Event::HistoryReported(_) => None,
        Event::Acknowledged(e) => Some(e.occurred_at),
        Event::Assigned(e) => Some(e.occurred_at),
        Event::Assessed(e) => Some(e.occurred_at),
        Event::InvestigationStarted(e) => Some(e.occurred_at),
        Event::InvestigationRefused(e) => Some(e.occurred_at),
        Event::InvestigationNotRequired(e) => Some(e.occurred_at),
        Event::ResponseProposed(e) => Some(e.occurred_at),
        Event::RemedyFulfilled(e) => Some(e.occurred_at),
        Event::DecisionCommunicated(e) => Some(e.occurred_at),
        Event::AcceptanceRecorded(e) => Some(e.occurred_at),
        Event::Disputed(e) => Some(e.occurred_at),
        Event::Closed(e) => Some(e.occurred_at),
        Event::Reopened(e) => Some(e.occurred_at),
        Event::Withdrawn(e) => Some(e.occurred_at),
        Event::RemedyOffered(e) => Some(e.occurred_at),
        Event::RemedyAccepted(e) => Some(e.occurred_at),
        Event::RemedyDeclined(e) => Some(e.occurred_at),
        Event::RemedyApproved(e) => Some(e.occurred_at),
        Event::ConflictDeclared(e) => Some(e.occurred_at),
        Event::ConflictCleared(e) => Some(e.occurred_at),
        Event::EvidenceRecorded(e) => Some(e.occurred_at),
        Event::FindingRecorded(e) => Some(e.occurred_at),
        Event::Reclassified(e) => Some(e.occurred_at),
        Event::ComplainantAwaited(e) => Some(e.occurred_at),
        Event::ThirdPartyAwaited(e) => Some(e.occurred_at),
        Event::Resumed(e) => Some(e.occurred_at),
        Event::Held(e) => Some(e.occurred_at),
        Event::Released(e) => Some(e.occurred_at),
        Event::Escalated(e) => Some(e.occurred_at),
        Event::DeEscalated(e) => Some(e.occurred_at),
        Event::ReferredExternally(e) => Some(e.occurred_at),
        Event::ExternalNoticeReceived(e) => Some(e.occurred_at),
        Event::ExternalPositionStated(e) => Some(e.occurred_at),
        Event::ExternalResolutionBegun(e) => Some(e.occurred_at),
        Event::ExternalDisputeSettled(e) => Some(e.occurred_at),
        Event::DeterminationReceived(e) => Some(e.occurred_at),
        Event::ExternalResultImplemented(e) => Some(e.occurred_at),
        Event::ExternalFileClosed(e) => Some(e.occurred_at),
        Event::FollowedUp(e) => Some(e.occurred_at),
        Event::SatisfactionRecorded(e) => Some(e.occurred_at),
        Event::MergedInto(e) => Some(e.occurred_at),
        Event::Unmerged(e) => Some(e.occurred_at),
        Event::MergeReceived(e) => Some(e.occurred_at),
        Event::MergeEnded(e) => Some(e.occurred_at),
        Event::NoteAdded(e) => Some(e.occurred_at),
    }
}
