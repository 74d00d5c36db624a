//! Rows as a fold holds them: bytes, or values that become bytes when they are written.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

/// A row that is kept as a value while it changes, so that it is encoded once for each batch and not
/// once for each record, and where nothing else is done.
pub trait Row: Any + fmt::Debug + Send + Sync {
    /// The bytes that are stored. Equal values give equal bytes.
    fn to_bytes(&self) -> Vec<u8>;

    /// About how much memory the value takes.
    fn held_bytes(&self) -> usize;
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Bytes(Bytes),
    Row(Arc<dyn Row>),
}

impl Value {
    pub(crate) fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Bytes(bytes) => Cow::Borrowed(bytes),
            Self::Row(row) => Cow::Owned(row.to_bytes()),
        }
    }

    pub(crate) fn row<T: Row>(&self) -> Option<Arc<T>> {
        match self {
            Self::Bytes(_) => None,
            Self::Row(row) => {
                let row: Arc<dyn Any + Send + Sync> = Arc::clone(row) as _;
                row.downcast().ok()
            }
        }
    }

    pub(crate) fn held_bytes(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Row(row) => row.held_bytes(),
        }
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}
