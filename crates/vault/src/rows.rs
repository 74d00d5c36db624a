//! Where everything lies in the vault's store.
//!
//! | Key | Value |
//! |---|---|
//! | `b` number u64 | a block of sealed entries: see `block` |
//! | `p` block's number u64, index u8, piece u8 | a piece of a long entry: see `piece` |
//! | `k` bucket u16, subject id | the subject's wrapped key, or that it was erased; its newest entry |
//! | `m` | what the store knows about itself: see `meta` |
//! | `o` | how far orphans were looked for: see `sweep` |
//!
//! Numbers are big-endian. Blocks are numbered in the order in which they are written; the keys of
//! one bucket lie together.
//!
//! Each row is written by itself, in order: the store makes a group durable with one flush, and what
//! a crash leaves of a group is a beginning of it. So whatever refers to a row is written after it.

use std::sync::Arc;

use redress_store::{Batch, Store, StoreError};

use crate::error::VaultError;
use crate::id::SubjectId;
use crate::place::{BLOCK_NUMBERS, Place};

pub(crate) const META: &[u8] = b"m";
pub(crate) const SWEPT: &[u8] = b"o";
const BLOCKS: u8 = b'b';
const PIECES: u8 = b'p';
const NUMBER_BYTES: usize = 8;

pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;
/// A key, and its new value; none deletes it.
pub(crate) type Write = (Vec<u8>, Option<Vec<u8>>);

pub(crate) fn block(number: u64) -> Vec<u8> {
    numbered(BLOCKS, number)
}

/// A piece of the entry at this place.
pub(crate) fn piece(place: Place, piece: u8) -> Vec<u8> {
    let mut key = numbered(PIECES, place.block);
    key.extend_from_slice(&[place.index, piece]);
    key
}

fn numbered(prefix: u8, number: u64) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + NUMBER_BYTES + 2);
    key.push(prefix);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

pub(crate) fn parse_block(key: &[u8]) -> Option<u64> {
    let number = key.strip_prefix(&[BLOCKS])?.try_into().ok()?;
    Some(u64::from_be_bytes(number))
}

pub(crate) fn parse_piece(key: &[u8]) -> Option<(Place, u8)> {
    let (number, rest) = key.strip_prefix(&[PIECES])?.split_first_chunk()?;
    let &[index, piece] = rest else { return None };
    let block = u64::from_be_bytes(*number);
    Some((Place { block, index }, piece))
}

pub(crate) fn subject_key(bucket: u16, subject: SubjectId) -> Vec<u8> {
    [subject_key_prefix(bucket).as_slice(), subject.as_bytes()].concat()
}

pub(crate) fn subject_key_prefix(bucket: u16) -> Vec<u8> {
    [b"k", bucket.to_be_bytes().as_slice()].concat()
}

pub(crate) fn parse_subject_key(key: &[u8]) -> Option<SubjectId> {
    let (_, subject) = key.strip_prefix(b"k")?.split_first_chunk::<2>()?;
    subject.try_into().ok().map(SubjectId::from_bytes)
}

/// The first key that is greater than every key with this prefix, where there is one.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let (last, before) = prefix.split_last()?;
    match last.checked_add(1) {
        Some(next) => Some([before, &[next]].concat()),
        None => after_prefix(before),
    }
}

/// The store, as the vault talks to it.
#[derive(Debug, Clone)]
pub(crate) struct Rows(pub(crate) Arc<dyn Store>);

