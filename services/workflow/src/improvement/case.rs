//! An improvement as people read it: the domain's own state, and what was said at each step.

use jiff::Timestamp;
use redress_envelope::Record;
use redress_event_log::UnreadableEvent;
use redress_improvement::{Action, Event, Finding, Source, State, evolve};
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
                Err(error) if error.unknown().is_some() => {
                    unknown.get_or_insert(record.position);
                }
                Err(error) => return Err(unreadable(record, &error)),
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
                answer.title = e.heading();
                answer.source = Some(source(&e.source, e.finding.as_ref()));
                answer.opened_at = at(e.occurred_at);
            }
            Event::SignalAdded(e) => {
                let signal = source(&e.source, Some(&e.finding));
                answer.further_signals.push(signal);
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
                e.verdict.as_str().clone_into(&mut answer.verdict);
                answer.closed_at = at(e.occurred_at);
            }
        }
    }

    pub(super) fn is_opened(&self) -> bool {
        self.state != State::NotYet
    }

    pub(super) fn into_answer(self) -> wire::Improvement {
        self.answer
    }
}

fn source(source: &Source, finding: Option<&Finding>) -> wire::ImprovementSource {
    let source = wire::ImprovementSource {
        kind: source.kind.as_str().to_owned(),
        id: source.id.clone().unwrap_or_default(),
        ..wire::ImprovementSource::default()
    };
    match finding {
        None => source,
        Some(finding) => wire::ImprovementSource {
            dimension: finding.slice.dimension.clone(),
            value: finding.slice.value.clone(),
            month: finding.month.clone(),
            rule: finding.rule.clone(),
            figures: finding.figures.clone(),
            ..source
        },
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
