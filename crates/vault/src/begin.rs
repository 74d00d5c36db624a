//! Whether a vault may be begun where there is none.
//!
//! A folder that is gone (not mounted, not restored, removed) looks like one that was never there.
//! An empty vault in its place would hide that everything in it is missing, and whoever finds the
//! folder later would have two halves. So a vault is begun only where nothing says that there was
//! one: its log has no records, and there is no file of bucket keys. That file is made after the
//! store knows of it, so a first start that was cut off leaves none without a store.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::OpenError;
use crate::keys_dir;

/// What whoever opens a vault knows about where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// A vault is begun only beside a log without records, and only without keys.
    IfNew { log_records: u64 },
    /// Somebody said that the one before is lost. What was sealed in it is [unknown](crate::Read) from
    /// now on. Keys that are there are used on, so that equal references are still found equal.
    Empty,
}

/// What says that there was a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The file of its bucket keys, where that is left.
    pub keys: Option<PathBuf>,
    pub log_records: u64,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.log_records {
            0 => {}
            1 => write!(f, "its log has a record")?,
            more => write!(f, "its log has {more} records")?,
        }
        let Some(keys) = &self.keys else {
            return Ok(());
        };
        let and = if self.log_records == 0 { "" } else { " and " };
        write!(f, "{and}its keys are there ({})", keys.display())
    }
}

impl Begin {
    /// Refuses where the folder of the store is gone or empty and must not be begun. To be asked
    /// before the store is opened, which would leave something in the place of what is missing.
    pub fn check(self, store_dir: &Path, keys_dir: &Path) -> Result<(), OpenError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |error| OpenError::Io { path, error }
        };
        if !is_gone(store_dir).map_err(at(store_dir))? {
            return Ok(());
        }
        let keys = keys_dir::buckets_in(keys_dir);
        let keys_are_there = keys.try_exists().map_err(at(&keys))?;
        self.allow(&keys, keys_are_there)
    }

    /// Refuses to begin a vault, if it is to be refused.
    pub(crate) fn allow(self, keys: &Path, keys_are_there: bool) -> Result<(), OpenError> {
        match self {
            Self::Empty => Ok(()),
            Self::IfNew { log_records: 0 } if !keys_are_there => Ok(()),
            Self::IfNew { log_records } => Err(OpenError::VaultGone(Evidence {
                keys: keys_are_there.then(|| keys.to_owned()),
                log_records,
            })),
        }
    }
}

fn is_gone(dir: &Path) -> io::Result<bool> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().transpose()?.is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}
