//! What a view says of itself.

use redress_envelope::{Cause, LogId};

use crate::progress::Incomplete;
use crate::stop::Stop;

/// The state of a view, for operators and health checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewStatus {
    pub name: &'static str,
    pub version: u32,
    pub sources: Vec<SourceStatus>,
    /// Why the view folds no further.
    pub stopped: Option<Stop>,
    /// Set while rows are folded again, beside the served ones where `served`.
    pub rebuilding: Option<Building>,
    /// Whether there are rows to read.
    pub served: bool,
    /// Bytes on the disk, roughly.
    pub bytes: u64,
}

/// How far a view has come with one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceStatus {
    /// `service/partition`
    pub place: String,
    pub log: LogId,
    /// How many records are folded.
    pub position: u64,
    /// How many records the log has; unknown if it did not answer.
    pub head: Option<u64>,
    /// The record of another log that has to be folded before this one goes on.
    pub waiting_for: Option<Cause>,
    /// Records from here on may be missing in the rows.
    pub incomplete_from: Option<Incomplete>,
}

impl ViewStatus {
    /// Records that are not folded yet; unknown if a log did not answer.
    pub fn lag(&self) -> Option<u64> {
        self.sources
            .iter()
            .map(|source| Some(source.head?.saturating_sub(source.position)))
            .sum()
    }

    pub fn is_complete(&self) -> bool {
        self.sources
            .iter()
            .all(|source| source.incomplete_from.is_none())
    }
}

/// How far a generation has come that is not served yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Building {
    positions: Vec<u64>,
    goal: Vec<u64>,
    /// Why it goes no further.
    pub stopped: Option<Stop>,
}

impl Building {
    pub(crate) fn new(positions: Vec<u64>, goal: Vec<u64>) -> Self {
        Self {
            positions,
            goal,
            stopped: None,
        }
    }

    /// Records that are folded, of `total`.
    pub fn done(&self) -> u64 {
        self.positions
            .iter()
            .zip(&self.goal)
            .map(|(position, goal)| position.min(goal))
            .sum()
    }

    /// Records that were in the logs when the building began, or when it last looked.
    pub fn total(&self) -> u64 {
        self.goal.iter().sum()
    }

    pub(crate) fn reach(&mut self, positions: &[u64]) -> bool {
        let moved = self.positions != positions;
        positions.clone_into(&mut self.positions);
        moved
    }

    pub(crate) fn aim(&mut self, goal: &[u64]) {
        goal.clone_into(&mut self.goal);
    }
}
