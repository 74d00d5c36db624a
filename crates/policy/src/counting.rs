//! What counts from a moment on, pauses left out. Nothing here allocates.

use crate::calendar::{Calendar, Working};
use crate::pause::Pause;
use crate::target::Basis;
use crate::time::{END, clamped};

/// A time that counts, without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

#[derive(Debug, Clone)]
enum Source<'a> {
    Business(Working<'a>),
    Calendar(Option<Counted>),
}

#[derive(Debug, Clone)]
pub(crate) struct Counting<'a> {
    source: Source<'a>,
    current: Option<Counted>,
    /// Everything before is behind us.
    at: i64,
    /// In the order in which they begin; those that ended by `at` are gone.
    pauses: &'a [Pause],
}

impl<'a> Counting<'a> {
    pub(crate) fn new(
        calendar: &'a Calendar,
        basis: Basis,
        from: i64,
        pauses: &'a [Pause],
    ) -> Self {
        let source = match basis {
            Basis::Business => Source::Business(calendar.working_from(from)),
            Basis::Calendar => Source::Calendar(Some(Counted { from, to: END })),
        };
        Self {
            source,
            current: None,
            at: from,
            pauses,
        }
    }

    fn next_source(&mut self) -> Option<Counted> {
        match &mut self.source {
            Source::Business(working) => working.next().map(|it| Counted {
                from: it.from,
                to: it.to,
            }),
            Source::Calendar(all) => all.take(),
        }
    }

    /// How much counts until a moment.
    pub(crate) fn until(self, to: i64) -> i64 {
        let mut sum = 0;
        for counted in self {
            if counted.from >= to {
                break;
            }
            sum += counted.to.min(to) - counted.from;
        }
        sum
    }

    /// The first moment by which so much has counted: where that is at closing, then at closing.
    pub(crate) fn reach(self, budget: i64) -> Option<i64> {
        let mut left = budget;
        for counted in self {
            let length = counted.to - counted.from;
            if left <= length {
                return Some(counted.from + left);
            }
            left -= length;
        }
        None
    }

    /// The last moment by which no more has counted: where that is at closing, then when it goes on.
    pub(crate) fn exceed(self, budget: i64) -> Option<i64> {
        let mut left = budget;
        for counted in self {
            let length = counted.to - counted.from;
            if left < length {
                return Some(counted.from + left);
            }
            left -= length;
        }
        None
    }
}

impl Iterator for Counting<'_> {
    type Item = Counted;

    fn next(&mut self) -> Option<Counted> {
        loop {
            if self.at >= END {
                return None;
            }
            let current = match self.current {
                Some(current) => current,
                None => self.next_source()?,
            };
            self.current = None;
            let from = current.from.max(self.at);
            if from >= current.to {
                continue;
            }
            while let Some((pause, later)) = self.pauses.split_first()
                && clamped(pause.to) <= from
            {
                self.pauses = later;
            }
            let pause = self
                .pauses
                .first()
                .map(|it| (clamped(it.from), clamped(it.to)));
            let to = match pause {
                Some((begins, ends)) if begins <= from => {
                    self.at = ends;
                    // What is left of it, if anything, is looked at again.
                    self.current = (ends < current.to).then_some(current);
                    continue;
                }
                Some((begins, _)) if begins < current.to => {
                    self.current = Some(current);
                    begins
                }
                Some(_) | None => current.to,
            };
            self.at = to;
            return Some(Counted { from, to });
        }
    }
}
