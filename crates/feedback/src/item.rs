//! One item's life: received once, reported about any number of times.

use std::collections::BTreeSet;

use crate::event::{Event, Feedback};
use crate::history::ReportedHistory;
use crate::refusal::{Refusal, Rule};

/// What the next decision about an item needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    NotYet,
    Received {
        /// Source and digest of every report that was recorded.
        reports: BTreeSet<(String, String)>,
        /// The report that holds, whatever the order in which they came.
        effective: Option<ReportedHistory>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Checked and sealed. For an item that is known already it must carry another system's report.
    Submit(Box<Feedback>),
}

/// A report that is recorded already is already true. Reports that come in another order than they
/// were made are all recorded; [`evolve`] finds the one that holds.
pub fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    let Command::Submit(feedback) = command;
    match (state, &feedback.reported) {
        (State::NotYet, _) => Ok(vec![Event::Received(feedback.clone())]),
        (State::Received { .. }, None) => Err(Refusal::of_all(Rule::AlreadyReceived)),
        (State::Received { reports, .. }, Some(report)) => {
            if reports.contains(&key(report)) {
                return Ok(Vec::new());
            }
            Ok(vec![Event::HistoryReported(feedback.clone())])
        }
    }
}

pub fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::Received(feedback) | Event::HistoryReported(feedback) => {
            state.learn(feedback.reported.as_ref());
        }
        // They stand in streams of their own and say nothing about an item.
        Event::ImportStarted(_)
        | Event::ImportReopened(_)
        | Event::ImportCompleted(_)
        | Event::InputRejected(_)
        | Event::RejectedInputAccepted(_)
        | Event::RejectedInputDiscarded(_) => {}
    }
}

impl State {
    fn learn(&mut self, report: Option<&ReportedHistory>) {
        if matches!(self, Self::NotYet) {
            *self = Self::Received {
                reports: BTreeSet::new(),
                effective: None,
            };
        }
        if let (Self::Received { reports, effective }, Some(report)) = (self, report) {
            reports.insert(key(report));
            if effective
                .as_ref()
                .is_none_or(|before| report.supersedes(before))
            {
                *effective = Some(report.clone());
            }
        }
    }
}

fn key(report: &ReportedHistory) -> (String, String) {
    (report.source.clone(), report.digest.clone())
}
