//! What a service writes to have a view.

use std::fmt;
use std::sync::Arc;

use redress_envelope::Record;
use redress_store::RowError;

use crate::rows::Rows;

/// One view: how records become rows.
///
/// A fold knows nothing but the record and the rows: no clock, no random source, no network, no
/// order of a hash map. Records of different logs come in any order that respects causes, and the
/// rows must be the same for all of them. What a log says of itself (in streams `log/..`) it is not shown.
pub trait Fold: Send + Sync + 'static {
    /// Lower-case letters, digits and hyphens; part of a directory's name.
    const NAME: &'static str;

    /// Goes up whenever the same records would give other rows, or the fold follows other logs; the
    /// view is then folded again from the beginning.
    const VERSION: u32;

    /// Folds one record. After an error none of its changes to the rows remain.
    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError>;
}

/// Why a record was not folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The view goes on, and says that it is incomplete from here.
    #[error("the type {0} is not known")]
    UnknownType(String),
    /// The view stops here.
    #[error("{0}")]
    Broken(String),
    /// The rows cannot be read; the view stops.
    #[error(transparent)]
    Rows(#[from] RowError),
}

impl FoldError {
    pub fn broken(why: impl fmt::Display) -> Self {
        Self::Broken(why.to_string())
    }
}

trait AnyFold: Send + Sync {
    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError>;
}

impl<F: Fold> AnyFold for F {
    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        Fold::fold(self, record, rows)
    }
}

/// A fold whose type is forgotten, so that the rest is compiled once.
#[derive(Clone)]
pub(crate) struct Folder {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    fold: Arc<dyn AnyFold>,
}

impl Folder {
    pub(crate) fn new<F: Fold>(fold: F) -> Self {
        Self {
            name: F::NAME,
            version: F::VERSION,
            fold: Arc::new(fold),
        }
    }

    pub(crate) fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        let fold = std::panic::AssertUnwindSafe(|| self.fold.fold(record, rows));
        std::panic::catch_unwind(fold).unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
            Err(FoldError::Broken(format!(
                "the fold panicked: {}",
                said.unwrap_or_default()
            )))
        })
    }
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Folder({}-{})", self.name, self.version)
    }
}
