//! What is written in one piece, and the limits that keep sled out of its unsynced paths.

use thiserror::Error;

/// sled puts values of 16 KiB and more into files that it never syncs; half of that was measured safe.
pub const MAX_VALUE_BYTES: usize = 8192;
/// With 64 keys of the largest size in one batch sled was seen to write unsynced files, with 32 not.
pub const MAX_BATCH_KEYS: usize = 16;
/// Keys are positions and short names; a bound keeps the sums above true.
pub const MAX_KEY_BYTES: usize = 128;

/// Writes that happen together or not at all. A later write to the same key replaces an earlier one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    writes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

/// Why a write cannot be part of the batch. The batch stays as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BatchError {
    #[error(
        "the value has {bytes} bytes; at most {MAX_VALUE_BYTES} are allowed, cut it into chunks"
    )]
    ValueTooLarge { bytes: usize },
    #[error("the key has {bytes} bytes; between 1 and {MAX_KEY_BYTES} are allowed")]
    KeyLength { bytes: usize },
    #[error("the batch already holds {MAX_BATCH_KEYS} keys, the most that one batch may hold")]
    Full,
}

impl Batch {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value. Takes ownership where the caller has it, so that nothing is copied twice.
    pub fn put(
        &mut self,
        key: impl Into<Vec<u8>>,
        value: impl Into<Vec<u8>>,
    ) -> Result<(), BatchError> {
        let value = value.into();
        if value.len() > MAX_VALUE_BYTES {
            return Err(BatchError::ValueTooLarge { bytes: value.len() });
        }
        self.write(key.into(), Some(value))
    }

    pub fn delete(&mut self, key: impl Into<Vec<u8>>) -> Result<(), BatchError> {
        self.write(key.into(), None)
    }

    /// How many keys the batch writes.
    pub fn len(&self) -> usize {
        self.writes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The keys with their new values (`None` = deleted), in the order in which they were added.
    pub fn writes(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.writes
            .iter()
            .map(|(key, value)| (key.as_slice(), value.as_deref()))
    }

    pub(crate) fn into_writes(self) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        self.writes
    }

    /// The bytes of all keys and values.
    pub(crate) fn bytes(&self) -> usize {
        self.writes()
            .map(|(key, value)| key.len() + value.map_or(0, <[u8]>::len))
            .sum()
    }

    fn write(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> Result<(), BatchError> {
        // The empty key is the store's own: it carries the identity of the database.
        if key.is_empty() || key.len() > MAX_KEY_BYTES {
            return Err(BatchError::KeyLength { bytes: key.len() });
        }
        if let Some(earlier) = self.writes.iter_mut().find(|(known, _)| *known == key) {
            earlier.1 = value;
            return Ok(());
        }
        if self.writes.len() == MAX_BATCH_KEYS {
            return Err(BatchError::Full);
        }
        self.writes.push((key, value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_fits_and_one_byte_more_does_not() {
        let mut batch = Batch::new();
        batch.put("k", vec![0; MAX_VALUE_BYTES]).unwrap();
        let refused = batch.put("l", vec![0; MAX_VALUE_BYTES + 1]);
        assert_eq!(
            refused,
            Err(BatchError::ValueTooLarge {
                bytes: MAX_VALUE_BYTES + 1
            })
        );
        assert_eq!(batch.len(), 1);
    }

    #[test]
    fn keys_have_between_one_and_the_most_bytes() {
        let mut batch = Batch::new();
        batch.put(vec![1; MAX_KEY_BYTES], "v").unwrap();
        let long = vec![1; MAX_KEY_BYTES + 1];
        assert_eq!(
            batch.delete(long),
            Err(BatchError::KeyLength {
                bytes: MAX_KEY_BYTES + 1
            })
        );
        assert_eq!(batch.put("", "v"), Err(BatchError::KeyLength { bytes: 0 }));
    }

    #[test]
    fn a_full_batch_takes_no_new_key_but_replaces_one_it_has() {
        let mut batch = Batch::new();
        for key in 0..MAX_BATCH_KEYS as u8 {
            batch.put([key], "first").unwrap();
        }
        assert_eq!(batch.put([255], "new"), Err(BatchError::Full));
        batch.delete([0]).unwrap();
        assert_eq!(batch.writes().next(), Some((&[0][..], None)));
        assert_eq!(batch.len(), MAX_BATCH_KEYS);
    }
}
