//! The part of a running view that may wait for the disk: folds what has arrived and writes it.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use bytes::Bytes;
use redress_envelope::{Cause, Record};
use redress_event_log::{Cursor, Cursors, Stored};
use redress_evidence::leaf_hash;

use crate::engine::{Engine, Step};
use crate::generation::Generation;
use crate::progress::Progress;
use crate::shared::Shared;
use crate::stop::Stop;
use crate::view::ViewOptions;

/// Why the fold paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    /// A batch was full and is written; more has arrived.
    Full,
    /// All that has arrived is folded or held back.
    Starved,
}

#[derive(Debug)]
pub(crate) struct Core {
    engine: Engine,
    /// What has arrived and is not folded, for each followed log.
    arrived: Vec<Arrived>,
    /// Records folded since the last commit.
    uncommitted: usize,
    cursors: Cursors,
    pub(crate) generation: Arc<Generation>,
    shared: Arc<Shared>,
    options: ViewOptions,
}

#[derive(Debug, Default)]
struct Arrived {
    records: VecDeque<Stored>,
    /// The first of them decoded, if it has to wait.
    held: Option<(Record, Cause)>,
    /// The last record that was folded and is not in the cursors yet.
    last: Option<Bytes>,
}

impl Core {
    pub(crate) fn new(
        shared: Arc<Shared>,
        generation: Arc<Generation>,
        options: ViewOptions,
    ) -> Self {
        let (progress, followed) = (generation.progress(), shared.followed.clone());
        let next = progress.positions(&followed);
        let arrived = followed.iter().map(|_| Arrived::default()).collect();
        Self {
            engine: Engine::new(
                shared.folder.clone(),
                followed,
                next,
                progress.incomplete.clone(),
            ),
            arrived,
            uncommitted: 0,
            cursors: progress.cursors.clone(),
            generation,
            shared,
            options,
        }
    }

    pub(crate) fn wants(&self, source: usize) -> bool {
        self.arrived[source].records.is_empty()
    }

    pub(crate) fn take(&mut self, source: usize, chunk: Vec<Stored>) {
        self.arrived[source].records = chunk.into();
    }

    pub(crate) fn has_uncommitted(&self) -> bool {
        self.uncommitted > 0
    }

    /// Folds what has arrived until a batch is full or nothing more can be folded. Writes a full
    /// batch, and any batch unless more is `expected` shortly.
    pub(crate) fn work(&mut self, expected: bool) -> Result<Pause, Stop> {
        let pause = match self.fold() {
            Ok(pause) => pause,
            // What came before is as good as ever.
            Err(stop @ Stop::Broken { .. }) => {
                self.commit()?;
                return Err(stop);
            }
            Err(stop) => return Err(stop),
        };
        self.note_waiting();
        if pause == Pause::Full || !expected {
            self.commit()?;
        }
        Ok(pause)
    }

    fn fold(&mut self) -> Result<Pause, Stop> {
        loop {
            let before = self.uncommitted;
            for source in 0..self.arrived.len() {
                while !self.arrived[source].records.is_empty() {
                    if self.is_full() {
                        return Ok(Pause::Full);
                    }
                    if !self.fold_first(source)? {
                        break;
                    }
                }
            }
            if self.uncommitted == before {
                return Ok(Pause::Starved);
            }
        }
    }

    fn is_full(&self) -> bool {
        self.uncommitted >= self.options.batch_records
            || self.engine.overlay.bytes() >= self.options.batch_bytes
    }

    /// Folds the first record that arrived from a log; false if it has to wait for its cause.
    fn fold_first(&mut self, source: usize) -> Result<bool, Stop> {
        let arrived = &mut self.arrived[source];
        let (Some(first), held) = (arrived.records.front(), arrived.held.take()) else {
            return Ok(false);
        };
        let record = match held {
            Some((record, _)) => record,
            None => Record::decode(&first.bytes)
                .map_err(|error| self.engine.broken(source, error.to_string()))?,
        };
        match self
            .engine
            .step(source, &record, self.generation.as_ref())?
        {
            Step::Folded => {
                arrived.last = arrived.records.pop_front().map(|stored| stored.bytes);
                self.uncommitted += 1;
                Ok(true)
            }
            Step::Waits(cause) => {
                arrived.held = Some((record, cause));
                Ok(false)
            }
        }
    }

    fn note_waiting(&self) {
        let held = |arrived: &Arrived| arrived.held.as_ref().map(|(_, cause)| *cause);
        // A full batch may end before who was held back is looked at again.
        let missing = |arrived: &Arrived| held(arrived).filter(|cause| self.engine.lacks(*cause));
        let causes = self.arrived.iter().map(missing).collect();
        *self
            .generation
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = causes;
    }

    /// Writes rows and positions, and tells who waits for them.
    pub(crate) fn commit(&mut self) -> Result<(), Stop> {
        if self.uncommitted == 0 {
            return Ok(());
        }
        for (source, arrived) in self.arrived.iter_mut().enumerate() {
            let Some(bytes) = arrived.last.take() else {
                continue;
            };
            let (followed, next) = (&self.engine.followed()[source], self.engine.next[source]);
            let cursor = Cursor {
                log: followed.log,
                next,
                hash: leaf_hash(&bytes),
            };
            self.cursors.insert(followed.place.clone(), cursor);
        }
        let progress = Progress {
            cursors: self.cursors.clone(),
            incomplete: self.engine.incomplete.clone(),
            ..Progress::none(self.engine.followed())
        };
        self.generation
            .commit(self.engine.overlay.take(), progress)
            .map_err(|error| Stop::Rows {
                why: error.to_string(),
            })?;
        self.uncommitted = 0;
        self.shared.committed(&self.generation);
        Ok(())
    }
}
