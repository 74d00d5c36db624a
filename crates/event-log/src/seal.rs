//! Moving the oldest part of the tail into a sealed segment, beside the writer.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use redress_evidence::Frontier;
use redress_store::{Batch, BatchError, MAX_BATCH_KEYS};

use crate::open::keys_of_block;
use crate::segment::{self, FRAME_RECORDS, SealError, Sealable};
use crate::shared::Shared;

/// Batches that leave the store behind one flush; the writer waits no longer than that.
const BATCHES_PER_APPLY: usize = 8;

/// The sealing thread; it ends with the writer.
pub(crate) struct Sealing {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

pub(crate) fn start(shared: &Arc<Shared>, leftover: Vec<u64>) -> Option<Sealing> {
    let (wake, woken) = sync_channel(1);
    let for_sealer = Arc::clone(shared);
    let thread = std::thread::Builder::new()
        .name(format!("seal {}", shared.identity.place()))
        .spawn(move || run(&for_sealer, &leftover, &woken));
    match thread {
        Ok(thread) => {
            let sealing = Sealing {
                wake: Some(wake),
                thread: Some(thread),
            };
            sealing.wake();
            Some(sealing)
        }
        Err(error) => {
            shared.stop(&format!("the sealing thread cannot be started: {error}"));
            None
        }
    }
}

impl Sealing {
    pub(crate) fn wake(&self) {
        if let Some(wake) = &self.wake {
            // One waiting call is enough: the sealer looks at the whole tail each time.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Sealing {
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(shared: &Shared, leftover: &[u64], woken: &Receiver<()>) {
    if let Err(error) = forget(shared, leftover) {
        tracing::warn!(%error, "sealed blocks were not taken out of the tail");
    }
    // After a failure the tail must have grown before it is tried again: a full disk is no place to
    // write a whole segment after every command.
    let mut not_before = 0;
    while woken.recv().is_ok() {
        loop {
            let (start, end) = {
                // What is being announced to readers is read by the sealer a moment later.
                let size = shared.head.borrow().size;
                let tail = shared.tail();
                (tail.start, tail.end.min(size))
            };
            if end.saturating_sub(start) < shared.config.segment_records || end < not_before {
                break;
            }
            if let Err(error) = seal(shared, start) {
                // The tail keeps everything: sealing is tried again, and the log goes on.
                tracing::warn!(%error, start, "the segment was not sealed");
                not_before = end + FRAME_RECORDS as u64;
                break;
            }
        }
    }
}

fn seal(shared: &Shared, first: u64) -> Result<(), SealError> {
    let read = |error: crate::history::ReadError| SealError::Read(error.to_string());
    let previous = shared.segments().last().cloned();
    let (frontier_before, starts_command) = match &previous {
        Some(last) => (last.frontier_after()?, last.meta.ends_command),
        None => (Frontier::new(), true),
    };
    let count = shared.config.segment_records;
    let cursors = shared.cursors_at(first + count).map_err(read)?;
    let sealable = Sealable {
        log: shared.identity.log,
        partition: shared.identity.partition,
        first,
        count,
        frontier_before,
        starts_command,
        cursors,
    };
    let frames = |position: u64| {
        let mut records = Vec::with_capacity(FRAME_RECORDS);
        while records.len() < FRAME_RECORDS {
            let at = position + records.len() as u64;
            let more = shared
                .read(at, FRAME_RECORDS - records.len(), usize::MAX)
                .map_err(read)?;
            if more.is_empty() {
                return Err(SealError::Read(format!("the record at {at} is missing")));
            }
            records.extend(more.into_iter().map(|stored| stored.bytes));
        }
        Ok(records)
    };
    let folder = shared.config.folder.join("segments");
    let sealed = segment::write(&folder, &sealable, &frames)?;
    let end = sealed.end();
    tracing::info!(log = %shared.identity.place(), first, end, "sealed a segment");
    shared.add_segment(Arc::new(sealed));
    crate::head_note::write(&shared.config, &shared.head.borrow());
    let gone: Vec<u64> = shared
        .tail_mut()
        .seal_up_to(end)
        .iter()
        .map(|place| place.first)
        .collect();
    forget(shared, &gone).map_err(|error| SealError::Read(error.to_string()))
}

/// Takes sealed blocks out of the store. What a crash leaves there is taken out at the next start:
/// so a block goes whole or not at all, in one batch.
fn forget(shared: &Shared, gone: &[u64]) -> Result<(), ForgetError> {
    let mut batches = Vec::new();
    let mut batch = Batch::new();
    for first in gone {
        let keys = keys_of_block(shared.store.as_ref(), *first)?;
        if batch.len() + keys.len() > MAX_BATCH_KEYS {
            batches.push(std::mem::take(&mut batch));
        }
        for key in keys {
            batch.delete(key)?;
        }
        if batches.len() >= BATCHES_PER_APPLY {
            apply(shared, std::mem::take(&mut batches))?;
        }
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    Ok(apply(shared, batches)?)
}

#[derive(Debug, thiserror::Error)]
enum ForgetError {
    #[error(transparent)]
    Store(#[from] redress_store::StoreError),
    #[error(transparent)]
    Batch(#[from] BatchError),
}

fn apply(shared: &Shared, batches: Vec<Batch>) -> Result<(), redress_store::StoreError> {
    if batches.is_empty() {
        return Ok(());
    }
    let result = shared.store.apply(batches);
    if let (Err(error), Some(_)) = (&result, shared.store.failure()) {
        shared.stop(&error.to_string());
    }
    result
}
