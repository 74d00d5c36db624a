//! When work is done: a time zone, the windows of each weekday, and the days on which there is none.

mod window;
mod working;
mod zone;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::time::{DAY, day_number, weekday};

pub use window::{Window, WindowError};
pub(crate) use working::{Interval, Working};
pub(crate) use zone::Zone;

/// The names by which documents and messages call the days of a week; Monday is the first.
pub const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The windows of each day of the week, Monday first.
pub type Week = [Vec<Window>; 7];

/// When work is done, ready to be counted with.
#[derive(Debug, Clone)]
pub struct Calendar {
    name: String,
    zone: Zone,
    week: Week,
    /// Sorted numbers of days: looked up for every day that is counted.
    days_off: Vec<i64>,
    holidays: BTreeMap<Date, String>,
}

/// Why there is no such calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error(
        "`{zone}` is no time zone of the IANA database {}",
        crate::tz_data_version()
    )]
    ZoneUnknown { zone: String },
    #[error("on {} the windows {first} and {second} overlap", WEEKDAYS[*weekday])]
    WindowsOverlap {
        /// Monday is 0.
        weekday: usize,
        first: Window,
        second: Window,
    },
    #[error("there is no window on any day of the week, so nothing would ever be due")]
    NoWindows,
}

impl Calendar {
    /// A calendar with the local times of an IANA zone; holidays are local days with their names. Every
    /// error is told, not only the first.
    pub fn new(
        name: impl Into<String>,
        zone: &str,
        mut week: Week,
        holidays: BTreeMap<Date, String>,
    ) -> Result<Self, Vec<CalendarError>> {
        let mut errors = Vec::new();
        for windows in &mut week {
            windows.sort();
        }
        for (weekday, windows) in week.iter().enumerate() {
            let overlap = |pair: &&[Window]| pair[0].overlaps(pair[1]);
            errors.extend(windows.windows(2).filter(overlap).map(|pair| {
                CalendarError::WindowsOverlap {
                    weekday,
                    first: pair[0],
                    second: pair[1],
                }
            }));
        }
        if week.iter().all(Vec::is_empty) {
            errors.push(CalendarError::NoWindows);
        }
        let zone =
            Zone::named(zone).ok_or_else(|| CalendarError::ZoneUnknown { zone: zone.into() });
        match zone {
            Ok(zone) if errors.is_empty() => Ok(Self {
                name: name.into(),
                zone,
                week,
                days_off: holidays.keys().map(|date| day_number(*date)).collect(),
                holidays,
            }),
            Ok(_) => Err(errors),
            Err(error) => {
                errors.insert(0, error);
                Err(errors)
            }
        }
    }

    /// Every hour of every day, by the clocks of a zone.
    pub fn around_the_clock(
        name: impl Into<String>,
        zone: &str,
    ) -> Result<Self, Vec<CalendarError>> {
        let week = std::array::from_fn(|_| vec![Window::WHOLE_DAY]);
        Self::new(name, zone, week, BTreeMap::new())
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the time zone, as the IANA database writes it.
    pub fn zone(&self) -> &str {
        self.zone.name()
    }

    /// Its rules, from the data that comes with the binary.
    pub fn time_zone(&self) -> &TimeZone {
        self.zone.rules()
    }

    /// The windows of each day of the week, Monday first, each day's in their order.
    pub fn week(&self) -> &Week {
        &self.week
    }

    pub fn holidays(&self) -> &BTreeMap<Date, String> {
        &self.holidays
    }

    pub(crate) fn local(&self) -> &Zone {
        &self.zone
    }

    pub(crate) fn is_holiday(&self, day: i64) -> bool {
        self.days_off.binary_search(&day).is_ok()
    }

    /// The windows of one day; none where it is a holiday.
    pub(crate) fn windows_of(&self, day: i64) -> &[Window] {
        if self.is_holiday(day) {
            &[]
        } else {
            &self.week[weekday(day)]
        }
    }

    /// The working time from a moment on, beginning with the interval that holds it or comes next.
    pub(crate) fn working_from(&self, at: i64) -> Working<'_> {
        Working::new(self, at)
    }

    /// The working time of one local day: none, or intervals in their order.
    pub(crate) fn working_on(&self, day: i64) -> impl Iterator<Item = Interval> {
        // A local day begins at most 15 hours before its number does in UTC, and ends as much later;
        // where clocks go back over midnight its end comes after the beginning of the next.
        let around = self.working_from((day - 1) * DAY);
        around
            .take_while(move |it| it.from < (day + 2) * DAY)
            .filter(move |it| it.day == day)
    }
}
