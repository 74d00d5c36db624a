//! Records into the tail, in blocks of their own making.

use bytes::Bytes;
use redress_store::{Batch, Store};

use crate::block::{Block, MAX_RAW_BYTES};
use crate::cursor::Cursors;
use crate::pack::MAX_RECORDS;

use super::WriteError;

/// Blocks that are written with one flush.
const TOGETHER: usize = 16;

/// Fills one block after the other. What was put is in the store once [`flush`](Self::flush) is through.
#[derive(Debug)]
pub(super) struct Blocks {
    filling: Block,
    raw_bytes: usize,
    full: Vec<Batch>,
    closed: usize,
}

impl Blocks {
    /// Each block says that other logs were consumed as far as `cursors` do.
    pub(super) fn starting_at(first: u64, cursors: Cursors) -> Self {
        Self {
            filling: Block {
                first,
                records: Vec::new(),
                cursors,
            },
            raw_bytes: 0,
            full: Vec::new(),
            closed: 0,
        }
    }

    pub(super) fn put(&mut self, store: &dyn Store, bytes: Bytes) -> Result<(), WriteError> {
        let stored_bytes = bytes.len() + 2;
        if self.raw_bytes + stored_bytes > MAX_RAW_BYTES
            || self.filling.records.len() == MAX_RECORDS
        {
            self.close()?;
            if self.closed == TOGETHER {
                self.write(store)?;
            }
        }
        self.raw_bytes += stored_bytes;
        self.filling.records.push(bytes);
        Ok(())
    }

    pub(super) fn flush(mut self, store: &dyn Store) -> Result<(), WriteError> {
        self.close()?;
        self.write(store)
    }

    fn close(&mut self) -> Result<(), WriteError> {
        if self.filling.records.is_empty() {
            return Ok(());
        }
        self.filling.put_into(&mut self.full)?;
        self.closed += 1;
        self.filling.first = self.filling.end();
        self.filling.records.clear();
        self.raw_bytes = 0;
        Ok(())
    }

    fn write(&mut self, store: &dyn Store) -> Result<(), WriteError> {
        self.closed = 0;
        let full = std::mem::take(&mut self.full);
        if full.is_empty() {
            return Ok(());
        }
        Ok(store.apply(full)?)
    }
}
