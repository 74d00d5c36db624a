//! The contract that every durable store keeps.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use crate::Batch;

/// A durable, ordered map from keys to values.
///
/// Reads see a batch as soon as it is applied, which may be a moment before it is durable: whoever
/// must not show undurable data waits for `apply` to return.
pub trait Store: Send + Sync + fmt::Debug + 'static {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The pairs with keys in `[from, to)` in order, at most `limit`; `None` means to the end.
    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Result<Pairs, StoreError>;

    /// Writes the batches. Each is atomic, they become visible in order, and `Ok` means that all are
    /// durable. After a crash a prefix of a group that was not acknowledged may be there.
    ///
    /// [`StoreError::DiskFull`] means that nothing was written; the call may be made again once
    /// there is space. After any other error it is unknown what was written: the store is failed for
    /// good and every later call, reads included, answers [`StoreError::Failed`].
    fn apply(&self, batches: Vec<Batch>) -> Result<(), StoreError>;

    /// Why the store is failed, if it is.
    fn failure(&self) -> Option<String>;
}

/// Keys with their values, in key order.
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    #[error("the store has failed and takes no more calls: {why}; restart to recover")]
    Failed { why: String },
    #[error(
        "the disk of {dir} has {available} bytes left and {needed} are needed; \
         nothing was written, free some space and try again"
    )]
    DiskFull {
        dir: PathBuf,
        available: u64,
        needed: u64,
    },
}

impl<S: Store + ?Sized> Store for Arc<S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        (**self).get(key)
    }

    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Result<Pairs, StoreError> {
        (**self).scan(from, to, limit)
    }

    fn apply(&self, batches: Vec<Batch>) -> Result<(), StoreError> {
        (**self).apply(batches)
    }

    fn failure(&self) -> Option<String> {
        (**self).failure()
    }
}
