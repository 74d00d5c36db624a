//! How far this log's owner has consumed other logs, kept with the effects of what it consumed.

use std::collections::BTreeMap;

use redress_envelope::LogId;
use redress_evidence::Hash;
use serde::{Deserialize, Serialize};

/// The place in another log up to which everything has been consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub log: LogId,
    /// The position of the next record to consume.
    pub next: u64,
    /// The Merkle leaf hash of the last record consumed: another record there is another history.
    pub hash: Hash,
}

/// One cursor per followed log, by `service/partition`.
pub type Cursors = BTreeMap<String, Cursor>;

/// A record of another log that a transaction consumes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consumed {
    /// `service/partition` of the followed log.
    pub source: String,
    pub log: LogId,
    /// The first position that no earlier transaction of this follower accounts for. A transaction
    /// waits for its predecessor, so many may be under way and none is skipped.
    pub from: u64,
    /// The record itself; what lies between `from` and it had no effect.
    pub position: u64,
    pub hash: Hash,
}

impl Consumed {
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            log: self.log,
            next: self.position + 1,
            hash: self.hash,
        }
    }
}
