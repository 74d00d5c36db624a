//! The part of a running view that may wait for the disk: folds what has arrived and has it written.

use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use redress_envelope::{Cause, LogId};
use redress_event_log::{Cursor, Cursors};
use redress_evidence::leaf_hash;

use crate::batch::Batch;
use crate::engine::{Engine, Step};
use crate::feed::{Arrival, Chunk, Inlet};
use crate::generation::Generation;
use crate::progress::Progress;
use crate::shared::Shared;
use crate::stop::Stop;
use crate::view::ViewOptions;
use crate::written::Written;

/// Why the fold paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    /// A batch was full and is being written; more has arrived.
    Full,
    /// All that has arrived is folded or held back.
    Starved,
}

#[derive(Debug)]
pub(crate) struct Core {
    engine: Engine,
    inlets: Vec<Inlet>,
    /// What has arrived and is not folded, for each followed log.
    arrived: Vec<Arrived>,
    /// Records folded since the last batch.
    uncommitted: usize,
    cursors: Cursors,
    generation: Arc<Generation>,
    written: Written,
    options: ViewOptions,
}

#[derive(Debug, Default)]
struct Arrived {
    records: Vec<Arrival>,
    /// How many of them are folded.
    folded: usize,
    /// Why the next of them was held back when it was looked at.
    held: Option<Cause>,
    /// As many arrived together as were asked for: more is there, probably.
    more: bool,
    /// The last record of those before, if it is not in the cursors yet.
    last: Option<Last>,
}

/// The life in which a record was written, and its bytes.
type Last = (LogId, Bytes);

fn last_of(arrival: &Arrival) -> Option<Last> {
    let record = arrival.record.as_ref().ok()?;
    Some((record.log, arrival.bytes.clone()))
}

impl Arrived {
    fn next(&self) -> Option<&Arrival> {
        self.records.get(self.folded)
    }

    fn is_empty(&self) -> bool {
        self.folded == self.records.len()
    }

    /// The next record is folded. Answers with the records once all are.
    fn pass(&mut self) -> Option<Vec<Arrival>> {
        self.held = None;
        self.folded += 1;
        if !self.is_empty() {
            return None;
        }
        self.folded = 0;
        let records = std::mem::take(&mut self.records);
        self.last = records.last().and_then(last_of);
        Some(records)
    }

    /// The last record that was folded, once the cursors are to have it.
    fn take_last(&mut self) -> Option<Last> {
        let last = self.last.take();
        let in_hand = self.folded.checked_sub(1);
        in_hand.map_or(last, |last| last_of(&self.records[last]))
    }
}

