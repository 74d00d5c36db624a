//! Why a view has stopped.

use redress_envelope::LogId;

/// Why a view folds no further, and where. Only this view stops.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    #[error("the record at {position} of {place} cannot be folded: {why}")]
    Broken {
        place: String,
        position: u64,
        why: String,
    },
    #[error(
        "the record at {position} of {place} is not the one that was folded: \
         the log was restored from something else; rebuild the view"
    )]
    SourceChanged { place: String, position: u64 },
    #[error(
        "{position} records of {place} were folded, and it has {size}: the log was restored from \
         something older; bring its tail back, or rebuild the view"
    )]
    SourceShorter {
        place: String,
        position: u64,
        size: u64,
    },
    #[error(
        "{place} is the log {found}, and {position} records of the log {folded} were folded; rebuild the view"
    )]
    OtherLog {
        place: String,
        position: u64,
        found: LogId,
        folded: LogId,
    },
    #[error(
        "{place} is in its next life ({found}): {kept} of the {position} records that were folded were \
         kept, and the rest was declared lost; the view is folded again"
    )]
    DeclaredLost {
        place: String,
        position: u64,
        kept: u64,
        found: LogId,
    },
    #[error("{place} cannot be read from {position} on: {why}")]
    Source {
        place: String,
        position: u64,
        why: String,
    },
    #[error(
        "the rows cannot be read or written: {why}; they are opened again by themselves, once there is room on the disk"
    )]
    Rows { why: String },
}

impl Stop {
    /// The log at which the view stopped, and how many of its records are folded (for
    /// `SourceChanged`, the position of the record that is another one).
    pub fn position(&self) -> Option<(&str, u64)> {
        match self {
            Self::Broken {
                place, position, ..
            }
            | Self::SourceChanged { place, position }
            | Self::SourceShorter {
                place, position, ..
            }
            | Self::OtherLog {
                place, position, ..
            }
            | Self::DeclaredLost {
                place, position, ..
            }
            | Self::Source {
                place, position, ..
            } => Some((place, *position)),
            Self::Rows { .. } => None,
        }
    }

    /// The rows tell of records that are not in the log: they are not shown.
    pub(crate) fn rows_are_false(&self) -> bool {
        match self {
            Self::SourceChanged { .. }
            | Self::SourceShorter { .. }
            | Self::OtherLog { .. }
            | Self::DeclaredLost { .. } => true,
            Self::Broken { .. } | Self::Source { .. } | Self::Rows { .. } => false,
        }
    }

    /// The rows are opened again some time later.
    pub(crate) fn is_of_the_rows(&self) -> bool {
        matches!(self, Self::Rows { .. })
    }

    /// Nobody need do anything: the view is folded again by itself.
    pub(crate) fn is_mended(&self) -> bool {
        matches!(self, Self::DeclaredLost { .. })
    }
}
