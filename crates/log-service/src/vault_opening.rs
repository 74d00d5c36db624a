//! Opening a service's vault beside its log, so that one that is gone is missed.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use redress_event_log::Log;
use redress_store::{OpenError as StoreError, SledOptions, SledStore, Store};
use redress_vault::{Begin, Entropy, MasterKeySource, OpenError, Vault, VaultDirs};

/// Whose vault is opened, and where it is.
#[derive(Debug)]
pub struct VaultOpening<'a> {
    pub service: &'static str,
    pub folder: &'a Path,
    pub keys: &'a Path,
    /// Instead of sled in the folder.
    pub store: Option<Arc<dyn Store>>,
    pub master_key: &'a MasterKeySource,
    /// Somebody said that the vault was lost when the log had so many records. What is lost later is
    /// something else, so nobody has to take this back.
    pub lost_at: Option<u64>,
}

/// Why a service's vault does not open.
#[derive(Debug, thiserror::Error)]
pub enum VaultOpenError {
    #[error("{service}'s vault cannot be opened: {error}")]
    Store {
        service: &'static str,
        #[source]
        error: redress_store::OpenError,
    },
    #[error("{service}'s vault cannot be opened: {error}")]
    Vault {
        service: &'static str,
        #[source]
        error: OpenError,
    },
    #[error("{0}; {way_out}", way_out = .0.way_out())]
    Gone(#[source] VaultGone),
}

/// There was a vault, and nobody said that it is lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{service}'s vault {what}")]
pub struct VaultGone {
    service: &'static str,
    what: String,
    log_records: u64,
}

impl VaultGone {
    /// The first one behind an error.
    pub fn behind<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(gone) = error.downcast_ref() {
                return Some(gone);
            }
            cause = error.source();
        }
        None
    }

    /// What is to be done.
    pub fn way_out(&self) -> String {
        let Self {
            service,
            log_records,
            ..
        } = self;
        format!(
            "put it back, or restore it and its keys from one copy; where it is lost for good, say so \
             with `--set vault.begin_empty={service}:{log_records}`, and all words that were sealed \
             in it are told as lost"
        )
    }
}

impl VaultOpening<'_> {
    /// Opens the vault, and tells it which log refers to it. Nothing is made in the place of one that
    /// is gone.
    pub fn beside(self, log: &Log, entropy: Arc<dyn Entropy>) -> Result<Vault, VaultOpenError> {
        let log_records = log.head().size;
        let begin = if self.lost_at == Some(log_records) {
            Begin::Empty
        } else {
            Begin::IfNew { log_records }
        };
        let store = match &self.store {
            Some(store) => Arc::clone(store),
            None => self.sled(begin, log_records)?,
        };
        let dirs = VaultDirs {
            store,
            keys_dir: self.keys.to_owned(),
        };
        let vault = Vault::open_with(dirs, self.master_key, begin, entropy);
        let vault = vault.map_err(|error| self.failed(error))?;
        let head = log.watch_head();
        let told = vault.beside_log(log.id(), move || head.borrow().size);
        told.map_err(|error| self.failed(error))?;
        Ok(vault)
    }

    fn sled(&self, begin: Begin, log_records: u64) -> Result<Arc<dyn Store>, VaultOpenError> {
        let service = self.service;
        let checked = begin.check(self.folder, self.keys);
        checked.map_err(|error| self.failed(error))?;
        let opened = match begin {
            Begin::Empty => SledStore::open_after_quarantine(self.folder, SledOptions::default()),
            Begin::IfNew { .. } => SledStore::open(self.folder),
        };
        let (store, report) = opened.map_err(|error| match error {
            StoreError::Quarantined { .. } | StoreError::Missing { .. } => {
                VaultOpenError::Gone(VaultGone {
                    service,
                    what: format!("cannot be opened: {error}"),
                    log_records,
                })
            }
            StoreError::Locked(_)
            | StoreError::Exchanged { .. }
            | StoreError::DiskFull { .. }
            | StoreError::Unusable { .. }
            | StoreError::Io { .. } => VaultOpenError::Store { service, error },
        })?;
        tracing::debug!(service, ?report, "the vault's store is open");
        Ok(Arc::new(store))
    }

    fn failed(&self, error: OpenError) -> VaultOpenError {
        let service = self.service;
        let OpenError::VaultGone(evidence) = error else {
            return VaultOpenError::Vault { service, error };
        };
        let folder = self.folder.display();
        VaultOpenError::Gone(VaultGone {
            service,
            what: format!("in {folder} is gone, although {evidence}"),
            log_records: evidence.log_records,
        })
    }
}