impl Rows {
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        self.0.get(key).map_err(from_store)
    }

    /// At most `limit` pairs with this prefix, from `after` (exclusive) where it is given.
    pub(crate) fn page(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Pairs, VaultError> {
        let from = after.map_or_else(|| prefix.to_vec(), |after| [after, &[0]].concat());
        let pairs = self.0.scan(&from, after_prefix(prefix).as_deref(), limit);
        pairs.map_err(from_store)
    }

    /// At most `limit` rows of blocks, from this number on and below `end`.
    pub(crate) fn blocks(
        &self,
        from: u64,
        end: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Vec<u8>)>, VaultError> {
        let pairs = self.0.scan(&block(from), Some(&block(end)), limit);
        let pairs = pairs.map_err(from_store)?.into_iter();
        Ok(pairs
            .filter_map(|(key, value)| Some((parse_block(&key)?, value)))
            .collect())
    }

    /// The first piece from this one on that belongs to a block below `end`.
    pub(crate) fn piece_from(&self, from: &[u8], end: u64) -> Result<Option<Vec<u8>>, VaultError> {
        let pairs = self.0.scan(from, Some(&numbered(PIECES, end)), 1);
        Ok(pairs.map_err(from_store)?.pop().map(|(key, _)| key))
    }

    /// The number after the last block's, and after the last that a piece was written for.
    pub(crate) fn end_of_blocks(&self) -> Result<u64, VaultError> {
        Ok(self.end_of(BLOCKS)?.max(self.end_of(PIECES)?))
    }

    /// A store is only read forward, so the last number is closed in on.
    fn end_of(&self, prefix: u8) -> Result<u64, VaultError> {
        let (mut from, mut to) = (0, BLOCK_NUMBERS);
        while from < to {
            let middle = from + (to - from) / 2;
            let later = self
                .0
                .scan(&numbered(prefix, middle), Some(&[prefix + 1]), 1);
            if later.map_err(from_store)?.is_empty() {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        Ok(from)
    }

    /// Writes all of it, in this order; durable when it returns.
    pub(crate) fn apply(&self, writes: Vec<Write>) -> Result<(), VaultError> {
        if writes.is_empty() {
            return Ok(());
        }
        let batches = writes.into_iter().map(|(key, value)| {
            let mut batch = Batch::new();
            match value {
                Some(value) => batch.put(key, value),
                None => batch.delete(key),
            }
            .map_err(|error| VaultError::Store(error.to_string()))?;
            Ok(batch)
        });
        let batches = batches.collect::<Result<Vec<_>, VaultError>>()?;
        self.0.apply(batches).map_err(from_store)
    }
}

fn from_store(error: StoreError) -> VaultError {
    match error {
        StoreError::DiskFull { .. } => VaultError::DiskFull(error.to_string()),
        StoreError::Failed { why } => VaultError::Store(why),
    }
}

#[cfg(test)]
mod tests {
    use redress_store::MemoryStore;

    use super::*;

    #[test]
    fn keys_read_back_what_they_were_made_of() {
        let subject = SubjectId::from_bytes([255; 16]);
        assert_eq!(parse_block(&block(300)), Some(300));
        let place = Place {
            block: 300,
            index: 7,
        };
        assert_eq!(parse_piece(&piece(place, 128)), Some((place, 128)));
        assert_eq!(parse_subject_key(&subject_key(9, subject)), Some(subject));
        assert_eq!(after_prefix(&[1, 255, 255]), Some(vec![2]));
        assert_eq!(after_prefix(&[255]), None);
    }

    #[test]
    fn the_end_of_the_blocks_is_found_whatever_is_missing_before_it() {
        for blocks in [
            &[][..],
            &[0],
            &[0, 1, 2],
            &[5, 900_000],
            &[BLOCK_NUMBERS - 9],
        ] {
            let rows = Rows(Arc::new(MemoryStore::new()));
            let others = [META.to_vec(), SWEPT.to_vec(), b"a".to_vec()].into_iter();
            let keys = others.chain(blocks.iter().map(|number| block(*number)));
            rows.apply(keys.map(|key| (key, Some(vec![1]))).collect())
                .unwrap();
            let end = blocks.last().map_or(0, |last| last + 1);
            assert_eq!(rows.end_of_blocks(), Ok(end), "{blocks:?}");
            assert_eq!(rows.blocks(0, end, 9).unwrap().len(), blocks.len());
            let cut_off = Place {
                block: end + 2,
                index: 0,
            };
            rows.apply(vec![(piece(cut_off, 3), Some(vec![1]))])
                .unwrap();
            assert_eq!(
                rows.end_of_blocks(),
                Ok(end + 3),
                "a number that pieces have"
            );
        }
    }
}
