//! What can be done to a clock. What is true already gives no event.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::event::{
    Breached, Continued, DueDateCleared, DueDateSet, Paused, Resumed, Retargeted, Started, Stopped,
    Warned,
};
use super::{Calendars, Clock, ClockRefusal, Due, End, Event, STOPPED, State, Terms, Warning};
use crate::counting::Counting;
use crate::due::budget_nanos;
use crate::time::{OutOfRange, nanos, timestamp};
use crate::{Calendar, Engine, Pause, Pauses, due};

type Decided = Result<Vec<Event>, ClockRefusal>;

/// What makes another promise of a clock.
#[derive(Debug, Clone, Copy)]
pub struct Retargeting<'a> {
    /// `severity`, `extended`
    pub by: &'a str,
    /// A person's, as a code of the organisation's own.
    pub reason: Option<&'a str>,
}

impl<'a> Retargeting<'a> {
    /// Not by a person.
    pub fn by(by: &'a str) -> Self {
        Self { by, reason: None }
    }
}

impl Clock {
    /// The event with which a clock begins, or begins anew. `by` says what began it.
    pub fn start(
        name: impl Into<String>,
        by: &str,
        at: Timestamp,
        terms: Terms,
        calendars: &impl Calendars,
    ) -> Result<Started, ClockRefusal> {
        Ok(Started {
            clock: name.into(),
            by: by.to_owned(),
            occurred_at: at,
            due: promise(&terms, at, &Pauses::NONE, calendars)?,
            terms,
        })
    }

