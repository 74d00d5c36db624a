//! Times as they are stored: RFC 3339, UTC, six decimals.

use jiff::{Timestamp, Unit};

/// A recorded time: `2026-11-21T19:40:00.000000Z`. Always six decimals, so that texts of times sort
/// as the times do.
pub fn format_time(time: Timestamp) -> String {
    format!("{time:.6}")
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

#[cfg(test)]
mod tests {
    use super::*;

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
