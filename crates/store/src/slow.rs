//! A store that takes its time to write, as a disk does, for tests of what gathers meanwhile.

use std::thread;
use std::time::Duration;

use crate::store::Pairs;
use crate::{Batch, Store, StoreError};

/// Waits before each `apply` and passes everything to `inner`. Reads do not wait.
#[derive(Debug)]
pub struct SlowStore<S> {
    inner: S,
    pause: Duration,
}

impl<S: Store> SlowStore<S> {
    pub fn new(inner: S, pause: Duration) -> Self {
        Self { inner, pause }
    }
}

impl<S: Store> Store for SlowStore<S> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: Option<&[u8]>, limit: usize) -> Result<Pairs, StoreError> {
        self.inner.scan(from, to, limit)
    }

    fn apply(&self, batches: Vec<Batch>) -> Result<(), StoreError> {
        thread::sleep(self.pause);
        self.inner.apply(batches)
    }

    fn failure(&self) -> Option<String> {
        self.inner.failure()
    }
}
