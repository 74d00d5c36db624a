//! The service that owns a log, as a follower elsewhere sees it: where to read what the stream has not
//! got.

mod grpc;

use std::fmt::Debug;

use redress_event_log::{BoxFuture, Lives, Stored};

pub use grpc::GrpcOwner;

/// How far an owner's log is, and which life of it that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerHead {
    pub lives: Lives,
    /// Records in the log.
    pub size: u64,
}

/// The owner does not answer now, or not with what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the log's owner does not answer: {0}")]
pub struct OwnerAway(pub String);

/// Reads a log where it is kept.
pub trait Owner: Debug + Send + Sync + 'static {
    fn head(&self) -> BoxFuture<'_, Result<OwnerHead, OwnerAway>>;

    /// Records from a position on, in order: at most so many, none where the log ends.
    fn read(&self, from: u64, max_records: usize) -> BoxFuture<'_, Result<Vec<Stored>, OwnerAway>>;
}
