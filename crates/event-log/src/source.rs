//! What a follower sees of a log. It does not know where the records come from: from the log itself
//! in the same process, or from a bus.

use std::fmt::Debug;
use std::pin::Pin;

use redress_envelope::LogId;

use crate::history::{ReadError, Stored};
use crate::lives::Lives;
use crate::log::Log;

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("the log has ended: {0}")]
    Ended(String),
    /// A log in another process turned out to be not what it was.
    #[error(transparent)]
    Remote(Box<dyn std::error::Error + Send + Sync>),
}

/// A log that can be followed from any position.
pub trait Source: Debug + Send + Sync + 'static {
    /// `service/partition`
    fn place(&self) -> String;

    /// Its present life, as far as is known.
    fn log(&self) -> LogId;

    /// All its lives. They can become more while somebody follows: then what comes next may be something
    /// else than what was there, and whoever follows looks back before going on.
    fn lives(&self) -> Lives {
        Lives::only(self.log())
    }

    /// Records from a position on, in order and without a gap; waits while there are none.
    fn next(
        &self,
        from: u64,
        max_records: usize,
    ) -> BoxFuture<'_, Result<Vec<Stored>, SourceError>>;

    /// How many records the log has now.
    fn size(&self) -> BoxFuture<'_, Result<u64, SourceError>>;

    /// Says that somebody has consumed so many records of one of its lives before, so that the log had as
    /// many at least. A log that is at hand knows that by itself.
    fn had(&self, _log: LogId, _records: u64) {}
}

/// Bytes that are handed to a follower at a time.
const BATCH_BYTES: usize = 4 << 20;

impl Source for Log {
    fn place(&self) -> String {
        self.identity().place()
    }

    fn log(&self) -> LogId {
        self.id()
    }

    fn lives(&self) -> Lives {
        self.identity().lives()
    }

    fn next(
        &self,
        from: u64,
        max_records: usize,
    ) -> BoxFuture<'_, Result<Vec<Stored>, SourceError>> {
        Box::pin(async move {
            let mut head = self.watch_head();
            let mut stopped = self.watch_stopped();
            loop {
                if head.borrow_and_update().size > from {
                    return Ok(self.read(from, max_records, BATCH_BYTES).await?);
                }
                if let Some(why) = stopped.borrow_and_update().clone() {
                    return Err(SourceError::Ended(why));
                }
                tokio::select! {
                    _ = head.changed() => {}
                    _ = stopped.changed() => {}
                }
            }
        })
    }

    fn size(&self) -> BoxFuture<'_, Result<u64, SourceError>> {
        Box::pin(async move { Ok(self.head().size) })
    }
}
