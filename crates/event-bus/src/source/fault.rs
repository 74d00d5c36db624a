//! What ends a follower: going on would be another history.

use redress_envelope::LogId;
use redress_event_log::SourceError;

/// Something about a followed log that no waiting heals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    #[error("`{0}` is not `service/partition` in letters that a subject can hold")]
    Place(String),
    #[error(
        "{place} is another log ({found}) than the one that was followed ({followed}), and not its next \
         life"
    )]
    OtherLog {
        place: String,
        followed: LogId,
        found: LogId,
    },
    /// Whoever reads there goes back to what was kept.
    #[error(
        "{place} is in its next life ({found}): {kept} records were kept of {consumed}, and the rest was \
         declared lost"
    )]
    DeclaredLost {
        place: String,
        found: LogId,
        kept: u64,
        consumed: u64,
    },
    #[error("the record at {position} of {place} is not the one that was consumed")]
    OtherRecord { place: String, position: u64 },
    #[error("{place} has {size} records and {consumed} were consumed: its tail is missing")]
    Behind {
        place: String,
        size: u64,
        consumed: u64,
    },
    #[error("the owner of {place} gives something else than its record at {position}")]
    NoRecord { place: String, position: u64 },
}

impl From<SourceFault> for SourceError {
    fn from(fault: SourceFault) -> Self {
        Self::Remote(Box::new(fault))
    }
}
