//! What is known in memory of the records that no segment holds yet.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use crate::block::Block;
use crate::keys::{KEY_KINDS, KeyKind, RecordKeys};

/// Bytes of the newest blocks that are kept unpacked, for followers that are nearly there.
const RECENT_BYTES: usize = 16 << 20;

#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockPlace {
    pub(crate) first: u64,
    pub(crate) end: u64,
    pub(crate) first_microsecond: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// Everything before this is in segments.
    pub(crate) start: u64,
    pub(crate) end: u64,
    blocks: BTreeMap<u64, BlockPlace>,
    recent: VecDeque<Arc<Block>>,
    recent_bytes: usize,
    keys: [HashMap<u64, Vec<u64>>; 3],
}

impl Tail {
    pub(crate) fn starting_at(start: u64) -> Self {
        Self {
            start,
            end: start,
            ..Self::default()
        }
    }

    pub(crate) fn append(&mut self, block: Block, keys: &[RecordKeys], first_microsecond: i64) {
        for (position, keys) in (block.first..).zip(keys) {
            // The beginning of the first block may already be in a segment.
            if position < self.start {
                continue;
            }
            for kind in KEY_KINDS {
                if let Some(hash) = keys.of_kind(kind) {
                    self.keys[kind as usize]
                        .entry(hash)
                        .or_default()
                        .push(position);
                }
            }
        }
        let place = BlockPlace {
            first: block.first,
            end: block.end(),
            first_microsecond,
        };
        self.blocks.insert(block.first, place);
        self.end = self.end.max(block.end());
        self.recent_bytes += block.records.iter().map(Bytes::len).sum::<usize>();
        self.recent.push_back(Arc::new(block));
        while self.recent_bytes > RECENT_BYTES && self.recent.len() > 1 {
            if let Some(old) = self.recent.pop_front() {
                self.recent_bytes -= old.records.iter().map(Bytes::len).sum::<usize>();
            }
        }
    }

    /// The positions that are proposed for a key, in order.
    pub(crate) fn find(&self, kind: KeyKind, hash: u64) -> &[u64] {
        self.keys[kind as usize]
            .get(&hash)
            .map_or(&[], Vec::as_slice)
    }

    /// The block that holds a position.
    pub(crate) fn block_of(&self, position: u64) -> Option<BlockPlace> {
        let (_, place) = self.blocks.range(..=position).next_back()?;
        (place.end > position).then_some(*place)
    }

    pub(crate) fn recent(&self, first: u64) -> Option<Arc<Block>> {
        let at = self
            .recent
            .binary_search_by_key(&first, |block| block.first)
            .ok()?;
        Some(Arc::clone(&self.recent[at]))
    }

    /// The last block that begins at or before a time.
    pub(crate) fn block_at(&self, microsecond: i64) -> Option<BlockPlace> {
        self.blocks
            .values()
            .rev()
            .find(|place| place.first_microsecond <= microsecond)
            .copied()
    }

    /// Forgets what is in segments now, and names the blocks that can leave the store.
    pub(crate) fn seal_up_to(&mut self, sealed: u64) -> Vec<BlockPlace> {
        self.start = sealed;
        for keys in &mut self.keys {
            keys.retain(|_, positions| {
                positions.retain(|position| *position >= sealed);
                !positions.is_empty()
            });
            keys.shrink_to_fit();
        }
        let gone: Vec<BlockPlace> = self
            .blocks
            .values()
            .take_while(|place| place.end <= sealed)
            .copied()
            .collect();
        for place in &gone {
            self.blocks.remove(&place.first);
        }
        gone
    }
}
