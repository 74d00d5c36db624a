//! Walking through the working time of a calendar.

use super::{Calendar, Window};
use crate::time::{DAY, MINUTE};

/// A time in which work is done, on one local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// The number of the local day.
    pub(crate) day: i64,
}

/// Goes stretch by stretch of the zone, day by day, window by window: what the clocks show decides, so
/// an hour that they show twice counts twice, and one that they jump over not at all.
#[derive(Debug, Clone)]
pub(crate) struct Working<'a> {
    calendar: &'a Calendar,
    stretch: usize,
    day: i64,
    /// Those of the day that are still to come.
    windows: std::slice::Iter<'a, Window>,
    /// What ended by then is left out.
    after: i64,
}

impl<'a> Working<'a> {
    pub(super) fn new(calendar: &'a Calendar, at: i64) -> Self {
        let day = calendar.zone.local(at).div_euclid(DAY);
        Self {
            calendar,
            stretch: calendar.zone.index_at(at),
            day,
            windows: calendar.windows_of(day).iter(),
            after: at,
        }
    }

    fn go_to(&mut self, day: i64) {
        self.day = day;
        self.windows = self.calendar.windows_of(day).iter();
    }
}

impl Iterator for Working<'_> {
    type Item = Interval;

    fn next(&mut self) -> Option<Interval> {
        let (mut stretch, mut end) = self.calendar.zone.stretch(self.stretch)?;
        loop {
            let midnight = self.day * DAY - stretch.offset;
            if midnight >= end {
                self.stretch += 1;
                (stretch, end) = self.calendar.zone.stretch(self.stretch)?;
                // Where clocks went back over midnight, the day before comes once more.
                self.go_to((stretch.from + stretch.offset).div_euclid(DAY));
                continue;
            }
            let Some(window) = self.windows.next() else {
                self.go_to(self.day + 1);
                continue;
            };
            let from = (midnight + i64::from(window.opens_minute) * MINUTE).max(stretch.from);
            let to = (midnight + i64::from(window.closes_minute) * MINUTE).min(end);
            if from < to && to > self.after {
                return Some(Interval {
                    from,
                    to,
                    day: self.day,
                });
            }
        }
    }
}
