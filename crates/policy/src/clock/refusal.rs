//! Why nothing is done to a clock.

use jiff::Timestamp;

use crate::OutOfRange;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockRefusal {
    #[error("policy {policy} has no calendar `{calendar}`, or is not at hand")]
    CalendarUnknown { policy: String, calendar: String },
    #[error("the clock was stopped at {stopped_at}; continue it, or start it anew")]
    Stopped { stopped_at: Timestamp },
    #[error("this is said to have happened at {occurred_at}, before {after}, which it follows")]
    BeforeWhatItFollows {
        occurred_at: Timestamp,
        after: Timestamp,
    },
    #[error("the complaint has no clock `{clock}`; it has {known}")]
    Unknown { clock: String, known: String },
    #[error("the policy of `{clock}` does not let its time be extended")]
    NotExtendable { clock: String },
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}

impl ClockRefusal {
    /// Stable: programs may branch on it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::CalendarUnknown { .. } => "CALENDAR_UNKNOWN",
            Self::Stopped { .. } => "CLOCK_STOPPED",
            Self::BeforeWhatItFollows { .. } => "OCCURRED_BEFORE_CLOCK",
            Self::Unknown { .. } => "CLOCK_UNKNOWN",
            Self::NotExtendable { .. } => "CLOCK_NOT_EXTENDABLE",
            Self::OutOfRange(_) => "TIME_OUT_OF_RANGE",
        }
    }
}
