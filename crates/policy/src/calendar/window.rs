//! A part of a day in which work is done.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// From the minute in which work begins until the one before which it ends: `09:00-17:30`. A window ends
/// with its day at the latest, at `24:00`; night work is two windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// Minutes since local midnight, as the clock on the wall shows them.
    pub(crate) opens_minute: u16,
    pub(crate) closes_minute: u16,
}

/// Why a text is no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    #[error("a window is written as `09:00-17:30`, at most until `24:00`")]
    Malformed,
    #[error(
        "a window ends later than it begins; one over midnight is two, until 24:00 and from 00:00"
    )]
    EndsBeforeItBegins,
}

impl Window {
    pub const WHOLE_DAY: Self = Self {
        opens_minute: 0,
        closes_minute: 24 * 60,
    };

    /// Whether they share time; `later` is not the one that begins first.
    pub(crate) fn overlaps(self, later: Self) -> bool {
        self.closes_minute > later.opens_minute
    }
}

impl FromStr for Window {
    type Err = WindowError;

    fn from_str(text: &str) -> Result<Self, WindowError> {
        let (opens, closes) = text.split_once('-').ok_or(WindowError::Malformed)?;
        let opens_minute = minute(opens.trim()).ok_or(WindowError::Malformed)?;
        let closes_minute = minute(closes.trim()).ok_or(WindowError::Malformed)?;
        if opens_minute >= closes_minute {
            return Err(WindowError::EndsBeforeItBegins);
        }
        Ok(Self {
            opens_minute,
            closes_minute,
        })
    }
}

/// `HH:MM`, up to `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str| match text.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9'] => text.parse::<u16>().ok(),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

impl Display for Window {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let (opens, closes) = (self.opens_minute, self.closes_minute);
        write!(f, "{:02}:{:02}-", opens / 60, opens % 60)?;
        write!(f, "{:02}:{:02}", closes / 60, closes % 60)
    }
}
