//! Days, weeks and months as numbers, so that they can be counted up.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::month::Month;

/// How long one point of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bucket {
    Day,
    /// From Monday, as ISO 8601 has it.
    Week,
    Month,
}

const EPOCH: Date = date(1970, 1, 1);
/// The first of January 1970 was a Thursday, the fourth day of its week.
const MONDAY_SHIFT: i32 = 3;
const DAY_MICROSECONDS: i64 = 86_400_000_000;

/// Cuts time into buckets, in one time zone.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    pub(crate) bucket: Bucket,
    zone: TimeZone,
    is_utc: bool,
}

impl Cut {
    pub(crate) fn new(bucket: Bucket, zone: TimeZone) -> Self {
        let is_utc = zone == TimeZone::UTC;
        Self {
            bucket,
            zone,
            is_utc,
        }
    }

    /// The number of the bucket that a time lies in.
    pub(crate) fn number(&self, microseconds: i64) -> i32 {
        let day = match Timestamp::from_microsecond(microseconds) {
            Ok(_) if self.is_utc => microseconds.div_euclid(DAY_MICROSECONDS) as i32,
            Ok(time) => days(self.zone.to_datetime(time).date()),
            Err(_) => days(if microseconds < 0 {
                Date::MIN
            } else {
                Date::MAX
            }),
        };
        match self.bucket {
            Bucket::Day => day,
            Bucket::Week => (day + MONDAY_SHIFT).div_euclid(7),
            Bucket::Month => Month::of_date(day_of(day)).since(Month::of_date(EPOCH)),
        }
    }

    /// The first day of a bucket.
    pub(crate) fn first_day(&self, number: i32) -> Date {
        match self.bucket {
            Bucket::Day => day_of(number),
            Bucket::Week => day_of(number.saturating_mul(7).saturating_sub(MONDAY_SHIFT)),
            Bucket::Month => Month::of_date(EPOCH).plus(number).first_day(),
        }
    }

    /// Whether a bucket is over at a time.
    pub(crate) fn is_over(&self, number: i32, at: Timestamp) -> bool {
        let next = self.first_day(number.saturating_add(1)).at(0, 0, 0, 0);
        self.zone.to_timestamp(next).is_ok_and(|end| end <= at)
    }
}

fn days(date: Date) -> i32 {
    EPOCH.until(date).map_or(0, |span| span.get_days())
}

fn day_of(number: i32) -> Date {
    EPOCH.saturating_add(i64::from(number).clamp(-4_000_000, 4_000_000).days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_week_begins_on_monday() {
        let cut = Cut::new(Bucket::Week, TimeZone::UTC);
        for (time, monday) in [
            ("2026-11-21T12:00:00Z", "2026-11-16"),
            ("2026-11-16T00:00:00Z", "2026-11-16"),
            ("2026-11-15T23:59:59Z", "2026-11-09"),
            ("1969-12-31T23:59:59Z", "1969-12-29"),
        ] {
            let time: Timestamp = time.parse().unwrap();
            let number = cut.number(time.as_microsecond());
            assert_eq!(cut.first_day(number).to_string(), monday);
            assert!(!cut.is_over(number, time) && cut.is_over(number - 1, time));
        }
    }

    proptest! {
        #[test]
        fn every_time_lies_in_its_bucket(second in -10_000_000_000_i64..20_000_000_000, zoned: bool) {
            let zone = if zoned { TimeZone::get("Pacific/Auckland").unwrap() } else { TimeZone::UTC };
            let time = Timestamp::from_second(second).unwrap();
            let day = zone.to_datetime(time).date();
            for bucket in [Bucket::Day, Bucket::Week, Bucket::Month] {
                let cut = Cut::new(bucket, zone.clone());
                let number = cut.number(time.as_microsecond());
                prop_assert!(cut.first_day(number) <= day && day < cut.first_day(number + 1));
                prop_assert!(!cut.is_over(number, time) && cut.is_over(number - 1, time));
            }
        }
    }
}
