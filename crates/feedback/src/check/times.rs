//! When things happened: what is possible, how exact it is kept, and what is known to the day alone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::EARLIEST;
use super::field::Findings;
use crate::history::ReportedHistory;
use crate::refusal::Rule;
use crate::submission::Submission;

/// A day begins so long before it begins in UTC, somewhere.
const EAST: SignedDuration = SignedDuration::from_hours(14);
/// And it ends so long after its beginning in UTC, somewhere.
const WEST: SignedDuration = SignedDuration::from_hours(24 + 12);

/// Gives the submission a time of receipt, and holds all its times against the rules.
pub(super) fn settle(found: &mut Findings, submission: &mut Submission, now: Timestamp) {
    match (submission.received_on, submission.received_at) {
        (Some(day), None) => submission.received_at = Some(moment(day, submission, now)),
        (Some(day), Some(time)) if !is_on(day, time) => {
            found.refuse("received_at", Rule::NotOnThatDay);
        }
        (Some(_), Some(_)) => {}
        (None, time) => submission.received_at = time.or(Some(now)),
    }
    if submission.occurred_at.is_some() && submission.occurred_on.is_some() {
        found.refuse("occurred_on", Rule::TimeAndDay);
    }
    possible(found, submission, now);
    in_order(found, submission);
    whole_microseconds(submission);
}

/// The moment that clocks and statistics take for the day of a receipt: its first one in UTC, or when
/// it happened, where that was later on the same day. People tell the day of their own place; where it
/// has not begun in UTC, it is now.
fn moment(day: Date, submission: &Submission, now: Timestamp) -> Timestamp {
    let happened = submission.occurred_at;
    let happened = happened.filter(|time| is_on(day, *time) && *time <= now);
    begun(day, now).max(happened.unwrap_or(Timestamp::MIN))
}

fn begun(day: Date, now: Timestamp) -> Timestamp {
    let first = first(day);
    if first > now && first.duration_since(now) <= EAST {
        return now;
    }
    first
}

fn first(day: Date) -> Timestamp {
    let first = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0));
    // Only the days at the ends of the calendar are no instants; they are refused as those beside them.
    first.unwrap_or(if day.year() < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Whether it is that day at a time, somewhere.
fn is_on(day: Date, time: Timestamp) -> bool {
    let since = time.duration_since(first(day));
    -EAST <= since && since < WEST
}

fn possible(found: &mut Findings, it: &Submission, now: Timestamp) {
    let day = |day: Option<Date>| day.map(|day| begun(day, now));
    let received_at = it.received_at.filter(|_| it.received_on.is_none());
    for (field, time, earliest) in [
        ("occurred_at", it.occurred_at, EARLIEST),
        ("occurred_on", day(it.occurred_on), EARLIEST),
        ("received_at", received_at, Timestamp::UNIX_EPOCH),
        ("received_on", day(it.received_on), Timestamp::UNIX_EPOCH),
        ("aware_at", it.aware_at, EARLIEST),
    ] {
        if let Some(time) = time {
            found.time(field, time, earliest, now);
        }
    }
    let reported = it.reported.as_ref();
    for (field, time) in [
        (
            "reported.acknowledged_at",
            reported.and_then(|it| it.acknowledged_at),
        ),
        ("reported.closed_at", reported.and_then(|it| it.closed_at)),
    ] {
        let Some(time) = time else { continue };
        found.time(field, time, EARLIEST, now);
        if it.received_at.is_some_and(|before| time < before) {
            found.refuse(field, Rule::BeforeItWasReceived);
        }
    }
}

fn in_order(found: &mut Findings, it: &Submission) {
    let received = if it.received_on.is_some() {
        "received_on"
    } else {
        "received_at"
    };
    for (field, time, day) in [
        (received, it.received_at, it.received_on),
        ("aware_at", it.aware_at, None),
    ] {
        let is_before = match (it.occurred_on, day) {
            (Some(happened), Some(day)) => day < happened,
            // Before that day has begun anywhere.
            (Some(happened), None) => {
                time.is_some_and(|time| time.duration_since(first(happened)) < -EAST)
            }
            (None, _) => it
                .occurred_at
                .is_some_and(|happened| time.is_some_and(|time| time < happened)),
        };
        if is_before {
            found.refuse(field, Rule::BeforeItHappened);
        }
    }
}

/// As exact as all stored times are, so that what is shown can be handed in again.
fn whole_microseconds(submission: &mut Submission) {
    let reported = submission.reported.as_mut().map(|it| {
        let ReportedHistory {
            acknowledged_at,
            closed_at,
            ..
        } = it;
        [acknowledged_at, closed_at]
    });
    let own = [
        &mut submission.occurred_at,
        &mut submission.received_at,
        &mut submission.aware_at,
    ];
    for time in own.into_iter().chain(reported.into_iter().flatten()) {
        let whole = |it: Timestamp| Timestamp::from_microsecond(it.as_microsecond()).unwrap_or(it);
        *time = time.map(whole);
    }
}
