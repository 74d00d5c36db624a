//! How far this log's owner has consumed other logs, kept with the effects of what it consumed.

use std::collections::BTreeMap;

use redress_envelope::LogId;
use redress_evidence::Hash;
use serde::{Deserialize, Serialize};

use crate::block::BlockError;

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

/// Cursors that moved without a record, in their stored form: how many records the log had
/// (little-endian u64), JSON, and the CRC-32 of both. Nothing else would show a flipped digit.
///
/// A block has the cursors that its records answer for. These stand beside the blocks, and count as
/// long as no block has come after them.
pub(crate) fn encode(cursors: &Cursors, size: u64) -> Result<Vec<u8>, BlockError> {
    let mut bytes = size.to_le_bytes().to_vec();
    serde_json::to_writer(&mut bytes, cursors).map_err(|_| BlockError::Cursors)?;
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    Ok(bytes)
}

pub(crate) fn decode(bytes: &[u8]) -> Option<(Cursors, u64)> {
    let (content, checksum) = bytes.split_last_chunk()?;
    let sound = crc32fast::hash(content) == u32::from_le_bytes(*checksum);
    let (size, json) = content.split_first_chunk().filter(|_| sound)?;
    let cursors = serde_json::from_slice(json).ok()?;
    Some((cursors, u64::from_le_bytes(*size)))
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
