//! What is to be heard from the organisation next, by the clocks that the complainant can see stop.

use jiff::Timestamp;
use jiff::civil::Date;
use redress_policy::clock::Status;
use redress_policy::document::Moment;
use redress_policy::{Book, Calendars as _, Clock, ClockRule, Clocks, Policies as _};

/// A promise to who complained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) what: &'static str,
    pub(super) due_at: Timestamp,
    /// By the clocks of the promise's calendar.
    pub(super) due_on: Date,
    pub(super) late: bool,
}

/// The one that is due first of those that run. A clock that an authority's report or an inner step
/// stops is no promise to who complained.
pub(super) fn next(clocks: &Clocks, book: &Book, now: Timestamp) -> Option<Next> {
    let promises = clocks.iter().filter_map(|clock| promise(clock, book, now));
    promises.min_by_key(|it| it.due_at)
}

fn promise(clock: &Clock, book: &Book, now: Timestamp) -> Option<Next> {
    match clock.status() {
        Status::Running | Status::Paused { .. } => {}
        Status::Stopped { .. } => return None,
    }
    let due_at = clock.due_at()?;
    let terms = clock.terms();
    let (_, name) = clock.name().split_once('/')?;
    let what = heard(book.version(&terms.policy)?.clocks().get(name)?)?;
    let zone = book.calendar(&terms.policy, &terms.calendar)?.time_zone();
    Some(Next {
        what,
        due_at,
        due_on: due_at.to_zoned(zone.clone()).date(),
        late: clock.is_breached(now),
    })
}

/// What the complainant hears when the clock stops or begins anew.
fn heard(rule: &ClockRule) -> Option<&'static str> {
    let stops = |moment| rule.stops.contains(&moment) || rule.restarts.contains(&moment);
    if stops(Moment::Informed) {
        Some("news")
    } else if stops(Moment::Acknowledged) {
        Some("acknowledgement")
    } else if stops(Moment::DecisionCommunicated) {
        Some("answer")
    } else {
        None
    }
}
