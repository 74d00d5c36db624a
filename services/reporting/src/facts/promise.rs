//! The clocks of a complaint, as far as reports count them: each time that one began is a promise, and
//! each promise ends in one way.
//!
//! The policy's own crate decides and folds; this is a shorter reading of the same events, which knows no
//! calendar: what was due when stands in the events.

use std::collections::BTreeMap;

use redress_policy::clock::Event;

use super::bytes::{Reader, Writer};

/// One event of a clock. Times are microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat<'a> {
    Started {
        at: i64,
        due: i64,
    },
    Paused {
        at: i64,
        cause: &'a str,
    },
    Resumed {
        due: i64,
        cause: &'a str,
    },
    /// Went on after a stop.
    Continued {
        due: i64,
    },
    Retargeted {
        due: i64,
    },
    DueDateSet {
        due: i64,
    },
    DueDateCleared,
    Stopped {
        is_fulfilled: bool,
        is_in_time: bool,
    },
}

impl<'a> Beat<'a> {
    /// None if nothing of the event is counted: whether it is late is seen from its due time.
    pub(super) fn of(event: &'a Event) -> Option<Self> {
        Some(match event {
            Event::Started(it) => Self::Started {
                at: it.occurred_at.as_microsecond(),
                due: it.due.due_at.as_microsecond(),
            },
            Event::Paused(it) => Self::Paused {
                at: it.occurred_at.as_microsecond(),
                cause: &it.cause,
            },
            Event::Resumed(it) => Self::Resumed {
                due: it.due.due_at.as_microsecond(),
                cause: &it.cause,
            },
            Event::Continued(it) => Self::Continued {
                due: it.due.due_at.as_microsecond(),
            },
            Event::Retargeted(it) => Self::Retargeted {
                due: it.due.due_at.as_microsecond(),
            },
            Event::DueDateSet(it) => Self::DueDateSet {
                due: it.due_at.as_microsecond(),
            },
            Event::DueDateCleared(_) => Self::DueDateCleared,
            Event::Stopped(it) => Self::Stopped {
                is_fulfilled: it.is_fulfilled,
                is_in_time: it.is_in_time,
            },
            Event::Warned(_) | Event::Breached(_) => return None,
        })
    }

    /// A byte that says which, the clock, and what it holds.
    pub(super) fn row(&self, clock: &str) -> Vec<u8> {
        let mut row = Writer::default();
        row.byte(self.tag());
        row.text(clock);
        match self {
            Self::Started { at, due } => {
                row.number(*at);
                row.number(*due);
            }
            Self::Paused { at, cause } => {
                row.number(*at);
                row.text(cause);
            }
            Self::Resumed { due, cause } => {
                row.number(*due);
                row.text(cause);
            }
            Self::Continued { due } | Self::Retargeted { due } | Self::DueDateSet { due } => {
                row.number(*due);
            }
            Self::DueDateCleared => {}
            Self::Stopped {
                is_fulfilled,
                is_in_time,
            } => {
                row.byte(u8::from(*is_fulfilled));
                row.byte(u8::from(*is_in_time));
            }
        }
        row.finish()
    }

    fn tag(&self) -> u8 {
        match self {
            Self::Started { .. } => 0,
            Self::Paused { .. } => 1,
            Self::Resumed { .. } => 2,
            Self::Continued { .. } => 3,
            Self::Retargeted { .. } => 4,
            Self::DueDateSet { .. } => 5,
            Self::DueDateCleared => 6,
            Self::Stopped { .. } => 7,
        }
    }

    pub(super) fn read(row: &'a [u8]) -> Option<(&'a str, Self)> {
        let mut from = Reader(row);
        let tag = from.byte()?;
        let clock = from.text()?;
        let beat = match tag {
            0 => Self::Started {
                at: from.number()?,
                due: from.number()?,
            },
            1 => Self::Paused {
                at: from.number()?,
                cause: from.text()?,
            },
            2 => Self::Resumed {
                due: from.number()?,
                cause: from.text()?,
            },
            3 => Self::Continued {
                due: from.number()?,
            },
            4 => Self::Retargeted {
                due: from.number()?,
            },
            5 => Self::DueDateSet {
                due: from.number()?,
            },
            6 => Self::DueDateCleared,
            7 => Self::Stopped {
                is_fulfilled: from.byte()? == 1,
                is_in_time: from.byte()? == 1,
            },
            _ => return None,
        };
        Some((clock, beat))
    }
}

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Done by its due time.
    Met,
    /// Done, or promised no longer, after its due time.
    EndedLate,
    /// Promised no longer, by its due time.
    Cancelled,
    Running,
    Paused,
    /// It was due, and is not done.
    LateStill,
}

/// One promise: from when a clock began until it ended, began anew, or now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promise {
    /// Microseconds.
    pub(crate) began: i64,
    due: i64,
    by_hand: Option<i64>,
    /// For what it stands still, since when.
    causes: BTreeMap<String, i64>,
    /// How it ended: whether it was done, and by then.
    end: Option<(bool, bool)>,
}