    /// It stands still for a cause, beside others or as the first.
    pub fn pause(&self, cause: &str, at: Timestamp) -> Decided {
        let causes = match &self.state {
            State::Open { causes } => causes,
            State::Stopped(End { at, .. }) => {
                return Err(ClockRefusal::Stopped { stopped_at: *at });
            }
        };
        follows(at, self.begun_at())?;
        if causes.contains_key(cause) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::Paused(Paused {
            clock: self.name.clone(),
            cause: cause.to_owned(),
            occurred_at: at,
        })])
    }

    /// A cause to stand still is gone. A stopped clock has none.
    pub fn resume(&self, cause: &str, at: Timestamp, calendars: &impl Calendars) -> Decided {
        let Some(since) = self.causes().and_then(|causes| causes.get(cause)) else {
            return Ok(Vec::new());
        };
        follows(at, *since)?;
        let left_out = self.left_out(Some((cause, *since, at)));
        Ok(vec![Event::Resumed(Resumed {
            clock: self.name.clone(),
            cause: cause.to_owned(),
            occurred_at: at,
            due: promise(&self.terms, self.started_at, &left_out, calendars)?,
        })])
    }

    /// Another severity or policy makes another promise, measured from the clock's own start.
    pub fn retarget(
        &self,
        terms: Terms,
        why: Retargeting<'_>,
        at: Timestamp,
        calendars: &impl Calendars,
    ) -> Decided {
        self.is_open_at(at)?;
        if terms == self.terms {
            return Ok(Vec::new());
        }
        let left_out = self.left_out(None);
        Ok(vec![Event::Retargeted(Retargeted {
            clock: self.name.clone(),
            by: why.by.to_owned(),
            reason: why.reason.map(str::to_owned),
            occurred_at: at,
            due: promise(&terms, self.started_at, &left_out, calendars)?,
            terms,
        })])
    }

    /// A person puts the due date somewhere; the past is allowed, it happens.
    pub fn set_due_date(&self, due_at: Timestamp, reason: &str, at: Timestamp) -> Decided {
        self.is_open_at(at)?;
        nanos(due_at, "the due date")?;
        if self.manual == Some(due_at) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::DueDateSet(DueDateSet {
            clock: self.name.clone(),
            reason: reason.to_owned(),
            occurred_at: at,
            due_at,
        })])
    }

    /// What is computed counts again.
    pub fn clear_due_date(&self, reason: &str, at: Timestamp) -> Decided {
        self.is_open_at(at)?;
        if self.manual.is_none() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::DueDateCleared(DueDateCleared {
            clock: self.name.clone(),
            reason: reason.to_owned(),
            occurred_at: at,
        })])
    }

    /// Done, or to be done no longer, from whatever state: a paused clock needs no resuming first. It
    /// may have happened before a pause that was recorded meanwhile; that is not counted then.
    pub fn stop_at(
        &self,
        by: &str,
        is_fulfilled: bool,
        at: Timestamp,
        calendars: &impl Calendars,
    ) -> Decided {
        if matches!(self.state, State::Stopped(_)) {
            return Ok(Vec::new());
        }
        follows(at, self.begun_at())?;
        let left_out = with_stops(self.paused_until(at), &self.stops);
        let due = promise(&self.terms, self.started_at, &left_out, calendars)?;
        let is_in_time = match self.manual {
            // While it was paused it did not break a date put by hand, either.
            Some(manual) => self.ran_until(at) <= manual,
            None => at <= due.due_at,
        };
        Ok(vec![Event::Stopped(Stopped {
            clock: self.name.clone(),
            by: by.to_owned(),
            is_fulfilled,
            occurred_at: at,
            due,
            due_by_hand: self.manual,
            is_in_time,
        })])
    }

    /// Goes on where it stood. To begin anew is another [`Clock::start`].
    pub fn go_on(&self, by: &str, at: Timestamp, calendars: &impl Calendars) -> Decided {
        let State::Stopped(End { at: stopped_at, .. }) = self.state else {
            return Ok(Vec::new());
        };
        follows(at, stopped_at)?;
        let left_out = self.left_out(Some((STOPPED, stopped_at, at)));
        Ok(vec![Event::Continued(Continued {
            clock: self.name.clone(),
            by: by.to_owned(),
            occurred_at: at,
            due: promise(&self.terms, self.started_at, &left_out, calendars)?,
        })])
    }

    /// What the time alone has brought about by `now` and nobody was told of yet, in its order. What
    /// is done at the due time is done in time, so it is broken a moment later.
    pub fn tick(&self, now: Timestamp) -> Vec<Event> {
        if !matches!(self.state, State::Open { .. }) {
            return Vec::new();
        }
        let until = self.ran_until(now);
        let mut told: Vec<Event> = self
            .untold_warnings()
            .filter(|warning| warning.at <= until)
            .map(|warning| {
                Event::Warned(Warned {
                    clock: self.name.clone(),
                    percent: warning.percent,
                    occurred_at: warning.at,
                })
            })
            .collect();
        let due_at = self.promised();
        if due_at < until && self.told.breach != Some(due_at) {
            let clock = self.name.clone();
            told.push(Event::Breached(Breached { clock, due_at }));
        }
        told.sort_by_key(Event::occurred_at);
        told
    }

    /// The warnings that are still to come or to be told. A date put by hand has none; one that was
    /// told comes again where the share is used later than was thought.
    pub(super) fn untold_warnings(&self) -> impl Iterator<Item = &Warning> {
        let warnings = match self.manual {
            Some(_) => &[],
            None => self.due.warnings.as_slice(),
        };
        warnings.iter().filter(|warning| {
            let told = self.told.warnings.get(&warning.percent);
            told.is_none_or(|at| *at < warning.at)
        })
    }

    fn is_open_at(&self, at: Timestamp) -> Result<(), ClockRefusal> {
        if let State::Stopped(End { at, .. }) = self.state {
            return Err(ClockRefusal::Stopped { stopped_at: at });
        }
        follows(at, self.started_at)
    }

    /// The causes for which it stands still; a stopped clock has none.
    pub(crate) fn causes(&self) -> Option<&BTreeMap<String, Timestamp>> {
        match &self.state {
            State::Open { causes } => Some(causes),
            State::Stopped(_) => None,
        }
    }

    /// When it last began to run after a start or a stop.
    pub(crate) fn begun_at(&self) -> Timestamp {
        self.stops.last().map_or(self.started_at, |it| it.to)
    }

    /// All that is over of pauses and stops, with one more.
    pub(super) fn left_out(&self, more: Option<(&str, Timestamp, Timestamp)>) -> Pauses {
        let mut all = with_stops(self.pauses.clone(), &self.stops);
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

fn with_stops(mut pauses: Pauses, stops: &[Pause]) -> Pauses {
    for stop in stops {
        pauses.insert(stop.clone());
    }
    pauses
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
