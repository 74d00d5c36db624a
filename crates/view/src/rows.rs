//! The rows that a fold reads and changes.

use std::ops::ControlFlow;
use std::sync::Arc;

use redress_store::RowError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fold::FoldError;
use crate::overlay::{Below, Overlay};
use crate::row::{Row, Value};

/// The rows of a view while one record is folded. Reads see every change made so far.
pub struct Rows<'a> {
    pub(crate) overlay: &'a mut Overlay,
    pub(crate) below: &'a dyn Below,
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").finish_non_exhaustive()
    }
}

impl Rows<'_> {
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowError> {
        let value = self.overlay.get(key, self.below)?;
        Ok(value.map(|value| value.bytes().into_owned()))
    }

    pub fn put(&mut self, key: &[u8], value: impl Into<Vec<u8>>) {
        self.overlay.set(key, Some(value.into().into()));
    }

    /// Puts a value that is encoded when it is written, and read back by [`recent`](Self::recent) as
    /// it is.
    pub fn put_row<T: Row>(&mut self, key: &[u8], row: Arc<T>) {
        self.overlay.set(key, Some(Value::Row(row)));
    }

    /// A value that [`put_row`](Self::put_row) put, where it is still in memory. Which rows are says
    /// nothing about the logs: without it the fold must come to the same.
    pub fn recent<T: Row>(&self, key: &[u8]) -> Option<Arc<T>> {
        self.overlay.recent(key, self.below)?.row()
    }

    pub fn delete(&mut self, key: &[u8]) {
        self.overlay.set(key, None);
    }

    /// A row that [`put_json`](Self::put_json) wrote.
    pub fn get_json<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, FoldError> {
        let Some(value) = self.overlay.get(key, self.below)? else {
            return Ok(None);
        };
        let unreadable = |error| FoldError::Broken(format!("a row cannot be read: {error}"));
        serde_json::from_slice(&value.bytes())
            .map(Some)
            .map_err(unreadable)
    }

    /// The value must write the same bytes whenever it is equal: no hash maps, no floats.
    pub fn put_json<T: Serialize>(&mut self, key: &[u8], value: &T) -> Result<(), FoldError> {
        let unwritable = |error| FoldError::Broken(format!("a row cannot be written: {error}"));
        self.put(key, serde_json::to_vec(value).map_err(unwritable)?);
        Ok(())
    }

    /// The first `limit` rows whose keys begin with `prefix`, in order.
    pub fn scan_prefix(&self, prefix: &[u8], limit: usize) -> Result<Vec<Pair>, RowError> {
        self.scan(prefix, after_prefix(prefix).as_deref(), limit)
    }

    /// The first `limit` rows with keys in `[from, to)`, in order; `None` means to the end.
    pub fn scan(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, RowError> {
        let mut pairs = Vec::new();
        if limit == 0 {
            return Ok(pairs);
        }
        self.for_each(from, to, |key, value| {
            pairs.push((key.to_vec(), value.to_vec()));
            if pairs.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        Ok(pairs)
    }

    /// Shows the rows with keys in `[from, to)` in order, without holding them all.
    pub fn for_each(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        mut see: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), RowError> {
        self.overlay.for_each(from, to, self.below, &mut see)
    }
}

pub(crate) type Pair = (Vec<u8>, Vec<u8>);

/// The first key after all keys that begin with `prefix`; none if there is no such key.
pub(crate) fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut after = prefix[..=last].to_vec();
    after[last] += 1;
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_is_the_next_key_of_its_length_or_shorter() {
        assert_eq!(after_prefix(b"ab"), Some(b"ac".to_vec()));
        assert_eq!(after_prefix(&[1, 255]), Some(vec![2]));
        assert_eq!(after_prefix(&[255, 255]), None);
        assert_eq!(after_prefix(b""), None);
    }
}
