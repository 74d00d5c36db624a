//! When something is due, and how much of the time was used.

use jiff::{SignedDuration, Span, Timestamp};

use crate::calendar::Calendar;
use crate::counting::Counting;
use crate::pause::Pauses;
use crate::target::{Basis, Target};
use crate::time::{
    DAY, END, MINUTE, OutOfRange, clamped, date, day_number, duration, nanos, timestamp,
};

/// When a target is due that began `from`, with what is left out.
///
/// The rules, and where they come from:
///
/// - Minutes and hours are a budget, used up by the time that counts. A budget that ends exactly at
///   closing time is due at closing time, not at the next opening.
/// - The day of the start is not counted: `N business days` end on the Nth business day after it (the
///   convention of Regulation (EEC, Euratom) 1182/71, article 3, and of most laws on periods).
/// - They end at the time of day of the start. Where no work is done then, they end before opening at
///   the opening, in a break or after closing at the closing before it. A start on a day without work
///   has no working time of day: they end when work ends on the last day.
/// - `close of the Nth business day` ends when work ends on it.
/// - Calendar days, weeks and months keep the local time of day; a month without the day ends on its
///   last one (article 3 again). A time that clocks jump over is read as in RFC 5545.
/// - A pause moves the end by the time that would have counted in it, whatever the unit: days are not
///   rounded. What two pauses cover is left out once; what would not have counted anyway costs nothing.
pub fn due(
    calendar: &Calendar,
    target: Target,
    from: Timestamp,
    pauses: &Pauses,
) -> Result<Timestamp, OutOfRange> {
    let from = nanos(from, "the start")?;
    let due = due_nanos(calendar, target, from, pauses).filter(|due| *due < END);
    due.map(timestamp).ok_or(OutOfRange {
        what: "the due time",
    })
}

/// How much time counts between two moments, pauses left out; nothing where `to` is not after `from`.
pub fn elapsed(
    calendar: &Calendar,
    basis: Basis,
    from: Timestamp,
    to: Timestamp,
    pauses: &Pauses,
) -> Result<SignedDuration, OutOfRange> {
    let (from, to) = (nanos(from, "the start")?, nanos(to, "the end")?);
    let counting = Counting::new(calendar, basis, from, pauses.as_slice());
    Ok(duration(counting.until(to)))
}

/// How much time a target is that begins `from`: what counts until it is due without a pause.
pub fn budget(
    calendar: &Calendar,
    target: Target,
    from: Timestamp,
) -> Result<SignedDuration, OutOfRange> {
    let from = nanos(from, "the start")?;
    let budget = budget_nanos(calendar, target, from);
    budget.map(duration).ok_or(OutOfRange {
        what: "the due time",
    })
}

pub(crate) fn budget_nanos(calendar: &Calendar, target: Target, from: i64) -> Option<i64> {
    match target {
        Target::Time { amount, unit, .. } => Some(i64::from(amount) * unit.minutes() * MINUTE),
        Target::Days { .. }
        | Target::CloseOfBusinessDay { .. }
        | Target::Weeks { .. }
        | Target::Months { .. } => {
            let plain = by_date(calendar, target, from)?;
            Some(Counting::new(calendar, target.basis(), from, &[]).until(plain))
        }
    }
}

fn due_nanos(calendar: &Calendar, target: Target, from: i64, pauses: &Pauses) -> Option<i64> {
    let with_pauses = || Counting::new(calendar, target.basis(), from, pauses.as_slice());
    if let Target::Time { amount, unit, .. } = target {
        return with_pauses().reach(i64::from(amount) * unit.minutes() * MINUTE);
    }
    let plain = by_date(calendar, target, from)?;
    let touches = |it: &crate::Pause| clamped(it.from) <= plain && clamped(it.to) > from;
    if !pauses.as_slice().iter().any(touches) {
        return Some(plain);
    }
    // Closing and the next opening are the same point of working time. Whichever of the two was meant
    // without a pause is meant with one.
    let (mut budget, mut is_at_opening) = (0, true);
    for counted in Counting::new(calendar, target.basis(), from, &[]) {
        if counted.from >= plain {
            break;
        }
        budget += counted.to.min(plain) - counted.from;
        is_at_opening = counted.to < plain;
    }
    if is_at_opening {
        with_pauses().exceed(budget)
    } else {
        with_pauses().reach(budget)
    }
}

/// When a target of days or more is due without a pause.
fn by_date(calendar: &Calendar, target: Target, from: i64) -> Option<i64> {
    let local = calendar.local().local(from);
    let (today, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let is_near = |day: &i64| *day <= END / DAY;
    let on = |day: i64| {
        Some(day)
            .filter(is_near)
            .map(|it| calendar.local().moment(it * DAY + time))
    };
    match target {
        Target::Time { .. } => None,
        Target::Days {
            amount,
            basis: Basis::Business,
        } => {
            let last = business_day_after(calendar, from, today, amount)?;
            if calendar.working_on(today).next().is_none() {
                return close(calendar, last);
            }
            within(calendar, last, on(last)?)
        }
        Target::CloseOfBusinessDay { ordinal } => close(
            calendar,
            business_day_after(calendar, from, today, ordinal)?,
        ),
        Target::Days { amount, .. } => on(today + i64::from(amount)),
        Target::Weeks { amount } => on(today + 7 * i64::from(amount)),
        Target::Months { amount } => {
            let months = Span::new().try_months(amount).ok()?;
            let last = date(today).checked_add(months).ok()?;
            on(day_number(last))
        }
    }
}

/// The Nth day after `today` on which work is done.
fn business_day_after(calendar: &Calendar, from: i64, today: i64, nth: u32) -> Option<i64> {
    let (mut last, mut left) = (today, nth);
    for interval in calendar.working_from(from) {
        if interval.day > last {
            last = interval.day;
            left -= 1;
            if left == 0 {
                return Some(last);
            }
        }
    }
    None
}

fn close(calendar: &Calendar, day: i64) -> Option<i64> {
    calendar.working_on(day).last().map(|it| it.to)
}

/// A moment of a business day, moved to its opening or to the closing before where no work is done.
fn within(calendar: &Calendar, day: i64, at: i64) -> Option<i64> {
    let mut closed = None;
    for interval in calendar.working_on(day) {
        if at < interval.from {
            return Some(closed.unwrap_or(interval.from));
        }
        if at < interval.to {
            return Some(at);
        }
        closed = Some(interval.to);
    }
    closed
}
