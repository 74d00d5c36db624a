//! When rows that could not be written are tried again.

use std::path::Path;
use std::time::Duration;

use redress_store::RowStore;
use tokio::time::Instant;

/// What opening rows and going on for a while needs: a journal, above all.
const ROOM_BYTES: u64 = 96 << 20;
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Each time after a longer wait, and not before there is room.
#[derive(Debug, Default)]
pub(crate) struct Again {
    at: Option<Instant>,
    waited: Duration,
}

impl Again {
    /// Tries some time later.
    pub(crate) fn later(&mut self) {
        self.waited = (self.waited * 2).clamp(FIRST_WAIT, LONGEST_WAIT);
        self.at = Some(Instant::now() + self.waited);
    }

    /// It is being tried.
    pub(crate) fn begin(&mut self) {
        self.at = None;
    }

    /// All is well.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Waits until it is time, for ever where nothing is to be tried.
    pub(crate) async fn is_time(&self) {
        match self.at {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

/// Whether there is room to write to a folder; where that cannot be told, it is tried.
pub(crate) fn has_room(dir: &Path) -> bool {
    RowStore::room_in(dir).map_or(true, |bytes| bytes >= ROOM_BYTES)
}
