//! Record after record, each held against those before it.

use jiff::Timestamp;
use redress_envelope::{DecodeError, Record};
use redress_evidence::{Frontier, leaf_hash};

use crate::identity::Identity;
use crate::lost;

/// Why bytes are not the record that comes next.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    #[error("it is cut off, or holds more than a record")]
    Ending,
    #[error(transparent)]
    Record(#[from] DecodeError),
    #[error("it belongs at {found}")]
    Order { expected: u64, found: u64 },
    #[error("it is of another log")]
    OtherLog,
    #[error("its recorded time goes back")]
    Time,
}

/// A log as far as it has been read.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    /// That of the first record, where nothing else said it.
    pub(super) identity: Option<Identity>,
    pub(super) frontier: Frontier,
    pub(super) time: Option<Timestamp>,
    pub(super) ends_command: bool,
}

impl Chain {
    pub(super) fn new() -> Self {
        Self {
            identity: None,
            frontier: Frontier::new(),
            time: None,
            ends_command: true,
        }
    }

    /// Goes on with a record, or says why it is not the next one; then nothing has changed.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Unfit> {
        // A line end of another system, say: it would be a record that was never hashed.
        if bytes.last() != Some(&b'}') {
            return Err(Unfit::Ending);
        }
        let mut record = Record::decode_checked(bytes)?;
        let (expected, found) = (self.frontier.len(), record.position);
        if expected != found {
            return Err(Unfit::Order { expected, found });
        }
        let of = Identity {
            tenant: std::mem::take(&mut record.tenant),
            service: std::mem::take(&mut record.service),
            partition: record.partition,
            log: record.log,
            earlier: Vec::new(),
        };
        let begins_life = match &self.identity {
            Some(identity) if !identity.has_place_of(&of) => return Err(Unfit::OtherLog),
            Some(identity) if identity.log == of.log => false,
            Some(identity) if !self.may_begin_life(&record, identity) => {
                return Err(Unfit::OtherLog);
            }
            Some(_) => true,
            None => false,
        };
        if self.time.is_some_and(|time| record.time < time) {
            return Err(Unfit::Time);
        }
        let identity = self.identity.get_or_insert(of);
        if begins_life {
            identity.begin_life(record.log, record.position);
        }
        self.time = Some(record.time);
        self.frontier.push(leaf_hash(bytes));
        self.ends_command = record.command_end;
        Ok(())
    }

    /// Another log goes on with these records only where it says that it is the next life of this one.
    fn may_begin_life(&self, record: &Record, identity: &Identity) -> bool {
        let was_there = identity.earlier.iter().any(|life| life.log == record.log);
        !was_there
            && self.ends_command
            && lost::begins_life(record, identity.log, self.frontier.len())
    }
}
