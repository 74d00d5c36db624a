//! The count that the engine is held against: minute by minute, as the clocks on the wall show them, and
//! nothing of the engine's own.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use redress_policy::{Basis, Target, Unit};

pub(crate) const MINUTES_A_DAY: i64 = 24 * 60;

/// Some weeks of one zone: of each minute, which local minute it is, counted from a local midnight.
#[derive(Debug)]
pub(crate) struct Stretch {
    pub(crate) zone: &'static str,
    pub(crate) begins: Timestamp,
    /// The local day with the number 0.
    pub(crate) first: Date,
    pub(crate) local: Vec<i64>,
}

const DAYS: i64 = 70;

/// Days on which clocks change, at midnight and by half an hour, too, and one that a zone left out.
const AROUND: [(&str, &str); 12] = [
    ("Europe/London", "2026-03-29"),
    ("Europe/London", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Europe/Amsterdam", "2026-10-25"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/St_Johns", "2006-10-29"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Kolkata", "2026-06-15"),
];

pub(crate) static STRETCHES: LazyLock<Vec<Stretch>> = LazyLock::new(|| {
    AROUND
        .iter()
        .map(|(zone, day)| stretch(zone, day))
        .collect()
});

fn stretch(zone: &'static str, day: &str) -> Stretch {
    let first = day.parse::<Date>().unwrap().checked_sub(14.days()).unwrap();
    let clocks = TimeZone::get(zone).unwrap();
    let begins = first
        .at(0, 0, 0, 0)
        .to_zoned(clocks.clone())
        .unwrap()
        .timestamp();
    let origin = DateTime::from(first);
    let local = (0..DAYS * MINUTES_A_DAY).map(|minute| {
        let shown = clocks.to_datetime(begins + minute.minutes());
        shown.duration_since(origin).as_mins()
    });
    Stretch {
        zone,
        begins,
        first,
        local: local.collect(),
    }
}

/// Everything that decides whether a minute counts.
#[derive(Debug)]
pub(crate) struct Hours<'a> {
    pub(crate) stretch: &'a Stretch,
    /// Of each local minute, whether work is done in it.
    pub(crate) working: Vec<bool>,
    /// Numbers of minutes.
    pub(crate) pauses: Vec<(usize, usize)>,
}

/// Of each local minute of a stretch, whether work is done in it: by windows in minutes of the day, of
/// each day of the week, Monday first, and the numbers of days without work.
pub(crate) fn working(
    stretch: &Stretch,
    week: &[Vec<(i64, i64)>; 7],
    holidays: &[i64],
) -> Vec<bool> {
    let monday = usize::try_from(stretch.first.weekday().to_monday_zero_offset()).unwrap();
    let day_minutes = usize::try_from(MINUTES_A_DAY).unwrap();
    let days = usize::try_from(DAYS + 2).unwrap();
    let mut working = vec![false; days * day_minutes];
    for (day, minutes) in working.chunks_mut(day_minutes).enumerate() {
        if !holidays.contains(&i64::try_from(day).unwrap()) {
            for (opens, closes) in &week[(day + monday) % 7] {
                let (opens, closes) = (usize::try_from(*opens), usize::try_from(*closes));
                minutes[opens.unwrap()..closes.unwrap()].fill(true);
            }
        }
    }
    working
}

