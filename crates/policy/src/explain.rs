//! Why an answer is what it is: the intervals that counted, and those that did not.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::Calendar;
use crate::pause::{Pause, Pauses};
use crate::target::Basis;
use crate::time::{DAY, MINUTE, OutOfRange, clamped, date, duration, nanos, timestamp};

/// A time of one kind, as long as it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
    pub why: Why,
}

/// Why a time counted, or did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Counted: within the hours of the calendar.
    Working,
    /// Counted: of calendar time all counts.
    CalendarTime,
    /// Not counted: work is done on this day, but not at this hour.
    OutsideHours,
    /// Not counted: no work is done on this day of the week.
    DayOff,
    /// Not counted: a holiday of the calendar.
    Holiday { date: Date, name: String },
    /// Not counted: it would have been, but for these causes, sorted.
    Paused { causes: Vec<String> },
}

impl Why {
    pub fn counts(&self) -> bool {
        match self {
            Self::Working | Self::CalendarTime => true,
            Self::OutsideHours | Self::DayOff | Self::Holiday { .. } | Self::Paused { .. } => false,
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::CalendarTime => "calendar_time",
            Self::OutsideHours => "outside_hours",
            Self::DayOff => "day_off",
            Self::Holiday { .. } => "holiday",
            Self::Paused { .. } => "paused",
        }
    }
}

impl Span {
    pub fn duration(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }

    /// How much of it counted: all or nothing.
    pub fn counted(&self) -> SignedDuration {
        if self.why.counts() {
            self.duration()
        } else {
            duration(0)
        }
    }
}

/// All the time between two moments, without gap or overlap; nothing where `to` is not after `from`.
/// What counted sums up to [`crate::elapsed`].
pub fn explain(
    calendar: &Calendar,
    basis: Basis,
    from: Timestamp,
    to: Timestamp,
    pauses: &Pauses,
) -> Result<Vec<Span>, OutOfRange> {
    let (from, to) = (nanos(from, "the start")?, nanos(to, "the end")?);
    let mut account = Account {
        pauses: pauses.as_slice(),
        spans: Vec::new(),
    };
    match basis {
        Basis::Calendar => account.add(from, to, &Why::CalendarTime),
        Basis::Business => walk(calendar, from, to, &mut account),
    }
    Ok(account.spans)
}

/// Day by day as the clocks show them, each cut where a window opens or closes.
fn walk(calendar: &Calendar, from: i64, to: i64, account: &mut Account<'_>) {
    let mut index = calendar.local().index_at(from);
    let mut at = from;
    while at < to {
        let Some((stretch, end)) = calendar.local().stretch(index) else {
            return;
        };
        let day = (at + stretch.offset).div_euclid(DAY);
        let midnight = day * DAY - stretch.offset;
        let until = (midnight + DAY).min(end).min(to);
        for window in calendar.windows_of(day) {
            let opens = midnight + i64::from(window.opens_minute) * MINUTE;
            let closes = midnight + i64::from(window.closes_minute) * MINUTE;
            account.add(at, opens.min(until), &Why::OutsideHours);
            at = at.max(opens).min(until);
            account.add(at, closes.min(until), &Why::Working);
            at = at.max(closes).min(until);
        }
        account.add(at, until, &without_windows(calendar, day));
        at = until;
        if at == end {
            index += 1;
        }
    }
}

/// The rest of a day, or all of one without windows.
fn without_windows(calendar: &Calendar, day: i64) -> Why {
    if calendar.is_holiday(day) {
        let date = date(day);
        let name = calendar.holidays().get(&date).cloned().unwrap_or_default();
        Why::Holiday { date, name }
    } else if calendar.windows_of(day).is_empty() {
        Why::DayOff
    } else {
        Why::OutsideHours
    }
}

#[derive(Debug)]
struct Account<'a> {
    pauses: &'a [Pause],
    spans: Vec<Span>,
}

impl Account<'_> {
    /// Only what would have counted is taken away by a pause.
    fn add(&mut self, from: i64, to: i64, why: &Why) {
        if !why.counts() {
            self.push(from, to, why.clone());
            return;
        }
        let mut at = from;
        while at < to {
            let bounds = self
                .pauses
                .iter()
                .flat_map(|it| [clamped(it.from), clamped(it.to)]);
            let next = bounds.filter(|it| *it > at).fold(to, i64::min);
            let holds = |it: &&Pause| clamped(it.from) <= at && at < clamped(it.to);
            let mut causes: Vec<String> = self
                .pauses
                .iter()
                .filter(holds)
                .map(|it| it.cause.clone())
                .collect();
            causes.sort();
            causes.dedup();
            let why = if causes.is_empty() {
                why.clone()
            } else {
                Why::Paused { causes }
            };
            self.push(at, next, why);
            at = next;
        }
    }

    fn push(&mut self, from: i64, to: i64, why: Why) {
        if from >= to {
            return;
        }
        let (from, to) = (timestamp(from), timestamp(to));
        match self.spans.last_mut() {
            Some(last) if last.to == from && last.why == why => last.to = to,
            Some(_) | None => self.spans.push(Span { from, to, why }),
        }
    }
}
