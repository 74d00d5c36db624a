//! What a clock can be asked.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::decide::promise;
use super::{Calendars, Clock, ClockRefusal, STOPPED, State, Terms, Warning};
use crate::{Due, Engine, Pauses, Span, budget, elapsed, explain};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Running,
    /// Since the first of the causes that are there.
    Paused {
        since: Timestamp,
    },
    Stopped {
        at: Timestamp,
        /// Whether what was promised was done.
        is_fulfilled: bool,
        /// Whether that was at the due time or before.
        is_in_time: bool,
    },
}

/// What happens next, if nothing else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    Warning(Warning),
    Due { at: Timestamp },
}

impl Deadline {
    pub fn at(self) -> Timestamp {
        match self {
            Self::Warning(warning) => warning.at,
            Self::Due { at } => at,
        }
    }
}

/// Everything behind a due time, computed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// All the time since the start.
    pub spans: Vec<Span>,
    pub elapsed: SignedDuration,
    /// What the target comes to.
    pub budget: SignedDuration,
    /// By this engine and time-zone data.
    pub recomputed: Due,
    /// What was promised, where that is something else: by an older engine or older data, or by hand.
    pub promised: Option<Timestamp>,
    pub promised_by: Engine,
}

impl Clock {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What is over of pauses; the time between a stop and going on is none.
    pub fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    pub fn is_manual(&self) -> bool {
        self.manual.is_some()
    }

    pub fn status(&self) -> Status {
        match &self.state {
            State::Open { causes } => match causes.values().min() {
                Some(since) => Status::Paused { since: *since },
                None => Status::Running,
            },
            State::Stopped(end) => Status::Stopped {
                at: end.at,
                is_fulfilled: end.is_fulfilled,
                is_in_time: end.is_in_time,
            },
        }
    }

    /// The promise that counts: the one put by hand, else the computed one. While the clock is paused
    /// a computed one moves on with every moment, and there is none.
    pub fn due_at(&self) -> Option<Timestamp> {
        match (self.manual, self.status()) {
            (Some(manual), _) => Some(manual),
            (None, Status::Paused { .. }) => None,
            (None, Status::Running | Status::Stopped { .. }) => Some(self.due.due_at),
        }
    }

    /// Whether the promise is broken by `now`. What is done at the due time is done in time; a clock
    /// that stands still does not break it, and one that was stopped has not got later since.
    pub fn is_breached(&self, now: Timestamp) -> bool {
        match &self.state {
            State::Open { .. } => self.ran_until(now) > self.promised(),
            State::Stopped(end) => !end.is_in_time,
        }
    }

    /// Whether that is recorded: that the due time passed, or that it was stopped after it.
    pub fn is_told_late(&self) -> bool {
        match &self.state {
            State::Open { .. } => self.told.breach == Some(self.promised()),
            State::Stopped(end) => !end.is_in_time,
        }
    }

    /// The causes for which it stands still.
    pub fn paused_for(&self) -> impl Iterator<Item = &str> {
        let causes = self.causes().into_iter().flat_map(BTreeMap::keys);
        causes.map(String::as_str)
    }

    /// The last moment until `now` in which it ran.
    pub(super) fn ran_until(&self, now: Timestamp) -> Timestamp {
        let causes = self.causes().into_iter().flat_map(BTreeMap::values);
        causes.fold(now, |first, since| first.min(*since))
    }

    /// The one put by hand, or what is computed of the pauses that are over.
    pub(super) fn promised(&self) -> Timestamp {
        self.manual.unwrap_or(self.due.due_at)
    }

    /// What a ticker waits for: what [`Clock::tick`] tells next, if nothing else happens. Of a clock that
    /// stands still it is what had come before that; of one that is stopped there is nothing.
    pub fn next_deadline(&self) -> Option<Deadline> {
        let causes = self.causes()?;
        let is_reached = |at: Timestamp| causes.values().all(|since| at < *since);
        let at = self.promised();
        let due = (self.told.breach != Some(at)).then_some(Deadline::Due { at });
        let warnings = self.untold_warnings().map(|it| Deadline::Warning(*it));
        let all = warnings.chain(due).filter(|it| is_reached(it.at()));
        all.min_by_key(|it| it.at())
    }

    /// How much of the target was used by `now`.
    pub fn elapsed(
        &self,
        now: Timestamp,
        calendars: &impl Calendars,
    ) -> Result<SignedDuration, ClockRefusal> {
        let calendar = Self::calendar_of(&self.terms, calendars)?;
        let (until, left_out) = self.by(now);
        let basis = self.terms.target.basis();
        Ok(elapsed(calendar, basis, self.started_at, until, &left_out)?)
    }

    /// How much of the target is left; negative where more was used.
    pub fn remaining(
        &self,
        now: Timestamp,
        calendars: &impl Calendars,
    ) -> Result<SignedDuration, ClockRefusal> {
        let calendar = Self::calendar_of(&self.terms, calendars)?;
        let budget = budget(calendar, self.terms.target, self.started_at)?;
        Ok(budget - self.elapsed(now, calendars)?)
    }

    pub fn explain(
        &self,
        now: Timestamp,
        calendars: &impl Calendars,
    ) -> Result<Explained, ClockRefusal> {
        let calendar = Self::calendar_of(&self.terms, calendars)?;
        let (until, left_out) = self.by(now);
        let basis = self.terms.target.basis();
        let recomputed = promise(&self.terms, self.started_at, &left_out, calendars)?;
        let promised = self.manual.unwrap_or(self.due.due_at);
        let is_paused = matches!(self.status(), Status::Paused { .. });
        let differs = promised != recomputed.due_at && (self.is_manual() || !is_paused);
        Ok(Explained {
            spans: explain(calendar, basis, self.started_at, until, &left_out)?,
            elapsed: self.elapsed(now, calendars)?,
            budget: budget(calendar, self.terms.target, self.started_at)?,
            recomputed,
            promised: differs.then_some(promised),
            promised_by: self.due.engine.clone(),
        })
    }

    /// Until when there is something to tell by `now`, and what of it is left out.
    fn by(&self, now: Timestamp) -> (Timestamp, Pauses) {
        match &self.state {
            State::Stopped(end) => (end.at.min(now), self.left_out(None)),
            State::Open { causes } => {
                let mut left_out = self.left_out(None);
                for (cause, from) in causes.iter().filter(|(_, since)| **since < now) {
                    left_out.insert(crate::Pause {
                        from: *from,
                        to: now,
                        cause: cause.clone(),
                    });
                }
                debug_assert!(!causes.contains_key(STOPPED), "no cause of a pause");
                (now, left_out)
            }
        }
    }
}
