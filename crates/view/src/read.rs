//! Reading a view's rows.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use redress_envelope::Token;
use redress_store::RowError;
use serde::de::DeserializeOwned;

use crate::generation::Generation;
use crate::progress::{Followed, Incomplete, Progress};
use crate::rows::{Pair, after_prefix};
use crate::stop::Stop;

/// Why a view has no rows to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    #[error("the view is being folded again: {done} of {total} records")]
    Rebuilding { done: u64, total: u64 },
    #[error(transparent)]
    Stopped(Stop),
    #[error("the view is closed")]
    Closed,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    #[error(transparent)]
    Rows(#[from] RowError),
    #[error("a row cannot be read: {0}")]
    Value(#[from] serde_json::Error),
    #[error("the reading task was ended")]
    Ended,
}

/// The rows of a view. Holding it keeps the rows of a replaced generation on the disk.
#[derive(Debug, Clone)]
pub struct ViewRows {
    generation: Arc<Generation>,
    progress: Arc<Progress>,
    token: Token,
}

/// Some rows in order, and where the next ones begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub rows: Vec<(Vec<u8>, Vec<u8>)>,
    /// The key of the last row, if there are more behind it: the next page's `after`.
    pub more_after: Option<Vec<u8>>,
}

impl ViewRows {
    pub(crate) fn new(generation: Arc<Generation>, followed: &[Followed]) -> Self {
        let progress = generation.progress();
        let token = progress.token(followed);
        Self {
            generation,
            progress,
            token,
        }
    }

    /// What the rows include, at least; exactly, inside [`View::read`](crate::View::read).
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Where records may be missing in the rows because their types were not known, by
    /// `service/partition`.
    pub fn incomplete(&self) -> &BTreeMap<String, Incomplete> {
        &self.progress.incomplete
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        Ok(self.generation.get(key)?)
    }

    /// A row that [`Rows::put_json`](crate::Rows::put_json) wrote.
    pub fn get_json<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, ReadError> {
        let value = self.get(key)?;
        Ok(value
            .map(|value| serde_json::from_slice(&value))
            .transpose()?)
    }

    /// The first `limit` rows with keys in `[from, to)`, in order; `None` means to the end.
    pub fn scan(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Pair>, ReadError> {
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

    /// The rows whose keys begin with `prefix`, behind the key `after`, at most `limit`.
    pub fn page(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Page, ReadError> {
        // The first key behind a key is that key with a zero byte behind it.
        let behind = after.map(|after| [after, &[0]].concat());
        let from = behind
            .as_deref()
            .map_or(prefix, |behind| behind.max(prefix));
        let mut rows = self.scan(
            from,
            after_prefix(prefix).as_deref(),
            limit.saturating_add(1),
        )?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let more_after = more
            .then(|| rows.last().map(|(key, _)| key.clone()))
            .flatten();
        Ok(Page { rows, more_after })
    }

    /// Shows the rows with keys in `[from, to)` in order, as of this call, without holding them all.
    pub fn for_each(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        mut see: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        Ok(self.generation.for_each(from, to, &mut see)?)
    }

    /// [`for_each`](Self::for_each) from the last row to the first.
    pub fn for_each_back(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        mut see: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        Ok(self.generation.for_each_back(from, to, &mut see)?)
    }

    /// Shows all rows whose keys begin with `prefix`, in order, as of this call.
    pub fn for_each_with_prefix(
        &self,
        prefix: &[u8],
        see: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), ReadError> {
        self.for_each(prefix, after_prefix(prefix).as_deref(), see)
    }
}
