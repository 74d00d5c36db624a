//! How a follower is getting on.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use redress_event_log::Stored;
use redress_evidence::{Hash, leaf_hash};

/// Ends of what was handed on that are remembered.
const MOST_TAILS: usize = 16;

/// Where the last records came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Via {
    /// Neither the stream nor the owner can be asked, or nothing was needed yet.
    #[default]
    Nobody,
    Stream,
    Owner,
}

/// A follower at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceStatus {
    pub via: Via,
    /// The log had so many records at least.
    pub seen: u64,
    /// Records that came through the stream.
    pub from_stream: u64,
    /// Records that came from the owner.
    pub from_owner: u64,
    /// Consumers made.
    pub consumers: u64,
    /// What was last not as it should be, for operators.
    pub hiccup: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Told {
    known: Mutex<(SourceStatus, VecDeque<(u64, Hash)>)>,
    /// Where the stream was when its owner was found to be further.
    halted: Mutex<Option<u64>>,
}

impl Told {
    pub(super) fn status(&self, seen: u64) -> SourceStatus {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        SourceStatus {
            seen,
            ..known.0.clone()
        }
    }

    /// The stream did not bring what the owner had.
    pub(super) fn halt(&self, last: u64) {
        *self.halted.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }

    pub(super) fn halted(&self) -> Option<u64> {
        *self.halted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn handed_on(&self, records: &[Stored], via: Via) {
        let Some(last) = records.last() else { return };
        let tail = (last.position + 1, leaf_hash(&last.bytes));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (status, tails) = &mut *known;
        status.via = via;
        let count = records.len() as u64;
        match via {
            Via::Stream => status.from_stream += count,
            Via::Owner => status.from_owner += count,
            Via::Nobody => {}
        }
        tails.retain(|(next, _)| *next != tail.0);
        if tails.len() == MOST_TAILS {
            tails.pop_front();
        }
        tails.push_back(tail);
    }

    /// The log is in another life: what was handed on before is no measure of what comes.
    pub(super) fn forget(&self) {
        *self.halted.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.1.clear();
    }

    /// The hash of the record before `from`, if it was handed on lately.
    pub(super) fn tail(&self, from: u64) -> Option<Hash> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.1.iter().find(|(next, _)| *next == from);
        found.map(|(_, hash)| *hash)
    }

    pub(super) fn hiccup(&self, why: &str) {
        tracing::debug!(why, "following over NATS");
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.0.hiccup = Some(why.to_owned());
    }

    pub(super) fn restarted(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.0.consumers += 1;
    }

    pub(super) fn nobody_tells(&self) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.0.via = Via::Nobody;
    }
}
