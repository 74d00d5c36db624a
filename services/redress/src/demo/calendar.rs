//! When things happen: the three years, the week, the seasons, the shift that was planted, and the
//! hours in which people work.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::catalogue::{ESPRESSO_MACHINE, LEAKS_WATER};

/// Complete months of feedback before the month of the last day.
pub(crate) const MONTHS: i32 = 36;

/// What a chart must find.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shift {
    pub(crate) product: &'static str,
    pub(crate) issue: &'static str,
    /// The first month with the new rate, counted from 1.
    pub(crate) from_month: i32,
    /// The new rate is this many times the old one.
    pub(crate) factor: f64,
}

pub(crate) const SHIFT: Shift = Shift {
    product: ESPRESSO_MACHINE,
    issue: LEAKS_WATER,
    from_month: 27,
    factor: 2.5,
};

/// The first day with feedback, where everything happens before the midnight that begins `end`.
pub(crate) fn first_day(end: Date) -> Date {
    end.first_of_month().saturating_sub(MONTHS.months())
}

/// The first day of the shift.
pub(crate) fn shift_begins(end: Date) -> Date {
    first_day(end).saturating_add((SHIFT.from_month - 1).months())
}

/// How busy a day is beside an average one.
pub(super) fn busyness(day: Date) -> f64 {
    const MONTHS: [f64; 12] = [
        1.04, 0.98, 1.0, 0.98, 0.97, 0.97, 0.96, 0.96, 1.0, 1.02, 1.05, 1.07,
    ];
    let week = match day.weekday() {
        Weekday::Monday => 1.28,
        Weekday::Tuesday => 1.16,
        Weekday::Wednesday => 1.1,
        Weekday::Thursday => 1.05,
        Weekday::Friday => 1.0,
        Weekday::Saturday => 0.78,
        Weekday::Sunday => 0.63,
    };
    week * MONTHS[usize::from(day.month().unsigned_abs()) - 1]
}

pub(super) fn midnight(day: Date) -> Timestamp {
    instant(day.to_datetime(Time::midnight()))
}

pub(super) fn day_of(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}

/// The same instant where people are at work, else the next one at which they are.
pub(super) fn at_work(time: Timestamp) -> Timestamp {
    let local = TimeZone::UTC.to_datetime(time);
    let (mut day, mut clock) = (local.date(), local.time());
    if clock.hour() >= CLOSES {
        day = day.saturating_add(1.day());
        clock = opening(clock);
    } else if clock.hour() < OPENS {
        clock = opening(clock);
    }
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        day = day.saturating_add(1.day());
        clock = opening(clock);
    }
    instant(day.to_datetime(clock)).max(time)
}

const OPENS: i8 = 8;
const CLOSES: i8 = 18;

/// Within the first hour of work; the minutes stay, so that not everything happens at eight sharp.
fn opening(clock: Time) -> Time {
    Time::constant(OPENS, clock.minute(), clock.second(), 0)
}

fn instant(local: DateTime) -> Timestamp {
    // UTC has every date and time of the calendar; the edges of time are years away from a demo.
    local
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

pub(super) fn minutes_after(time: Timestamp, minutes: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_mins(minutes))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_demo_covers_thirty_six_whole_months_and_what_follows() {
        assert_eq!(first_day(date(2026, 5, 17)), date(2023, 5, 1));
        assert_eq!(first_day(date(2026, 1, 1)), date(2023, 1, 1));
        assert_eq!(shift_begins(date(2026, 1, 1)), date(2025, 3, 1));
    }

    #[test]
    fn an_average_week_is_average() {
        let days = date(2023, 1, 1).series(1.day()).take(365 * 4 + 1);
        let mean = days.map(busyness).sum::<f64>() / f64::from(365 * 4 + 1);
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
    }

    #[test]
    fn people_work_on_weekdays_from_eight_to_six() {
        let check = |given: &str, expected: &str| {
            let given: Timestamp = given.parse().unwrap();
            assert_eq!(at_work(given).to_string(), expected);
        };
        check("2026-05-15T09:30:10Z", "2026-05-15T09:30:10Z"); // a Friday
        check("2026-05-15T19:30:10Z", "2026-05-18T08:30:10Z");
        check("2026-05-16T11:00:00Z", "2026-05-18T08:00:00Z");
        check("2026-05-18T03:15:00Z", "2026-05-18T08:15:00Z");
    }
}
