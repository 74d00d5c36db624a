//! The intervals behind an answer, and the clocks by which they are told.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use redress_policy::{Calendar, Span, Why};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::table::Table;

pub(super) fn out_of_range(error: redress_policy::OutOfRange) -> Failure {
    Failure::usage("TIME_OUT_OF_RANGE", error.to_string())
        .with_remedy("give times and a target within these years")
}

/// Whole seconds; what is less than one is cut off.
pub(super) fn seconds(duration: SignedDuration) -> i64 {
    duration.as_secs()
}

pub(super) fn as_json(spans: &[Span]) -> Value {
    let spans = spans.iter().map(|span| {
        let (date, name) = match &span.why {
            Why::Holiday { date, name } => (Some(date.to_string()), Some(name)),
            Why::Working
            | Why::CalendarTime
            | Why::OutsideHours
            | Why::DayOff
            | Why::Paused { .. } => (None, None),
        };
        json!({
            "from": span.from.to_string(),
            "to": span.to.to_string(),
            "seconds": seconds(span.duration()),
            "counted": span.why.counts(),
            "why": span.why.code(),
            "holiday": date.map(|date| json!({ "date": date, "name": name.filter(|it| !it.is_empty()) })),
        })
    });
    spans.collect()
}

/// In the local time of the calendar: that is what people compare with.
pub(super) fn as_table(spans: &[Span], clocks: &Clocks) -> String {
    let mut table = Table::new(&["from", "to", "counted", "not counted", "why"]);
    for span in spans {
        let length = clock(span.duration());
        let (counted, not) = if span.why.counts() {
            (length, String::new())
        } else {
            (String::new(), length)
        };
        table.row([
            clocks.show(span.from),
            clocks.show(span.to),
            counted,
            not,
            why(&span.why),
        ]);
    }
    table.render()
}

fn why(why: &Why) -> String {
    match why {
        Why::Working => "working time".to_owned(),
        Why::CalendarTime => "calendar time".to_owned(),
        Why::OutsideHours => "outside of working hours".to_owned(),
        Why::DayOff => "no working day".to_owned(),
        Why::Holiday { date, name } if name.is_empty() => format!("holiday {date}"),
        Why::Holiday { date, name } => format!("holiday {date}: {name}"),
        Why::Paused { .. } => "paused".to_owned(),
    }
}

/// `26:30` hours and minutes, with seconds where there are any.
pub(super) fn clock(duration: SignedDuration) -> String {
    let seconds = duration.as_secs();
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match seconds % 60 {
        0 => format!("{hours}:{minutes:02}"),
        seconds => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// What the clocks of a calendar's zone show.
#[derive(Debug)]
pub(crate) struct Clocks(TimeZone);

impl Clocks {
    pub(super) fn of(calendar: &Calendar) -> Self {
        Self(calendar.time_zone().clone())
    }

    pub(crate) fn in_zone(zone: TimeZone) -> Self {
        Self(zone)
    }

    /// The first moment of a day: not always midnight, which clocks may jump over or show twice.
    pub(super) fn start_of(&self, day: Date) -> Result<Timestamp, jiff::Error> {
        Ok(day.to_zoned(self.0.clone())?.timestamp())
    }

    pub(crate) fn show(&self, at: Timestamp) -> String {
        let shown: DateTime = self.0.to_datetime(at);
        let weekday = shown.strftime("%a").to_string();
        let offset = self.0.to_offset(at);
        let time = if shown.second() == 0 && shown.subsec_nanosecond() == 0 {
            shown.strftime("%Y-%m-%d %H:%M").to_string()
        } else {
            shown.strftime("%Y-%m-%d %H:%M:%S%.f").to_string()
        };
        format!("{weekday} {time} {offset}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_told_as_on_a_clock() {
        assert_eq!(clock(SignedDuration::from_mins(26 * 60 + 5)), "26:05");
        assert_eq!(clock(SignedDuration::from_secs(59)), "0:00:59");
    }

    #[test]
    fn times_are_told_as_the_clocks_of_the_calendar_show_them() {
        let calendar = Calendar::around_the_clock("it", "Australia/Lord_Howe").unwrap();
        let clocks = Clocks::of(&calendar);
        let show = |text: &str| clocks.show(text.parse().unwrap());
        assert_eq!(show("2026-06-01T00:00:00Z"), "Mon 2026-06-01 10:30 +10:30");
        assert_eq!(
            show("2026-12-01T00:00:00.5Z"),
            "Tue 2026-12-01 11:00:00.5 +11"
        );
    }
}
