//! What can be done to a clock. What is true already gives no event.

use jiff::Timestamp;

use super::event::{Continued, DueDateSet, Paused, Resumed, Retargeted, Started, Stopped};
use super::{Calendars, Clock, ClockRefusal, Due, Event, STOPPED, State, Terms, Warning};
use crate::counting::Counting;
use crate::due::budget_nanos;
use crate::time::{OutOfRange, nanos, timestamp};
use crate::{Calendar, Engine, Pause, Pauses, due};

type Decided = Result<Vec<Event>, ClockRefusal>;

impl Clock {
    /// The event with which a clock begins.
    pub fn start(
        name: impl Into<String>,
        at: Timestamp,
        terms: Terms,
        calendars: &impl Calendars,
    ) -> Result<Started, ClockRefusal> {
        Ok(Started {
            clock: name.into(),
            occurred_at: at,
            due: promise(&terms, at, &Pauses::NONE, calendars)?,
            terms,
        })
    }

    /// It stands still for a cause, beside others or as the first.
    pub fn pause(&self, cause: &str, at: Timestamp) -> Decided {
        let causes = match &self.state {
            State::Open { causes } => causes,
            State::Stopped { at, .. } => return Err(ClockRefusal::Stopped { stopped_at: *at }),
        };
        follows(at, self.begun_at())?;
        if causes.contains_key(cause) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Paused(Paused {
            cause: cause.to_owned(),
            occurred_at: at,
        })])
    }

    /// A cause to stand still is gone. A stopped clock has none.
    pub fn resume(&self, cause: &str, at: Timestamp, calendars: &impl Calendars) -> Decided {
        let since = match &self.state {
            State::Open { causes } => causes.get(cause),
            State::Stopped { .. } => None,
        };
        let Some(since) = since else {
            return Ok(Vec::new());
        };
        follows(at, *since)?;
        let left_out = self.left_out(Some((cause, *since, at)));
        Ok(vec![Event::Resumed(Resumed {
            cause: cause.to_owned(),
            occurred_at: at,
            due: promise(&self.terms, self.started_at, &left_out, calendars)?,
        })])
    }

    /// Another severity or policy makes another promise, measured from the clock's own start.
    pub fn retarget(&self, terms: Terms, at: Timestamp, calendars: &impl Calendars) -> Decided {
        if let State::Stopped { at, .. } = self.state {
            return Err(ClockRefusal::Stopped { stopped_at: at });
        }
        follows(at, self.started_at)?;
        if terms == self.terms {
            return Ok(Vec::new());
        }
        let left_out = self.left_out(None);
        Ok(vec![Event::Retargeted(Retargeted {
            occurred_at: at,
            due: promise(&terms, self.started_at, &left_out, calendars)?,
            terms,
        })])
    }

    /// A person puts the due date somewhere; the past is allowed, it happens.
    pub fn set_due_date(&self, due_at: Timestamp, at: Timestamp) -> Decided {
        if let State::Stopped { at, .. } = self.state {
            return Err(ClockRefusal::Stopped { stopped_at: at });
        }
        follows(at, self.started_at)?;
        if self.manual == Some(due_at) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::DueDateSet(DueDateSet {
            occurred_at: at,
            due_at,
        })])
    }

    /// Done, from whatever state: a paused clock needs no resuming first.
    pub fn stop_at(&self, at: Timestamp) -> Decided {
        let State::Open { causes } = &self.state else {
            return Ok(Vec::new());
        };
        let last = causes
            .values()
            .fold(self.begun_at(), |last, it| last.max(*it));
        follows(at, last)?;
        Ok(vec![Event::Stopped(Stopped { occurred_at: at })])
    }

    /// Goes on where it stood. To begin anew is another [`Clock::start`].
    pub fn go_on(&self, at: Timestamp, calendars: &impl Calendars) -> Decided {
        let State::Stopped { at: stopped_at, .. } = self.state else {
            return Ok(Vec::new());
        };
        follows(at, stopped_at)?;
        let left_out = self.left_out(Some((STOPPED, stopped_at, at)));
        Ok(vec![Event::Continued(Continued {
            occurred_at: at,
            due: promise(&self.terms, self.started_at, &left_out, calendars)?,
        })])
    }

    /// When it last began to run after a start or a stop.
    fn begun_at(&self) -> Timestamp {
        self.stops.last().map_or(self.started_at, |it| it.to)
    }

    /// All that is over of pauses and stops, with one more.
    pub(super) fn left_out(&self, more: Option<(&str, Timestamp, Timestamp)>) -> Pauses {
        let mut all = self.pauses.clone();
        for stop in &self.stops {
            all.insert(stop.clone());
        }
        if let Some((cause, from, to)) = more {
            let cause = cause.to_owned();
            all.insert(Pause { from, to, cause });
        }
        all
    }

    pub(super) fn calendar_of<'a>(
        terms: &Terms,
        calendars: &'a impl Calendars,
    ) -> Result<&'a Calendar, ClockRefusal> {
        let (policy, name) = (&terms.policy, &terms.calendar);
        let calendar = calendars.calendar(policy, name);
        calendar.ok_or_else(|| ClockRefusal::CalendarUnknown {
            policy: policy.clone(),
            calendar: name.clone(),
        })
    }
}

fn follows(occurred_at: Timestamp, after: Timestamp) -> Result<(), ClockRefusal> {
    if occurred_at < after {
        return Err(ClockRefusal::BeforeWhatItFollows { occurred_at, after });
    }
    Ok(())
}

/// When terms are due and warned of.
pub(super) fn promise(
    terms: &Terms,
    from: Timestamp,
    left_out: &Pauses,
    calendars: &impl Calendars,
) -> Result<Due, ClockRefusal> {
    let calendar = Clock::calendar_of(terms, calendars)?;
    let due_at = due(calendar, terms.target, from, left_out)?;
    let start = nanos(from, "the start")?;
    let beyond = OutOfRange {
        what: "the due time",
    };
    let warnings = terms.warn_at_percent.iter().map(|percent| {
        let budget = budget_nanos(calendar, terms.target, start).ok_or(beyond)?;
        let share = i128::from(budget) * i128::from(*percent) / 100;
        let share = i64::try_from(share).map_err(|_| beyond)?;
        let pauses = left_out.as_slice();
        let counting = Counting::new(calendar, terms.target.basis(), start, pauses);
        let at = timestamp(counting.reach(share).ok_or(beyond)?);
        Ok(Warning {
            percent: *percent,
            at,
        })
    });
    Ok(Due {
        due_at,
        warnings: warnings.collect::<Result<_, OutOfRange>>()?,
        engine: Engine::current(),
    })
}
