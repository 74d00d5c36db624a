//! Calendar months, as they are counted and written: `2026-11`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A month of the years 1 to 9999; of an instant, the one in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is written YYYY-MM")]
pub struct MonthError;

impl Month {
    /// The one in which months begin and end, by its name.
    pub const TIME_ZONE: &str = "UTC";

    pub fn of(time: Timestamp) -> Self {
        Self::of_date(TimeZone::UTC.to_datetime(time).date())
    }

    pub fn of_date(date: Date) -> Self {
        Self(i32::from(date.year()) * 12 + i32::from(date.month()) - 1)
    }

    /// So many months later, or earlier.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// How many months lie between `earlier` and this one.
    pub fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }

    /// All months from this one up to the one before `end`.
    pub fn until(self, end: Self) -> impl Iterator<Item = Self> {
        (self.0..end.0).map(Self)
    }

    pub fn first_day(self) -> Date {
        let year = i16::try_from(self.0.div_euclid(12)).unwrap_or(i16::MAX);
        let month = i8::try_from(self.0.rem_euclid(12) + 1).unwrap_or(12);
        Date::new(year.clamp(-9999, 9999), month, 1).unwrap_or(Date::MAX)
    }

    /// Sorts as the month does.
    pub(crate) fn number(self) -> u32 {
        self.0.unsigned_abs()
    }

    /// Its first instant in UTC, in microseconds.
    pub(crate) fn start(self) -> i64 {
        let midnight = TimeZone::UTC.to_timestamp(self.first_day().at(0, 0, 0, 0));
        midnight.unwrap_or(Timestamp::MAX).as_microsecond()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}",
            self.0.div_euclid(12),
            self.0.rem_euclid(12) + 1
        )
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let read = || {
            let (year, month) = text.split_once('-')?;
            let month = Self(year.parse::<i32>().ok()? * 12 + month.parse::<i32>().ok()? - 1);
            let in_range = (Self(12)..Self(120_000)).contains(&month);
            (in_range && month.to_string() == text).then_some(month)
        };
        let short = text.len() == 7;
        short.then(read).flatten().ok_or(MonthError)
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_reads_back_what_it_writes_and_nothing_else() {
        let month: Month = "2026-11".parse().unwrap();
        assert_eq!(month.to_string(), "2026-11");
        assert_eq!(month.plus(2).to_string(), "2027-01");
        assert_eq!(month.plus(2).since(month), 2);
        assert_eq!(month.first_day().to_string(), "2026-11-01");
        for text in [
            "2026-13",
            "2026-00",
            "2026-1",
            "26-11",
            "+026-11",
            "0000-12",
            "2026-11-01",
            "",
        ] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_instant_lies_in_its_month_of_utc() {
        let last: Timestamp = "2026-11-30T23:59:59.999999Z".parse().unwrap();
        assert_eq!(Month::of(last).to_string(), "2026-11");
        assert_eq!(Month::of(last).plus(1).start(), last.as_microsecond() + 1);
    }
}
