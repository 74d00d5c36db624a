//! How the inbox is getting on.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::streams::StreamError;

/// What the inbox is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboxState {
    Starting,
    Taking,
    /// Messages come, and cannot be taken now: they wait.
    Waiting {
        why: String,
    },
    /// NATS cannot be reached.
    Away {
        why: String,
    },
    /// The stream is not one that messages may be taken from: it may lose them.
    Fault(StreamError),
}

impl fmt::Display for InboxState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starting => write!(f, "starting"),
            Self::Taking => write!(f, "taking"),
            Self::Waiting { why } => write!(f, "waiting: {why}"),
            Self::Away { why } => write!(f, "NATS is away: {why}"),
            Self::Fault(error) => write!(f, "{error}"),
        }
    }
}

/// The inbox at a glance. Counts begin with the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxStatus {
    pub state: InboxState,
    /// Messages in the stream, those that are being taken and those that are about to leave included.
    pub waiting: Option<u64>,
    pub in_flight: u64,
    pub accepted: u64,
    pub rejected: u64,
    /// Sent back to come again.
    pub postponed: u64,
    /// Answered messages that could not be removed, as far as anybody knows: they come again.
    pub unconfirmed: u64,
    pub receipts: u64,
    /// Receipts that were asked for outside of the publisher's own subjects.
    pub receipts_refused: u64,
}

#[derive(Debug)]
pub(super) struct Told {
    pub(super) state: watch::Sender<InboxState>,
    pub(super) in_flight: AtomicU64,
    pub(super) accepted: AtomicU64,
    pub(super) rejected: AtomicU64,
    pub(super) postponed: AtomicU64,
    pub(super) unconfirmed: AtomicU64,
    pub(super) receipts: AtomicU64,
    pub(super) receipts_refused: AtomicU64,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(InboxState::Starting),
            in_flight: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            postponed: AtomicU64::new(0),
            unconfirmed: AtomicU64::new(0),
            receipts: AtomicU64::new(0),
            receipts_refused: AtomicU64::new(0),
        }
    }
}

impl Told {
    pub(super) fn tell(&self, state: InboxState) {
        self.state.send_if_modified(|known| {
            if *known == state {
                return false;
            }
            match &state {
                InboxState::Fault(error) => tracing::error!(%error, "the inbox is not taken from"),
                InboxState::Waiting { why } => {
                    tracing::warn!(why, "messages of the inbox cannot be taken now, and wait");
                }
                InboxState::Starting | InboxState::Taking | InboxState::Away { .. } => {
                    tracing::debug!(%state, "the inbox");
                }
            }
            *known = state;
            true
        });
    }

    pub(super) fn not_removed(&self, messages: u64) {
        self.unconfirmed.fetch_add(messages, Ordering::Relaxed);
    }

    pub(super) fn taken(&self) -> u64 {
        self.accepted.load(Ordering::Relaxed) + self.rejected.load(Ordering::Relaxed)
    }

    pub(super) fn status(&self, waiting: Option<u64>) -> InboxStatus {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        InboxStatus {
            state: self.state.borrow().clone(),
            waiting,
            in_flight: read(&self.in_flight),
            accepted: read(&self.accepted),
            rejected: read(&self.rejected),
            postponed: read(&self.postponed),
            unconfirmed: read(&self.unconfirmed),
            receipts: read(&self.receipts),
            receipts_refused: read(&self.receipts_refused),
        }
    }
}
