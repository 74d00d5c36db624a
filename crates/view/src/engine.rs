//! Folding records in memory: causes first, nothing left of a record that fails.

use std::collections::BTreeMap;

use redress_envelope::{Cause, Record};
use redress_event_log::{LOG_STREAMS, Lives};

use crate::fold::{FoldError, Folder};
use crate::overlay::{Below, Overlay};
use crate::progress::{Followed, Incomplete};
use crate::rows::Rows;
use crate::stop::Stop;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Folded,
    /// Its cause is not folded yet.
    Waits(Cause),
}

/// The rows and positions in the making.
#[derive(Debug)]
pub(crate) struct Engine {
    folder: Folder,
    followed: Vec<Followed>,
    /// Of each followed log, as they were when they were last looked at.
    lives: Vec<Lives>,
    /// The position of the next record, for each followed log.
    pub(crate) next: Vec<u64>,
    pub(crate) incomplete: BTreeMap<String, Incomplete>,
    pub(crate) overlay: Overlay,
}

impl Engine {
    pub(crate) fn new(
        folder: Folder,
        followed: Vec<Followed>,
        next: Vec<u64>,
        incomplete: BTreeMap<String, Incomplete>,
    ) -> Self {
        Self {
            folder,
            lives: followed.iter().map(Followed::lives).collect(),
            followed,
            next,
            incomplete,
            overlay: Overlay::default(),
        }
    }

    pub(crate) fn followed(&self) -> &[Followed] {
        &self.followed
    }

    /// Folds the next record of a log, unless its cause has to come first.
    pub(crate) fn step(
        &mut self,
        source: usize,
        record: &Record,
        below: &dyn Below,
    ) -> Result<Step, Stop> {
        self.check(source, record)?;
        if let Some(cause) = self.missing_cause(source, record) {
            return Ok(Step::Waits(cause));
        }
        // What a log says of itself is nothing that anybody asks a view.
        if record.subject.kind() == LOG_STREAMS {
            self.next[source] += 1;
            return Ok(Step::Folded);
        }
        let mut rows = Rows {
            overlay: &mut self.overlay,
            below,
        };
        match self.folder.fold(record, &mut rows) {
            Ok(()) => self.overlay.keep(),
            Err(FoldError::UnknownType(kind)) => {
                self.overlay.undo();
                let place = self.followed[source].place.clone();
                let here = Incomplete {
                    position: record.position,
                    kind,
                };
                self.incomplete.entry(place).or_insert(here);
            }
            Err(FoldError::Broken(why)) => {
                self.overlay.undo();
                return Err(self.broken(source, why));
            }
            Err(FoldError::Rows(error)) => {
                self.overlay.undo();
                return Err(Stop::Rows {
                    why: error.to_string(),
                });
            }
        }
        self.next[source] += 1;
        Ok(Step::Folded)
    }

    pub(crate) fn broken(&self, source: usize, why: String) -> Stop {
        let place = self.followed[source].place.clone();
        Stop::Broken {
            place,
            position: self.next[source],
            why,
        }
    }

    fn check(&mut self, source: usize, record: &Record) -> Result<(), Stop> {
        let (followed, position) = (&self.followed[source], self.next[source]);
        if record.log != self.lives[source].log_at(position) {
            self.lives[source] = followed.lives();
        }
        let is_its = record.log == self.lives[source].log_at(position);
        if record.position == position && is_its {
            return Ok(());
        }
        let why = format!("it says that it is {}/{}", record.log, record.position);
        Err(Stop::Source {
            place: followed.place.clone(),
            position,
            why,
        })
    }

    /// The record's cause, if it lies in another followed log and is not folded yet.
    fn missing_cause(&self, source: usize, record: &Record) -> Option<Cause> {
        let cause = record.context.causation?;
        let own = self.holds(source, cause);
        (!own && self.lacks(cause)).then_some(cause)
    }

    /// Whether the record lies in a followed log and is not folded yet.
    pub(crate) fn lacks(&self, cause: Cause) -> bool {
        let mut logs = 0..self.followed.len();
        let at = logs.find(|source| self.holds(*source, cause));
        at.is_some_and(|at| self.next[at] <= cause.position)
    }

    /// Whether the record is, or will be, one of a followed log. One that was declared lost is in none.
    fn holds(&self, source: usize, cause: Cause) -> bool {
        self.followed[source].partition == cause.partition
            && self.lives[source].log_at(cause.position) == cause.log
    }
}
