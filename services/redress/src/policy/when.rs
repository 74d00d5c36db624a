//! Times as they are typed: a day is one of a calendar's zone, which is known only after the line was read.

use jiff::Timestamp;
use jiff::civil::Date;
use redress_policy::{Pause, Pauses};

use super::interval::Clocks;
use crate::failure::Failure;
use crate::moment::instant;

/// What a pause on the command line is called, where intervals are told.
const CAUSE: &str = "paused";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    At(Timestamp),
    /// When that day begins where the calendar is.
    On(Date),
}

/// Reads an instant (`2026-05-17T09:30:00Z`) or a day (`2026-05-17`).
pub(super) fn when(text: &str) -> Result<When, String> {
    match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => Ok(When::On(day)),
        Ok(_) | Err(_) => instant(text).map(When::At),
    }
}

impl When {
    pub(super) fn by(self, clocks: &Clocks, field: &str) -> Result<Timestamp, Failure> {
        match self {
            Self::At(time) => Ok(time),
            Self::On(day) => clocks.start_of(day).map_err(|error| {
                Failure::usage("TIME_OUT_OF_RANGE", error.to_string())
                    .with_field(field)
                    .with_remedy("give a day within the years 1970 to 2099")
            }),
        }
    }
}

/// A time that does not count, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Between {
    from: When,
    to: When,
}

/// Reads `FROM/TO`.
pub(super) fn between(text: &str) -> Result<Between, String> {
    let (from, to) = text
        .split_once('/')
        .ok_or("write FROM/TO, as in 2026-05-17T09:30:00Z/2026-05-18T12:00:00Z")?;
    let (from, to) = (when(from)?, when(to)?);
    Ok(Between { from, to })
}

pub(super) fn pauses(typed: &[Between], clocks: &Clocks) -> Result<Pauses, Failure> {
    const FIELD: &str = "pause";
    let pauses = typed.iter().map(|Between { from, to }| {
        Ok(Pause {
            from: from.by(clocks, FIELD)?,
            to: to.by(clocks, FIELD)?,
            cause: CAUSE.to_owned(),
        })
    });
    let read = Pauses::new(pauses.collect::<Result<_, Failure>>()?);
    read.map_err(|error| {
        Failure::usage("RANGE_INVALID", error.to_string())
            .with_field(FIELD)
            .with_remedy("write FROM/TO with the earlier time first")
    })
}

#[cfg(test)]
mod tests {
    use redress_policy::Calendar;

    use super::*;

    fn clocks(zone: &str) -> Clocks {
        Clocks::of(&Calendar::around_the_clock("it", zone).unwrap())
    }

    fn at(text: &str, zone: &str) -> String {
        let read = when(text).unwrap().by(&clocks(zone), "from");
        read.unwrap().to_string()
    }

    #[test]
    fn a_day_begins_when_it_begins_where_the_calendar_is() {
        assert_eq!(at("2026-03-01", "UTC"), "2026-03-01T00:00:00Z");
        assert_eq!(at("2026-03-01", "America/New_York"), "2026-03-01T05:00:00Z");
        assert_eq!(at("2026-07-01", "America/New_York"), "2026-07-01T04:00:00Z");
        assert_eq!(at("2026-03-01", "Asia/Tokyo"), "2026-02-28T15:00:00Z");
        // An instant is the same everywhere.
        let instant = "2026-03-01T00:00:00Z";
        assert_eq!(at(instant, "America/New_York"), instant);
    }

    #[test]
    fn a_day_need_not_begin_at_midnight_nor_only_once() {
        // Clocks went from midnight to one.
        let sao_paulo = at("2018-11-04", "America/Sao_Paulo");
        assert_eq!(sao_paulo, "2018-11-04T03:00:00Z");
        // They go from one back to midnight: it is midnight twice.
        assert_eq!(at("2026-11-01", "America/Havana"), "2026-11-01T04:00:00Z");
        // Samoa left the whole day out: it begins when the next one does.
        let left_out = at("2011-12-30", "Pacific/Apia");
        assert_eq!(left_out, at("2011-12-31", "Pacific/Apia"));
    }

    #[test]
    fn a_pause_is_two_times() {
        let read = between("2026-05-17/2026-05-18T12:00:00Z").unwrap();
        let read = pauses(&[read], &clocks("America/New_York")).unwrap();
        let [Pause { from, to, .. }] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(from.to_string(), "2026-05-17T04:00:00Z");
        assert_eq!(to.to_string(), "2026-05-18T12:00:00Z");
        for text in ["", "2026-05-17", "a/b", "2026-05-17/", "20260517/20260518"] {
            assert!(between(text).is_err(), "{text}");
        }
    }

    /// Given a day and an instant of it, then the calendar's zone decides which of them is first.
    #[test]
    fn a_pause_that_ends_before_it_begins_is_refused() {
        let read = |text: &str, zone: &str| {
            let read = pauses(&[between(text).unwrap()], &clocks(zone));
            read.map_err(|error| error.code().to_owned()).map(|_| ())
        };
        let refused = Err("RANGE_INVALID".to_owned());
        assert_eq!(read("2026-05-18/2026-05-17", "UTC"), refused);
        let mixed = "2026-05-17/2026-05-17T03:00:00Z";
        assert_eq!(read(mixed, "UTC"), Ok(()));
        assert_eq!(read(mixed, "America/New_York"), refused);
    }

    #[test]
    fn a_day_of_no_known_time_is_refused() {
        let read = when("9999-12-31").unwrap();
        let error = read.by(&clocks("America/New_York"), "from").unwrap_err();
        assert_eq!(error.code(), "TIME_OUT_OF_RANGE");
    }
}
