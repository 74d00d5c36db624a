//! A store for tests and demonstrations: nothing survives the process.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::store::Pairs;
use crate::{Batch, Store, StoreError};

#[derive(Debug, Default)]
pub struct MemoryStore {
    pairs: RwLock<BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl MemoryStore {
    pub fn new() -> Self {
        Self::default()
    }
}

impl Store for MemoryStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        // No code between lock and unlock can panic half way, so a poisoned lock guards whole data.
        Ok(self
            .pairs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned())
    }

    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Result<Pairs, StoreError> {
        let pairs = self.pairs.read().unwrap_or_else(PoisonError::into_inner);
        let from_on = pairs.range::<[u8], _>((
            std::ops::Bound::Included(from),
            std::ops::Bound::<&[u8]>::Unbounded,
        ));
        Ok(from_on
            .take_while(|(key, _)| to.is_none_or(|to| key.as_slice() < to))
            .take(limit)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect())
    }

    fn apply(&self, batches: Vec<Batch>) -> Result<(), StoreError> {
        let mut pairs = self.pairs.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in batches.into_iter().flat_map(Batch::into_writes) {
            match value {
                Some(value) => pairs.insert(key, value),
                None => pairs.remove(&key),
            };
        }
        Ok(())
    }

    fn failure(&self) -> Option<String> {
        None
    }
}
