//! Several runs as one: rows in order, each as the newest run has it.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::block::Row;
use super::run::{Cursor, Run};

pub(super) struct Merge {
    cursors: BinaryHeap<Next>,
}

/// The run with the least key comes first, and of those the newest.
struct Next {
    cursor: Cursor,
    /// The place of the run among the others; a newer one has a higher place.
    age: usize,
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        let keys = other.cursor.key().cmp(self.cursor.key());
        keys.then(self.age.cmp(&other.age))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Next {}

impl Merge {
    /// `runs`: the oldest first. Begins with the first key that is not below `from`.
    pub(super) fn new(runs: &[Arc<Run>], from: &[u8]) -> io::Result<Self> {
        let mut cursors = BinaryHeap::with_capacity(runs.len());
        for (age, run) in runs.iter().enumerate() {
            let cursor = Cursor::seek(Arc::clone(run), from)?;
            if !cursor.is_over() {
                cursors.push(Next { cursor, age });
            }
        }
        Ok(Self { cursors })
    }

    /// Shows each key once, removed ones too, until `see` has seen enough.
    pub(super) fn for_each<E: From<io::Error>>(
        &mut self,
        mut see: impl FnMut(Row<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let (mut last, mut any) = (Vec::new(), false);
        while let Some(mut next) = self.cursors.peek_mut() {
            let (key, value) = next.cursor.row()?;
            // What older runs have of it counts no more.
            if !any || key != last.as_slice() {
                key.clone_into(&mut last);
                any = true;
                if see((key, value))?.is_break() {
                    return Ok(());
                }
            }
            next.cursor.advance()?;
            if next.cursor.is_over() {
                PeekMut::pop(next);
            }
        }
        Ok(())
    }
}
