//! What the next decision needs.

use std::collections::BTreeSet;

use crate::event::{
    Accepted, CandidateOpened, Closed, Dismissed, Event, Implemented, Planned, Source,
};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    NotYet,
    Opened {
        source: Source,
        /// The ids of the signals that it rests on: its source, if it is one, and the evidence.
        signals: BTreeSet<String>,
        stage: Stage,
    },
}

/// Where it stands, with the decision that led there, so that the same decision again can be told
/// from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Candidate,
    Dismissed(Dismissed),
    Accepted(Accepted),
    Planned(Planned),
    Implemented(Implemented),
    Closed(Closed),
}

/// A stage without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StageName {
    NotYet,
    Candidate,
    Dismissed,
    Accepted,
    Planned,
    Implemented,
    Closed,
}

/// What a status can be, in the order of a life.
pub const STATUSES: &[&str] = &[
    StageName::Candidate.as_str(),
    StageName::Accepted.as_str(),
    StageName::Dismissed.as_str(),
    StageName::Planned.as_str(),
    StageName::Implemented.as_str(),
    StageName::Closed.as_str(),
];

impl StageName {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Candidate => "candidate",
            Self::Dismissed => "dismissed",
            Self::Accepted => "accepted",
            Self::Planned => "planned",
            Self::Implemented => "implemented",
            Self::Closed => "closed",
        }
    }
}

impl State {
    pub fn stage_name(&self) -> StageName {
        let Self::Opened { stage, .. } = self else {
            return StageName::NotYet;
        };
        match stage {
            Stage::Candidate => StageName::Candidate,
            Stage::Dismissed(_) => StageName::Dismissed,
            Stage::Accepted(_) => StageName::Accepted,
            Stage::Planned(_) => StageName::Planned,
            Stage::Implemented(_) => StageName::Implemented,
            Stage::Closed(_) => StageName::Closed,
        }
    }
}

pub fn evolve(state: &mut State, event: &Event) {
    let next = match event {
        Event::CandidateOpened(CandidateOpened {
            source, finding, ..
        }) => {
            *state = State::Opened {
                source: source.clone(),
                signals: finding.iter().filter_map(|_| source.id.clone()).collect(),
                stage: Stage::Candidate,
            };
            return;
        }
        Event::SignalAdded(added) => {
            if let State::Opened { signals, .. } = state {
                signals.extend(added.source.id.clone());
            }
            return;
        }
        Event::Accepted(accepted) => Stage::Accepted(accepted.clone()),
        Event::Dismissed(dismissed) => Stage::Dismissed(dismissed.clone()),
        Event::Planned(planned) => Stage::Planned(planned.clone()),
        Event::Implemented(implemented) => Stage::Implemented(implemented.clone()),
        Event::Closed(closed) => Stage::Closed(closed.clone()),
    };
    // Nothing is decided before the candidate is opened, so there is a stage to leave.
    if let State::Opened { stage, .. } = state {
        *stage = next;
    }
}
