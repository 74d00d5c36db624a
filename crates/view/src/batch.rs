//! Changed rows that are written together.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use redress_store::RowChange;

use crate::row::Value;

/// What a key is to become; `None` is its removal.
pub(crate) type Change = Option<Value>;

/// By key. Nothing goes by the order of the map: rows are sorted where order counts.
pub(crate) type Changes = HashMap<Arc<[u8]>, Change, RandomState>;

/// What a change takes in memory beside its key and its value, roughly.
const ENTRY_BYTES: usize = 112;

#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) changes: Changes,
    /// About how much memory they take.
    pub(crate) bytes: usize,
}

impl Batch {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Change> {
        self.changes.get(key)
    }

    /// In the order of keys, each as `key_of` has it. Rows are encoded as they are asked for.
    pub(crate) fn rows<'a>(
        &'a self,
        key_of: impl Fn(&'a [u8]) -> Cow<'a, [u8]>,
    ) -> impl Iterator<Item = RowChange<'a>> {
        let mut rows: Vec<(&[u8], &Change)> = self
            .changes
            .iter()
            .map(|(key, change)| (&**key, change))
            .collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        let written = move |(key, change): (&'a [u8], &'a Change)| {
            (key_of(key), change.as_ref().map(Value::bytes))
        };
        rows.into_iter().map(written)
    }
}

pub(crate) fn held_bytes(key: &[u8], change: &Change) -> usize {
    ENTRY_BYTES + key.len() + change.as_ref().map_or(0, Value::held_bytes)
}
