//! Times as they are stored: RFC 3339, UTC, six decimals.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, Unit};

/// A recorded time: `2026-11-21T19:40:00.000000Z`. Always six decimals, so that texts of times sort
/// as the times do.
pub fn format_time(time: Timestamp) -> String {
    RecordedTime(time).to_string()
}

/// A recorded time as it is written.
pub(crate) struct RecordedTime(pub(crate) Timestamp);

impl fmt::Display for RecordedTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Offset::UTC.to_datetime(self.0);
        if !(0..=9999).contains(&at.year()) {
            return write!(f, "{:.6}", self.0);
        }
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let fields = [
            (0..4, i32::from(at.year())),
            (5..7, i32::from(at.month())),
            (8..10, i32::from(at.day())),
            (11..13, i32::from(at.hour())),
            (14..16, i32::from(at.minute())),
            (17..19, i32::from(at.second())),
            (20..26, at.subsec_nanosecond() / 1000),
        ];
        for (place, value) in fields {
            let mut value = value.unsigned_abs();
            for digit in text[place].iter_mut().rev() {
                *digit = b'0' + (value % 10) as u8;
                value /= 10;
            }
        }
        f.write_str(str::from_utf8(&text).unwrap_or_default())
    }
}

/// Reads a recorded time. Every record has one and all are written alike, so the usual form is read
/// without looking for any other.
pub(crate) fn read_time(text: &str) -> Option<Timestamp> {
    usual(text.as_bytes()).or_else(|| text.parse().ok())
}

fn usual(text: &[u8]) -> Option<Timestamp> {
    let text: &[u8; 27] = text.try_into().ok()?;
    let marks = [
        (4, b'-'),
        (7, b'-'),
        (10, b'T'),
        (13, b':'),
        (16, b':'),
        (19, b'.'),
        (26, b'Z'),
    ];
    if marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let number = |place: std::ops::Range<usize>| {
        text[place].iter().try_fold(0_i32, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + i32::from(digit - b'0'))
        })
    };
    let small = |place| number(place).and_then(|number| i8::try_from(number).ok());
    let at = DateTime::new(
        number(0..4)?.try_into().ok()?,
        small(5..7)?,
        small(8..10)?,
        small(11..13)?,
        small(14..16)?,
        small(17..19)?,
        number(20..26)? * 1000,
    );
    Offset::UTC.to_timestamp(at.ok()?).ok()
}

/// A time that somebody reported: no more decimals than it has.
pub fn format_timestamp(time: Timestamp) -> String {
    time.to_string()
}

/// Reads an RFC 3339 time with an offset and keeps the instant.
pub fn parse_timestamp(text: &str) -> Result<Timestamp, jiff::Error> {
    text.parse()
}

/// The recorded time of a record: whole microseconds, and never before its predecessor's.
pub fn stamp(now: Timestamp, predecessor: Option<Timestamp>) -> Timestamp {
    let now = now.round(Unit::Microsecond).unwrap_or(now);
    predecessor.map_or(now, |before| before.max(now))
}

/// The earliest day that it is anywhere at `time`: what is due before that is overdue for everybody.
pub fn earliest_today(time: Timestamp) -> Date {
    let behind = SignedDuration::from_hours(12);
    let there = time.checked_sub(behind).unwrap_or(Timestamp::MIN);
    Offset::UTC.to_datetime(there).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_over_once_it_is_over_everywhere() {
        let today = |text: &str| earliest_today(text.parse().unwrap()).to_string();
        assert_eq!(today("2026-03-03T11:59:59Z"), "2026-03-02");
        assert_eq!(today("2026-03-03T12:00:00Z"), "2026-03-03");
    }

    #[test]
    fn a_recorded_time_is_written_and_read_as_the_standard_has_it() {
        for text in [
            "0000-01-01T00:00:00Z",
            "-000001-12-31T23:59:59Z",
            "1969-12-31T23:59:59.999999Z",
            "1970-01-01T00:00:00Z",
            "2024-02-29T12:34:56.000001Z",
            "2026-11-21T19:40:00.123456789Z",
            "9999-12-30T21:59:59.999999Z",
        ] {
            let time: Timestamp = text.parse().unwrap();
            let micros = Timestamp::from_microsecond(time.as_microsecond()).unwrap();
            assert_eq!(format_time(micros), format!("{micros:.6}"));
            assert_eq!(read_time(&format_time(micros)), Some(micros));
            assert_eq!(read_time(text), Some(time));
        }
        for text in [
            "2026-02-30T00:00:00.000000Z",
            "2026-11-21T19:40:00.12345xZ",
            "x",
        ] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_recorded_time_has_six_decimals_and_never_goes_back() {
        let now: Timestamp = "2026-11-21T19:40:00.1234567Z".parse().unwrap();
        let stamped = stamp(now, None);
        assert_eq!(format_time(stamped), "2026-11-21T19:40:00.123457Z");
        let before: Timestamp = "2026-11-21T20:00:00Z".parse().unwrap();
        assert_eq!(
            format_time(stamp(now, Some(before))),
            "2026-11-21T20:00:00.000000Z"
        );
    }
}
