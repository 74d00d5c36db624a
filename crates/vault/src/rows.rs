//! Where everything lies in the vault's store, and how writes are packed for it.
//!
//! | Key | Value |
//! |---|---|
//! | `m` | what the store knows about itself: see `meta` |
//! | `e` entry id, chunk number (u16) | a piece of a sealed entry; chunk 0 begins with the header |
//! | `s` subject id, entry id | one byte `1`: this entry belongs to this subject |
//! | `k` bucket (u16), subject id | the subject's wrapped key, or that it was erased |
//!
//! Numbers are big-endian. The keys of one entry, or of one bucket, lie together.

use std::sync::Arc;

use redress_store::{Batch, MAX_BATCH_KEYS, Store, StoreError};

use crate::error::VaultError;
use crate::id::{EntryId, SubjectId};

pub(crate) const META: &[u8] = b"m";
pub(crate) type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

pub(crate) fn entry_chunk(entry: EntryId, chunk: u16) -> Vec<u8> {
    [b"e", entry.as_bytes().as_slice(), &chunk.to_be_bytes()].concat()
}

/// The entry and the chunk number of a key made by [`entry_chunk`].
pub(crate) fn parse_entry_chunk(key: &[u8]) -> Option<(EntryId, u16)> {
    let (entry, chunk) = key.strip_prefix(b"e")?.split_first_chunk::<16>()?;
    let chunk = u16::from_be_bytes(chunk.try_into().ok()?);
    Some((EntryId::from_bytes(*entry), chunk))
}

pub(crate) fn subject_entry(subject: SubjectId, entry: EntryId) -> Vec<u8> {
    [b"s", subject.as_bytes().as_slice(), entry.as_bytes()].concat()
}

pub(crate) fn parse_subject_entry(key: &[u8]) -> Option<EntryId> {
    let (_, entry) = key.strip_prefix(b"s")?.split_first_chunk::<16>()?;
    entry.try_into().ok().map(EntryId::from_bytes)
}

pub(crate) fn subject_entry_prefix(subject: SubjectId) -> Vec<u8> {
    [b"s", subject.as_bytes().as_slice()].concat()
}

pub(crate) fn subject_key(bucket: u16, subject: SubjectId) -> Vec<u8> {
    [subject_key_prefix(bucket).as_slice(), subject.as_bytes()].concat()
}

pub(crate) fn subject_key_prefix(bucket: u16) -> Vec<u8> {
    [b"k", bucket.to_be_bytes().as_slice()].concat()
}

/// All chunks of one entry.
pub(crate) fn entry_prefix(entry: EntryId) -> Vec<u8> {
    [b"e", entry.as_bytes().as_slice()].concat()
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

/// Writes that belong together. They share a batch, and so are there or not, as long as there are
/// no more than a batch may hold.
pub(crate) type Unit = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// Packs units, in order, into as few batches as they fit in.
pub(crate) fn pack(units: Vec<Unit>) -> Result<Vec<Batch>, VaultError> {
    let mut batches = Vec::new();
    let mut batch = Batch::new();
    for unit in units {
        if batch.len() + unit.len() > MAX_BATCH_KEYS && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch));
        }
        for (key, value) in unit {
            match value {
                Some(value) => batch.put(key, value),
                None => batch.delete(key),
            }
            .map_err(|error| VaultError::Store(error.to_string()))?;
        }
    }
    batches.push(batch);
    batches.retain(|batch| !batch.is_empty());
    Ok(batches)
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

    /// Writes the units; durable when it returns.
    pub(crate) fn apply(&self, units: Vec<Unit>) -> Result<(), VaultError> {
        let batches = pack(units)?;
        if batches.is_empty() {
            return Ok(());
        }
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
    use super::*;

    #[test]
    fn keys_read_back_what_they_were_made_of() {
        let entry = EntryId::from_bytes([7; 16]);
        let subject = SubjectId::from_bytes([255; 16]);
        assert_eq!(
            parse_entry_chunk(&entry_chunk(entry, 300)),
            Some((entry, 300))
        );
        assert_eq!(
            parse_subject_entry(&subject_entry(subject, entry)),
            Some(entry)
        );
        assert_eq!(parse_subject_key(&subject_key(9, subject)), Some(subject));
        assert_eq!(after_prefix(&[1, 255, 255]), Some(vec![2]));
        assert_eq!(after_prefix(&[255]), None);
    }

    #[test]
    fn a_unit_is_never_cut_and_no_batch_is_too_large() {
        let unit = |name: u8, keys: u8| -> Unit {
            (0..keys)
                .map(|key| (vec![name, key], Some(vec![1])))
                .collect()
        };
        let batches = pack(vec![unit(0, 3), unit(1, 12), unit(2, 2), unit(3, 16)]).unwrap();
        let sizes: Vec<_> = batches.iter().map(Batch::len).collect();
        assert_eq!(sizes, [15, 2, 16]);
        assert!(pack(Vec::new()).unwrap().is_empty());
    }
}