impl Core {
    pub(crate) fn new(
        shared: Arc<Shared>,
        generation: Arc<Generation>,
        inlets: Vec<Inlet>,
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
            inlets,
            arrived,
            uncommitted: 0,
            cursors: progress.cursors.clone(),
            written: Written::new(Arc::clone(&generation), shared, options),
            generation,
            options,
        }
    }

    pub(crate) fn has_uncommitted(&self) -> bool {
        self.uncommitted > 0 || self.written.is_writing()
    }

    /// Whether nobody reads these rows yet.
    pub(crate) fn is_building(&self) -> bool {
        self.generation.is_building()
    }

    /// The logs of which nothing is left to fold.
    fn wanted(&self) -> impl Iterator<Item = usize> {
        let empty = |source: &usize| self.arrived[*source].is_empty();
        (0..self.arrived.len()).filter(empty)
    }

    /// Whether records of a log that is wanted have been read and come at once.
    pub(crate) fn is_being_fed(&self) -> bool {
        self.wanted().any(|source| self.inlets[source].is_busy())
    }

    /// The next chunk of any log that is wanted.
    pub(crate) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Stop>> {
        for source in self.wanted().collect::<Vec<_>>() {
            if let Poll::Ready(chunk) = self.inlets[source].chunks.poll_recv(context) {
                return Poll::Ready(self.take(source, chunk));
            }
        }
        Poll::Pending
    }

    /// Takes what has been read already; says whether there was any.
    fn take_waiting(&mut self) -> Result<bool, Stop> {
        let mut any = false;
        for source in self.wanted().collect::<Vec<_>>() {
            if let Ok(chunk) = self.inlets[source].chunks.try_recv() {
                self.take(source, Some(chunk))?;
                any = true;
            }
        }
        Ok(any)
    }

    fn take(&mut self, source: usize, chunk: Option<Chunk>) -> Result<(), Stop> {
        let ended = || Stop::Source {
            place: self.engine.followed()[source].place.clone(),
            position: self.engine.next[source],
            why: "its reader has ended".to_owned(),
        };
        let chunk = chunk.ok_or_else(ended)??;
        self.arrived[source].more = chunk.len() >= self.options.read_records;
        self.arrived[source].records = chunk;
        Ok(())
    }

    /// Folds until a batch is full or nothing more can be folded. A full batch is written while the
    /// fold goes on; any other at once, unless the caller is `patient` and more should come shortly.
    pub(crate) fn work(&mut self, patient: bool) -> Result<Pause, Stop> {
        let mut pause = self.fold()?;
        while pause == Pause::Starved && self.take_waiting()? {
            pause = self.fold()?;
        }
        self.note_waiting();
        let more = |source: usize| self.arrived[source].more || self.inlets[source].is_busy();
        if pause == Pause::Full {
            let (batch, progress) = self.end_batch();
            self.written.write_behind(batch, progress)?;
        } else if !patient || !self.wanted().any(more) {
            self.commit()?;
        }
        Ok(pause)
    }

    fn fold(&mut self) -> Result<Pause, Stop> {
        let most = self.options.batch_of(&self.generation);
        loop {
            let before = self.uncommitted;
            for source in 0..self.arrived.len() {
                while !self.arrived[source].is_empty() {
                    if self.is_full(most) {
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

    fn is_full(&self, (records, bytes): (usize, usize)) -> bool {
        self.uncommitted >= records || self.engine.overlay.bytes() >= bytes
    }

    /// Folds the first record that arrived from a log; false if it has to wait for its cause.
    fn fold_first(&mut self, source: usize) -> Result<bool, Stop> {
        let arrived = &mut self.arrived[source];
        let Some(next) = arrived.next() else {
            return Ok(false);
        };
        let record = match &next.record {
            Ok(record) => record,
            Err(why) => return Err(self.engine.broken(source, why.clone())),
        };
        match self.engine.step(source, record, &self.written)? {
            Step::Folded => {
                // What comes seldom is freed at once, and not when the next comes.
                if let Some(folded) = arrived.pass().filter(|_| arrived.more) {
                    self.inlets[source].give_back(folded);
                }
                self.uncommitted += 1;
                Ok(true)
            }
            Step::Waits(cause) => {
                arrived.held = Some(cause);
                Ok(false)
            }
        }
    }

    fn note_waiting(&self) {
        // A full batch may end before who was held back is looked at again.
        let missing = |arrived: &Arrived| arrived.held.filter(|cause| self.engine.lacks(*cause));
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
            return self.written.settle();
        }
        let (batch, progress) = self.end_batch();
        self.written.write(batch, progress)
    }

    /// Waits for what is being written.
    pub(crate) fn settle(&mut self) -> Result<(), Stop> {
        self.written.settle()
    }

    /// What was folded, and where that leaves the logs.
    fn end_batch(&mut self) -> (Batch, Progress) {
        for (source, arrived) in self.arrived.iter_mut().enumerate() {
            let Some((log, bytes)) = arrived.take_last() else {
                continue;
            };
            let (followed, next) = (&self.engine.followed()[source], self.engine.next[source]);
            // The first `next` records of that life: whether they still are those of the log, can be told.
            let cursor = Cursor {
                log,
                next,
                hash: leaf_hash(&bytes),
            };
            self.cursors.insert(followed.place.clone(), cursor);
        }
        self.uncommitted = 0;
        let progress = Progress {
            cursors: self.cursors.clone(),
            incomplete: self.engine.incomplete.clone(),
            ..Progress::none(self.engine.followed())
        };
        (self.engine.overlay.take(), progress)
    }
}