impl Promise {
    /// `at`, in microseconds, is the moment of the answer. What is done at the due time is done in time, and
    /// what stands still does not get late.
    pub(crate) fn standing(&self, at: i64) -> Standing {
        match self.end {
            Some((true, true)) => Standing::Met,
            Some((false, true)) => Standing::Cancelled,
            Some((_, false)) => Standing::EndedLate,
            None if self.ran_until(at) > self.promised() => Standing::LateStill,
            None if self.causes.is_empty() => Standing::Running,
            None => Standing::Paused,
        }
    }

    fn ran_until(&self, at: i64) -> i64 {
        self.causes
            .values()
            .fold(at, |first, since| first.min(*since))
    }

    fn promised(&self) -> i64 {
        self.by_hand.unwrap_or(self.due)
    }

    /// What was promised again before it ended was done then.
    fn began_anew(&mut self, at: i64) {
        if self.end.is_none() {
            self.end = Some((true, self.ran_until(at) <= self.promised()));
        }
    }
}

/// All promises of one complaint, by the names of their clocks.
#[derive(Debug, Default)]
pub(crate) struct Promises(BTreeMap<String, Vec<Promise>>);

impl Promises {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Promise)> {
        let all = self.0.iter();
        all.flat_map(|(clock, promises)| promises.iter().map(move |it| (clock.as_str(), it)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn take(&mut self, clock: &str, beat: Beat<'_>) {
        let promises = match self.0.get_mut(clock) {
            Some(promises) => promises,
            None => self.0.entry(clock.to_owned()).or_default(),
        };
        if let Beat::Started { at, due } = beat {
            if let Some(last) = promises.last_mut() {
                last.began_anew(at);
            }
            promises.push(Promise {
                began: at,
                due,
                by_hand: None,
                causes: BTreeMap::new(),
                end: None,
            });
        } else if let Some(last) = promises.last_mut() {
            last.take(beat);
        }
    }
}

impl Promise {
    fn take(&mut self, beat: Beat<'_>) {
        match beat {
            Beat::Started { .. } => {}
            Beat::Paused { at, cause } => {
                self.causes.entry(cause.to_owned()).or_insert(at);
            }
            Beat::Resumed { due, cause } => {
                if self.causes.remove(cause).is_some() {
                    self.due = due;
                }
            }
            Beat::Continued { due } => {
                self.due = due;
                self.end = None;
            }
            Beat::Retargeted { due } => self.due = due,
            Beat::DueDateSet { due } => self.by_hand = Some(due),
            Beat::DueDateCleared => self.by_hand = None,
            Beat::Stopped {
                is_fulfilled,
                is_in_time,
            } => {
                self.causes.clear();
                self.end = Some((is_fulfilled, is_in_time));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(beats: &[Beat<'_>], at: i64) -> Vec<Standing> {
        let mut promises = Promises::default();
        for beat in beats {
            let row = beat.row("ours/answer");
            let (clock, read) = Beat::read(&row).unwrap();
            assert_eq!(read, *beat);
            promises.take(clock, read);
        }
        promises.iter().map(|(_, it)| it.standing(at)).collect()
    }

    const STARTED: Beat<'static> = Beat::Started { at: 10, due: 20 };

    const fn stopped(is_fulfilled: bool, is_in_time: bool) -> Beat<'static> {
        Beat::Stopped {
            is_fulfilled,
            is_in_time,
        }
    }

    #[test]
    fn a_promise_stands_in_one_way() {
        let paused = Beat::Paused {
            at: 15,
            cause: "on_hold",
        };
        let resumed = Beat::Resumed {
            due: 40,
            cause: "on_hold",
        };
        for (beats, at, expected) in [
            (&[STARTED][..], 20, Standing::Running),
            (&[STARTED], 21, Standing::LateStill),
            (&[STARTED, paused], 99, Standing::Paused),
            (&[STARTED, paused, resumed], 40, Standing::Running),
            (&[STARTED, paused, resumed], 41, Standing::LateStill),
            (&[STARTED, stopped(true, true)], 99, Standing::Met),
            (&[STARTED, stopped(true, false)], 99, Standing::EndedLate),
            (&[STARTED, stopped(false, false)], 99, Standing::EndedLate),
            (&[STARTED, stopped(false, true)], 99, Standing::Cancelled),
            (
                &[STARTED, Beat::DueDateSet { due: 50 }],
                50,
                Standing::Running,
            ),
            (
                &[STARTED, Beat::DueDateSet { due: 50 }, Beat::DueDateCleared],
                50,
                Standing::LateStill,
            ),
            (
                &[STARTED, Beat::Retargeted { due: 30 }],
                30,
                Standing::Running,
            ),
            (
                &[STARTED, stopped(true, false), Beat::Continued { due: 90 }],
                80,
                Standing::Running,
            ),
        ] {
            assert_eq!(standing(beats, at), [expected], "{beats:?}");
        }
        // A clock that paused after it was due stays late.
        let late = Beat::Paused {
            at: 25,
            cause: "on_hold",
        };
        assert_eq!(standing(&[STARTED, late], 99), [Standing::LateStill]);
    }

    #[test]
    fn a_clock_that_begins_anew_is_another_promise() {
        let again = |at| Beat::Started { at, due: at + 10 };
        assert_eq!(
            standing(&[STARTED, again(20), again(31)], 35),
            [Standing::Met, Standing::EndedLate, Standing::Running]
        );
        assert_eq!(
            standing(&[STARTED, stopped(true, true), again(50)], 99),
            [Standing::Met, Standing::LateStill]
        );
    }
}