impl Hours<'_> {
    fn day(&self, minute: usize) -> i64 {
        self.stretch.local[minute].div_euclid(MINUTES_A_DAY)
    }

    fn is_working(&self, minute: usize) -> bool {
        self.working[usize::try_from(self.stretch.local[minute]).unwrap()]
    }

    fn counts(&self, basis: Basis, minute: usize) -> bool {
        basis == Basis::Calendar || self.is_working(minute)
    }

    fn is_paused(&self, minute: usize) -> bool {
        self.pauses
            .iter()
            .any(|(from, to)| (*from..*to).contains(&minute))
    }

    pub(crate) fn elapsed(&self, basis: Basis, from: usize, to: usize) -> usize {
        let counted = |minute: &usize| self.counts(basis, *minute) && !self.is_paused(*minute);
        (from..to).filter(counted).count()
    }

    /// The number of the minute in which it is due; `None` where the stretch ends before.
    pub(crate) fn due(&self, target: Target, from: usize) -> Option<usize> {
        let basis = target.basis();
        if let Target::Time { amount, unit, .. } = target {
            let minutes = if unit == Unit::Hours { 60 } else { 1 };
            return self.after(
                basis,
                from,
                usize::try_from(amount).unwrap() * minutes,
                true,
                true,
            );
        }
        let plain = self.by_date(target, from)?;
        let budget = (from..plain)
            .filter(|minute| self.counts(basis, *minute))
            .count();
        // Due when work goes on, and not when it ended, only where that is so without a pause.
        let at_closing = self.after(basis, from, budget, false, true)? == plain;
        self.after(basis, from, budget, true, at_closing)
    }

    /// The minute before which so many have counted; at the end of the last of them, or where the next
    /// one begins.
    fn after(
        &self,
        basis: Basis,
        from: usize,
        budget: usize,
        with_pauses: bool,
        at_closing: bool,
    ) -> Option<usize> {
        let mut left = budget;
        for minute in from..self.stretch.local.len() {
            if left == 0 && at_closing {
                return Some(minute);
            }
            if self.counts(basis, minute) && !(with_pauses && self.is_paused(minute)) {
                if left == 0 {
                    return Some(minute);
                }
                left -= 1;
            }
        }
        None
    }

    fn by_date(&self, target: Target, from: usize) -> Option<usize> {
        let (today, time) = (
            self.day(from),
            self.stretch.local[from].rem_euclid(MINUTES_A_DAY),
        );
        match target {
            Target::Time { .. } => None,
            Target::CloseOfBusinessDay { ordinal } => {
                let day = self.business_day_after(from, today, ordinal)?;
                Some(self.working_minutes(day).last()? + 1)
            }
            Target::Days {
                amount,
                basis: Basis::Business,
            } => {
                let day = self.business_day_after(from, today, amount)?;
                let worked: Vec<usize> = self.working_minutes(day).collect();
                if self.working_minutes(today).next().is_none() {
                    return Some(worked.last()? + 1);
                }
                let at = self.shows(day * MINUTES_A_DAY + time)?;
                if worked.contains(&at) {
                    return Some(at);
                }
                let before = worked.iter().rfind(|minute| **minute < at);
                before.map(|it| it + 1).or(worked.first().copied())
            }
            Target::Days { amount, .. } => {
                self.shows((today + i64::from(amount)) * MINUTES_A_DAY + time)
            }
            Target::Weeks { amount } => {
                self.shows((today + 7 * i64::from(amount)) * MINUTES_A_DAY + time)
            }
            Target::Months { amount } => {
                let date = self.stretch.first.checked_add(today.days()).unwrap();
                let date = date.checked_add(i64::from(amount).months()).unwrap();
                let day = i64::from(self.stretch.first.until(date).unwrap().get_days());
                self.shows(day * MINUTES_A_DAY + time)
            }
        }
    }

    fn working_minutes(&self, day: i64) -> impl Iterator<Item = usize> {
        // Clocks are never two days off.
        let near = |day: i64| usize::try_from(day * MINUTES_A_DAY).unwrap_or(0);
        let all = near(day - 2)..near(day + 3).min(self.stretch.local.len());
        all.filter(move |minute| self.day(*minute) == day && self.is_working(*minute))
    }

    fn business_day_after(&self, from: usize, today: i64, nth: u32) -> Option<i64> {
        let (mut last, mut found) = (today, 0);
        for minute in from..self.stretch.local.len() {
            if self.day(minute) > last && self.is_working(minute) {
                last = self.day(minute);
                found += 1;
                if found == nth {
                    return Some(last);
                }
            }
        }
        None
    }

    /// The first minute that shows a local time, or would, had the clocks not jumped over it.
    fn shows(&self, local: i64) -> Option<usize> {
        let shown = &self.stretch.local;
        if let Some(minute) = shown.iter().position(|it| *it == local) {
            return Some(minute);
        }
        let jumped = shown
            .windows(2)
            .position(|pair| pair[0] < local && local < pair[1])?;
        let minute = i64::try_from(jumped).unwrap() + local - shown[jumped];
        usize::try_from(minute).ok().filter(|it| *it < shown.len())
    }
}
