//! An improvement as people read it: the domain's own state, and what was said at each step.

use jiff::Timestamp;
use redress_envelope::{ItemId, Record};
use redress_event_log::UnreadableEvent;
use redress_improvement::{Action, CandidateOpened, CodecError, Event, State, Verdict, evolve};
use redress_log_service::etag;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1 as wire;

use crate::life::unreadable;

/// What every answer about an improvement is made from.
#[derive(Debug, Clone, Default)]
pub(super) struct Case {
    state: State,
    answer: wire::Improvement,
}

impl Case {
    /// Folds a stream. Events of unknown types are passed over: the position of the first comes
    /// with the case.
    pub(super) fn of(records: &[Record]) -> Result<(Self, Option<u64>), UnreadableEvent> {
        let (mut case, mut unknown) = (Self::default(), None);
        for record in records {
            match redress_improvement::decode(&record.kind, &record.data) {
                Ok(event) => case.apply(&event, record.time),
                Err(CodecError::UnknownType { .. }) => {
                    unknown.get_or_insert(record.position);
                }
                Err(error @ CodecError::Data { .. }) => return Err(unreadable(record, &error)),
            }
            case.see(record);
        }
        Ok((case, unknown))
    }

    /// Notes whose record was the last.
    pub(super) fn see(&mut self, record: &Record) {
        let version = record.version + 1;
        record
            .subject
            .id()
            .clone_into(&mut self.answer.improvement_id);
        self.answer.version = version;
        self.answer.etag = etag(version);
    }

    /// Folds one event that was recorded at `time`.
    pub(super) fn apply(&mut self, event: &Event, time: Timestamp) {
        evolve(&mut self.state, event);
        let answer = &mut self.answer;
        self.state
            .stage_name()
            .as_str()
            .clone_into(&mut answer.status);
        answer.updated_at = Some(time_to_wire(time));
        let at = |occurred_at: Option<Timestamp>| Some(time_to_wire(occurred_at.unwrap_or(time)));
        match event {
            Event::CandidateOpened(e) => {
                answer.title.clone_from(&e.title);
                answer.source = Some(source(e));
                answer.opened_at = at(None);
            }
            Event::Accepted(e) => {
                answer.owner = e.owner.to_string();
                answer.due = e.due.to_string();
                answer.accepted_at = at(e.occurred_at);
            }
            Event::Dismissed(e) => {
                answer.dismissal_reason.clone_from(&e.reason);
                answer.dismissed_at = at(e.occurred_at);
            }
            Event::Planned(e) => {
                answer.actions = e.actions.iter().map(action).collect();
                answer.planned_at = at(e.occurred_at);
            }
            Event::Implemented(e) => {
                answer.evidence.clone_from(&e.evidence);
                answer.implemented_at = at(e.occurred_at);
            }
            Event::Closed(e) => {
                answer.summary.clone_from(&e.summary);
                verdict(&e.verdict).clone_into(&mut answer.verdict);
                answer.closed_at = at(e.occurred_at);
            }
        }
    }

    pub(super) fn is_opened(&self) -> bool {
        self.signal().is_some()
    }

    pub(super) fn signal(&self) -> Option<ItemId> {
        match &self.state {
            State::NotYet => None,
            State::Opened { signal, .. } => Some(*signal),
        }
    }

    pub(super) fn into_answer(self) -> wire::Improvement {
        self.answer
    }
}

fn source(opened: &CandidateOpened) -> wire::ImprovementSource {
    wire::ImprovementSource {
        kind: "signal".to_owned(),
        id: opened.signal.to_string(),
        dimension: opened.slice.dimension.clone(),
        value: opened.slice.value.clone(),
        month: opened.month.clone(),
        rule: opened.rule.clone(),
        figures: opened.figures.clone(),
    }
}

fn action(action: &Action) -> wire::ImprovementAction {
    wire::ImprovementAction {
        kind: action.kind.as_str().to_owned(),
        owner: action.owner.to_string(),
        due: action.due.to_string(),
        description: action.description.clone(),
    }
}

fn verdict(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::NotMeasured => "not_measured",
        Verdict::Other(word) => word,
    }
}
