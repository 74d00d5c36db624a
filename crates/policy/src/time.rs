//! Inside, a time is whole nanoseconds since 1970 in UTC, and a day the number of days since then.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

pub(crate) const MINUTE: i64 = 60_000_000_000;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// 2100-01-01T00:00:00Z. What governments decide about clocks and holidays is not known so far ahead.
pub(crate) const END: i64 = 4_102_444_800 * 1_000_000_000;

/// A time outside of what the engine answers for: from 1970 until the end of 2099, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} lies outside of the years 1970 to 2099, for which deadlines are computed")]
pub struct OutOfRange {
    /// Which of the times it is.
    pub what: &'static str,
}

pub(crate) fn nanos(at: Timestamp, what: &'static str) -> Result<i64, OutOfRange> {
    match i64::try_from(at.as_nanosecond()) {
        Ok(nanos) if (0..END).contains(&nanos) => Ok(nanos),
        Ok(_) | Err(_) => Err(OutOfRange { what }),
    }
}

/// Of a time that is none of a caller's: what lies outside is moved to the nearest that does not.
pub(crate) fn clamped(at: Timestamp) -> i64 {
    let nanos = at.as_nanosecond().clamp(0, i128::from(END));
    i64::try_from(nanos).unwrap_or(END)
}

pub(crate) fn timestamp(nanos: i64) -> Timestamp {
    // Every i64 is within what a timestamp holds.
    Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or(Timestamp::MAX)
}

pub(crate) fn duration(nanos: i64) -> SignedDuration {
    SignedDuration::from_nanos(nanos)
}

pub(crate) fn day_number(date: Date) -> i64 {
    EPOCH
        .until(date)
        .map_or(0, |span| i64::from(span.get_days()))
}

pub(crate) fn date(day: i64) -> Date {
    EPOCH.checked_add(day.days()).unwrap_or(Date::MAX)
}

/// Monday is 0.
pub(crate) fn weekday(day: i64) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)
}
