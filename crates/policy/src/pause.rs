//! Times in which a clock stands still.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A time in which a clock stood still, and why. It costs the clock nothing that would not have counted
/// anyway: a pause over a weekend saves no working time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Timestamp,
    /// Never before `from`.
    pub to: Timestamp,
    /// A code: `awaiting_complainant`, `on_hold`.
    pub cause: String,
}

/// Pauses in the order in which they begin; they may overlap, and what two of them cover counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pauses(Vec<Pause>);

/// A pause that ends before it begins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pause from {from} ends before it begins, at {to}")]
pub struct PauseError {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Pauses {
    pub const NONE: Self = Self(Vec::new());

    pub fn new(mut pauses: Vec<Pause>) -> Result<Self, PauseError> {
        if let Some(Pause { from, to, .. }) = pauses.iter().find(|it| it.to < it.from) {
            let (from, to) = (*from, *to);
            return Err(PauseError { from, to });
        }
        pauses.sort_by_key(|it| it.from);
        Ok(Self(pauses))
    }

    pub fn as_slice(&self) -> &[Pause] {
        &self.0
    }

    /// Keeps the order; `pause.to` must not be before `pause.from`.
    pub(crate) fn insert(&mut self, pause: Pause) {
        let place = self.0.partition_point(|it| it.from <= pause.from);
        self.0.insert(place, pause);
    }
}
