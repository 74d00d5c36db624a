//! Times and moments as people write them on the command line.

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use redress_wire::log::v1::{AsOf, as_of};
use redress_wire::time_to_wire;

use crate::failure::Failure;

/// Reads an instant (`2026-05-17T09:30:00Z`) or a day (`2026-05-17`), which means its first moment
/// in UTC.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(time) = redress_envelope::parse_timestamp(text) {
        return Ok(time);
    }
    match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => midnight(day).map_err(|error| error.to_string()),
        Ok(_) | Err(_) => Err("write 2026-05-17 or 2026-05-17T09:30:00Z".to_owned()),
    }
}

fn midnight(day: Date) -> Result<Timestamp, jiff::Error> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0))
}

/// When something happened, as somebody tells it afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    At(Timestamp),
    /// Only the day, by its first moment in UTC.
    On(Timestamp),
}

pub(crate) fn told(text: &str) -> Result<Told, String> {
    let time = instant(text)?;
    let is_day = text.parse::<Date>().is_ok() && text.len() == 10;
    Ok(if is_day {
        Told::On(time)
    } else {
        Told::At(time)
    })
}

/// A day begins so long before it begins in UTC, somewhere.
const EAST: SignedDuration = SignedDuration::from_hours(14);
/// And it ends so long after its beginning in UTC, somewhere.
const WEST: SignedDuration = SignedDuration::from_hours(24 + 12);
/// Another machine's clock may be behind this one's.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

impl Told {
    /// The time or the day, as it was told.
    pub(crate) fn parts(self) -> (Option<Timestamp>, Option<Date>) {
        match self {
            Self::At(time) => (Some(time), None),
            Self::On(day) => (None, Some(TimeZone::UTC.to_datetime(day).date())),
        }
    }

    /// The moment that is meant. A day is its first moment in UTC, or the latest of what it
    /// `follows` on that day. People type the day of their own place: where it has not begun in UTC
    /// it is now, and what it follows may be on the next day in UTC, as long as it is that day
    /// somewhere.
    pub(crate) fn moment(self, follows: &[Timestamp], now: Timestamp) -> Timestamp {
        let day = match self {
            Self::At(time) => return time,
            Self::On(day) => day,
        };
        let ahead = day.duration_since(now);
        let begun = if ahead.is_positive() && ahead <= EAST {
            now - CLOCKS
        } else {
            day
        };
        let same_day = |it: &&Timestamp| it.duration_since(day) < WEST && **it <= now;
        follows
            .iter()
            .filter(same_day)
            .fold(begun, |latest, it| latest.max(*it))
    }
}

/// Reads the end of a range: of a day the whole of it counts.
pub(crate) fn end(text: &str) -> Result<Timestamp, String> {
    match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => {
            let next = day.checked_add(1.day()).and_then(midnight);
            next.map_err(|error| error.to_string())
        }
        Ok(_) | Err(_) => instant(text),
    }
}

/// What an answer shall have seen, and nothing later.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Seen {
    /// Answer only when everything that this token covers has been seen
    #[arg(long, value_name = "TOKEN")]
    pub(crate) wait_for: Option<String>,

    /// What was known then: a time, a day (all of it), or a token
    #[arg(long, value_name = "TIME|TOKEN")]
    pub(crate) as_of: Option<String>,
}

impl Seen {
    pub(crate) fn wait_for(&self) -> String {
        self.wait_for.clone().unwrap_or_default()
    }

    pub(crate) fn as_of(&self) -> Result<Option<AsOf>, Failure> {
        let Some(text) = &self.as_of else {
            return Ok(None);
        };
        let point = if let Ok(time) = last_moment(text) {
            as_of::Point::Time(time_to_wire(time))
        } else if text.parse::<redress_envelope::Token>().is_ok() {
            as_of::Point::Token(text.clone())
        } else {
            return Err(
                Failure::usage("AS_OF_MALFORMED", "this is neither a time nor a token")
                    .with_field("as_of")
                    .with_remedy("write 2026-05-17, 2026-05-17T09:30:00Z or a token of an answer"),
            );
        };
        Ok(Some(AsOf { point: Some(point) }))
    }
}

fn last_moment(text: &str) -> Result<Timestamp, String> {
    let after = end(text)?;
    if text.len() == 10 {
        Ok(after - 1.microsecond())
    } else {
        Ok(after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_all_of_it() {
        let check = |read: fn(&str) -> Result<Timestamp, String>, text: &str, expected: &str| {
            assert_eq!(read(text).unwrap().to_string(), expected);
        };
        check(instant, "2026-05-17", "2026-05-17T00:00:00Z");
        check(end, "2026-05-17", "2026-05-18T00:00:00Z");
        check(end, "2026-05-17T09:30:00Z", "2026-05-17T09:30:00Z");
        check(last_moment, "2026-05-17", "2026-05-17T23:59:59.999999Z");
    }

    #[test]
    fn a_day_is_the_moment_that_its_place_in_the_story_allows() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let check = |text: &str, follows: &[&str], now: &str, expected: &str| {
            let follows: Vec<Timestamp> = follows.iter().map(|it| time(it)).collect();
            let moment = told(text).unwrap().moment(&follows, time(now));
            assert_eq!(moment, time(expected), "{text} after {follows:?}");
        };
        let (received, decided) = ("2026-11-22T10:00:00Z", "2026-11-22T12:00:00Z");
        let now = "2026-11-22T15:00:00Z";
        // An instant is what it is, right or wrong.
        check(
            "2026-11-22T09:00:00Z",
            &[received],
            now,
            "2026-11-22T09:00:00Z",
        );
        check("2026-11-22", &[], now, "2026-11-22T00:00:00Z");
        // On the day of receipt, and of the decision.
        check("2026-11-22", &[received], now, received);
        check("2026-11-22", &[received, decided], now, decided);
        check(
            "2026-11-22",
            &["2026-11-20T10:00:00Z"],
            now,
            "2026-11-22T00:00:00Z",
        );
        // Days before the receipt stay wrong, and so do days to come.
        check("2026-11-20", &[received], now, "2026-11-20T00:00:00Z");
        check("2026-11-24", &[received], now, "2026-11-24T00:00:00Z");
        // In Tokyo it is the 23rd already; in Los Angeles it is still the 22nd.
        let late = "2026-11-22T23:00:00Z";
        check("2026-11-23", &[received], late, "2026-11-22T22:55:00Z");
        let (received, now) = ("2026-11-23T03:00:00Z", "2026-11-23T04:00:00Z");
        check("2026-11-22", &[received], now, received);
    }

    #[test]
    fn a_day_stays_a_day_and_a_time_a_time() {
        let parts = |text: &str| told(text).unwrap().parts();
        let day = "2026-11-22".parse().unwrap();
        assert_eq!(parts("2026-11-22"), (None, Some(day)));
        let time = "2026-11-22T00:00:00Z";
        assert_eq!(parts(time), (Some(time.parse().unwrap()), None));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-05-17T09:30",
            "17.05.2026",
        ] {
            assert!(instant(text).is_err() && told(text).is_err(), "{text}");
            assert!(end(text).is_err(), "{text}");
        }
        let seen = Seen {
            wait_for: None,
            as_of: Some("soon".to_owned()),
        };
        assert_eq!(seen.as_of().unwrap_err().code(), "AS_OF_MALFORMED");
    }
}
