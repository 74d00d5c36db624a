//! The lives of a log. One begins with the log; another where the end of the one before was declared
//! lost. The records are one sequence and one Merkle tree, and each says in which life it was written.

use redress_envelope::LogId;
use serde::{Deserialize, Serialize};

/// A life that is over, and how many records the log kept when it ended: its own, and those of the lives
/// before it. Storage format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierLife {
    pub log: LogId,
    pub records: u64,
}

/// All lives of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lives {
    /// The present one.
    pub log: LogId,
    /// Those before it, the first one first.
    pub earlier: Vec<EarlierLife>,
}

/// Why so many records of a log are not the first ones of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOurs {
    #[error(
        "of an earlier life of the log {kept} records were kept, and what followed was declared lost"
    )]
    Lost { kept: u64 },
    #[error("that is another log")]
    OtherLog,
}

impl Lives {
    /// Of a log that has lost nothing.
    pub fn only(log: LogId) -> Self {
        let earlier = Vec::new();
        Self { log, earlier }
    }

    /// The life in which the record at a position was written, or will be.
    pub fn log_at(&self, position: u64) -> LogId {
        let mut earlier = self.earlier.iter();
        let of = earlier.find(|life| position < life.records);
        of.map_or(self.log, |life| life.log)
    }

    /// How many records of one of these lives there are at most; `None` where it is none of them.
    fn kept(&self, log: LogId) -> Option<u64> {
        if log == self.log {
            return Some(u64::MAX);
        }
        let life = self.earlier.iter().find(|life| life.log == log);
        life.map(|life| life.records)
    }

    /// Whether the first `count` records of the log that was called `log` are the first ones of this one.
    pub fn keeps(&self, log: LogId, count: u64) -> Result<(), NotOurs> {
        match self.kept(log) {
            None => Err(NotOurs::OtherLog),
            Some(kept) if count > kept => Err(NotOurs::Lost { kept }),
            Some(_) => Ok(()),
        }
    }

    /// How many of the first `count` records of the log that was called `log` are the first ones of this one.
    pub fn common(&self, log: LogId, count: u64) -> u64 {
        self.kept(log).map_or(0, |kept| count.min(kept))
    }

    /// The life that ended before a position, where another begins there.
    pub(crate) fn ended_at(&self, position: u64) -> Option<LogId> {
        let life = self.earlier.iter().find(|life| life.records == position);
        life.map(|life| life.log)
    }

    /// The position of the first record of the present life.
    pub(crate) fn began_at(&self) -> Option<u64> {
        self.earlier.last().map(|life| life.records)
    }
}

#[cfg(test)]
mod tests {
    use redress_envelope::derived_uuid;

    use super::*;

    fn id(name: &str) -> LogId {
        LogId(derived_uuid("log", &[name]))
    }

    fn lives() -> Lives {
        let life = |name, records| EarlierLife {
            log: id(name),
            records,
        };
        Lives {
            log: id("third"),
            earlier: vec![life("first", 4), life("second", 9)],
        }
    }

    #[test]
    fn each_position_belongs_to_one_life() {
        for (position, name) in [(0, "first"), (3, "first"), (4, "second"), (8, "second")] {
            assert_eq!(lives().log_at(position), id(name), "{position}");
        }
        for position in [9, 10, u64::MAX] {
            assert_eq!(lives().log_at(position), id("third"), "{position}");
        }
        assert_eq!(lives().ended_at(4), Some(id("first")));
        assert_eq!((lives().ended_at(5), lives().began_at()), (None, Some(9)));
    }

    #[test]
    fn what_an_earlier_life_kept_means_the_same_and_what_followed_is_lost() {
        assert_eq!(lives().keeps(id("first"), 4), Ok(()));
        assert_eq!(
            lives().keeps(id("first"), 5),
            Err(NotOurs::Lost { kept: 4 })
        );
        assert_eq!(lives().keeps(id("second"), 9), Ok(()));
        assert_eq!(
            lives().keeps(id("second"), 10),
            Err(NotOurs::Lost { kept: 9 })
        );
        assert_eq!(lives().keeps(id("third"), 1_000), Ok(()));
        assert_eq!(lives().keeps(id("fourth"), 0), Err(NotOurs::OtherLog));
        for (name, common) in [("first", 4), ("second", 6), ("third", 6), ("fourth", 0)] {
            assert_eq!(lives().common(id(name), 6), common, "{name}");
        }
    }
}
