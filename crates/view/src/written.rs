//! The rows below the fold: written, or being written while the fold goes on.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::thread;

use redress_store::RowError;

use crate::batch::{Batch, Change};
use crate::generation::Generation;
use crate::overlay::{Below, See};
use crate::progress::Progress;
use crate::row::Value;
use crate::shared::Shared;
use crate::stop::Stop;
use crate::view::ViewOptions;

/// Writes one batch after another, in order. What was written last stays in memory, because the next
/// records ask for it most.
#[derive(Debug)]
pub(crate) struct Written {
    generation: Arc<Generation>,
    shared: Arc<Shared>,
    options: ViewOptions,
    under_way: Option<UnderWay>,
    /// Changes as they were written, or the later one of each key.
    lately: Batch,
}

/// A batch that another thread writes.
#[derive(Debug)]
struct UnderWay {
    batch: Arc<Batch>,
    done: Arc<OnceLock<Result<(), Stop>>>,
}

impl Written {
    pub(crate) fn new(
        generation: Arc<Generation>,
        shared: Arc<Shared>,
        options: ViewOptions,
    ) -> Self {
        Self {
            generation,
            shared,
            options,
            under_way: None,
            lately: Batch::default(),
        }
    }

    pub(crate) fn is_writing(&self) -> bool {
        self.under_way.is_some()
    }

    /// Writes a batch, and returns when it is written.
    pub(crate) fn write(&mut self, batch: Batch, progress: Progress) -> Result<(), Stop> {
        self.settle()?;
        self.writer()(&batch, progress)?;
        let _forgotten = self.remember(batch);
        Ok(())
    }

    /// Writes a batch while the caller goes on; waits for the one before, so that there are never
    /// more than two in memory.
    pub(crate) fn write_behind(&mut self, batch: Batch, progress: Progress) -> Result<(), Stop> {
        let forgotten = self.finish()?;
        let (batch, done) = (Arc::new(batch), Arc::new(OnceLock::new()));
        self.under_way = Some(UnderWay {
            batch: Arc::clone(&batch),
            done: Arc::clone(&done),
        });
        let write = self.writer();
        let work = move || {
            // Freeing it takes a while, too.
            drop(forgotten);
            let written = catch_unwind(AssertUnwindSafe(|| write(&batch, progress)));
            // Both before anybody hears of it: who waits takes the batch and may close the files.
            drop((batch, write));
            let _set_once = done.set(written.unwrap_or_else(|_| Err(panicked())));
        };
        let thread = thread::Builder::new().name("redress-view".to_owned());
        thread.spawn(work).map(drop).map_err(|error| {
            self.under_way = None;
            Stop::Rows {
                why: error.to_string(),
            }
        })
    }

    fn writer(&self) -> impl Fn(&Batch, Progress) -> Result<(), Stop> + Send + 'static {
        let (generation, shared) = (Arc::clone(&self.generation), Arc::clone(&self.shared));
        let ingest_bytes = self.options.ingest_bytes;
        move |batch, progress| {
            let written = if generation.is_building() && batch.bytes >= ingest_bytes {
                generation.ingest(batch, progress)
            } else {
                generation.commit(batch, progress)
            };
            written.map_err(|error| Stop::Rows {
                why: error.to_string(),
            })?;
            shared.committed(&generation);
            Ok(())
        }
    }

    /// Waits for the batch that is being written.
    pub(crate) fn settle(&mut self) -> Result<(), Stop> {
        self.finish().map(drop)
    }

    /// The same; answers with what is forgotten for it.
    fn finish(&mut self) -> Result<Option<Batch>, Stop> {
        let Some(UnderWay { batch, done }) = self.under_way.take() else {
            return Ok(None);
        };
        done.wait().clone()?;
        Ok(Arc::into_inner(batch).and_then(|batch| self.remember(batch)))
    }

    /// At most as much as a batch may have; answers with what is forgotten for it.
    fn remember(&mut self, batch: Batch) -> Option<Batch> {
        let (_, most) = self.options.batch_of(&self.generation);
        if self.lately.bytes + batch.bytes > most {
            return Some(std::mem::replace(&mut self.lately, batch));
        }
        // Keys that were there are counted twice: it is forgotten a little earlier.
        self.lately.bytes += batch.bytes;
        self.lately.changes.extend(batch.changes);
        None
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // The files are closed when the runner has gone, and not some time later.
        let _nobody_asks = self.settle();
    }
}

impl Below for Written {
    fn get(&self, key: &[u8]) -> Result<Option<Cow<'_, Value>>, RowError> {
        if let Some(change) = self.recent(key) {
            return Ok(change.as_ref().map(Cow::Borrowed));
        }
        let value = self.generation.get(key)?;
        Ok(value.map(|value| Cow::Owned(value.into())))
    }

    fn recent(&self, key: &[u8]) -> Option<&Change> {
        let under_way = self.under_way.as_ref();
        let change = under_way.and_then(|under_way| under_way.batch.get(key));
        change.or_else(|| self.lately.get(key))
    }

    fn for_each(&self, from: &[u8], to: Option<&[u8]>, see: &mut See<'_>) -> Result<(), RowError> {
        if let Some(UnderWay { done, .. }) = &self.under_way
            && let Err(stop) = done.wait()
        {
            return Err(RowError::Broken {
                dir: self.generation.path().to_owned(),
                why: stop.to_string(),
            });
        }
        self.generation.for_each(from, to, see)
    }
}

fn panicked() -> Stop {
    Stop::Rows {
        why: "the thread that wrote them panicked".to_owned(),
    }
}
