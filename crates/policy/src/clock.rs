//! One clock: a promise with a due time, as the fold of what happened to it.
//!
//! What was promised is stored with the events ([`Due`]), so that re-reading them gives the same answer
//! for ever, whatever becomes of policies, time-zone data or this engine. Commands compute; the fold
//! only keeps.

pub mod event;

mod ask;
mod decide;
mod refusal;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{Calendar, Pause, Pauses};

pub use ask::{Deadline, Explained, Status};
pub use decide::Retargeting;
pub use event::{Due, Event, Terms, Warning};
pub use refusal::ClockRefusal;

/// The calendars of every version of every policy that a clock may be under.
pub trait Calendars {
    fn calendar(&self, policy: &str, name: &str) -> Option<&Calendar>;
}

/// Why the time between a stop and going on does not count, where intervals are explained.
pub const STOPPED: &str = "stopped";

/// Where a clock stands. It begins with the event that started it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    name: String,
    started_at: Timestamp,
    terms: Terms,
    due: Due,
    /// Put by a person.
    manual: Option<Timestamp>,
    /// What is over of them; the time in which the clock was stopped is kept apart.
    pauses: Pauses,
    stops: Vec<Pause>,
    told: Told,
    state: State,
}

/// What was told of it, so that it is told once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Told {
    /// By the share of the target, when it was used.
    warnings: BTreeMap<u8, Timestamp>,
    /// The due time that passed.
    breach: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// Paused while there is a cause; each has the time since when.
    Open {
        causes: BTreeMap<String, Timestamp>,
    },
    Stopped(End),
}

/// How it ended, as far as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    at: Timestamp,
    is_fulfilled: bool,
    is_in_time: bool,
}

impl Clock {
    pub fn new(started: &event::Started) -> Self {
        Self {
            name: started.clock.clone(),
            started_at: started.occurred_at,
            terms: started.terms.clone(),
            due: started.due.clone(),
            manual: None,
            pauses: Pauses::NONE,
            stops: Vec::new(),
            told: Told::default(),
            state: State::Open {
                causes: BTreeMap::new(),
            },
        }
    }

    /// Folds an event. What makes no sense, as a pause of a stopped clock, changes nothing.
    pub fn evolve(&mut self, event: &Event) {
        match event {
            Event::Started(started) => *self = Self::new(started),
            Event::Paused(paused) => {
                if let State::Open { causes } = &mut self.state {
                    let since = causes.entry(paused.cause.clone());
                    since.or_insert(paused.occurred_at);
                }
            }
            Event::Resumed(resumed) => {
                if let State::Open { causes } = &mut self.state
                    && let Some(from) = causes.remove(&resumed.cause)
                {
                    self.pauses.insert(Pause {
                        from,
                        to: resumed.occurred_at.max(from),
                        cause: resumed.cause.clone(),
                    });
                    self.due = resumed.due.clone();
                }
            }
            Event::Retargeted(retargeted) => {
                self.terms = retargeted.terms.clone();
                self.due = retargeted.due.clone();
            }
            Event::DueDateSet(set) => self.manual = Some(set.due_at),
            Event::DueDateCleared(_) => self.manual = None,
            Event::Warned(warned) => {
                let warnings = &mut self.told.warnings;
                warnings.insert(warned.percent, warned.occurred_at);
            }
            Event::Breached(breached) => self.told.breach = Some(breached.due_at),
            Event::Stopped(stopped) => self.stop(stopped),
            Event::Continued(continued) => {
                if let State::Stopped(End { at, .. }) = self.state {
                    self.stops.push(Pause {
                        from: at,
                        to: continued.occurred_at.max(at),
                        cause: STOPPED.to_owned(),
                    });
                    self.due = continued.due.clone();
                    let causes = BTreeMap::new();
                    self.state = State::Open { causes };
                }
            }
        }
    }

    fn stop(&mut self, stopped: &event::Stopped) {
        if let State::Open { .. } = &self.state {
            let at = stopped.occurred_at;
            self.pauses = self.paused_until(at);
            self.due = stopped.due.clone();
            self.state = State::Stopped(End {
                at,
                is_fulfilled: stopped.is_fulfilled,
                is_in_time: stopped.is_in_time,
            });
        }
    }

    /// The pauses until then, with those that are not over; what is said to be later is left out,
    /// because it happened to a clock that had stopped.
    fn paused_until(&self, at: Timestamp) -> Pauses {
        let mut until = Pauses::NONE;
        for pause in self.pauses.as_slice().iter().filter(|it| it.from < at) {
            until.insert(Pause {
                to: pause.to.min(at),
                ..pause.clone()
            });
        }
        if let State::Open { causes } = &self.state {
            for (cause, from) in causes.iter().filter(|(_, from)| **from < at) {
                let (from, cause) = (*from, cause.clone());
                until.insert(Pause {
                    from,
                    to: at,
                    cause,
                });
            }
        }
        until
    }
}
