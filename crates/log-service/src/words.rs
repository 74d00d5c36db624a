//! Sealed words that records refer to: whether the vault still has them.

use std::collections::BTreeSet;
use std::sync::Arc;

use redress_envelope::Record;
use redress_event_log::LogConfig;
use redress_service::Config;
use redress_store::SledStore;
use redress_vault::{
    Begin, EntryId, MasterKeySource, OpenError, OsEntropy, Read, Vault, VaultDirs, VaultError,
};
use serde_json::Value;

use crate::folders::Folders;
use crate::sweep::each_text;

/// How many there are, and of how many of them the vault knows nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words {
    pub sealed: u64,
    pub gone: u64,
}

/// Why the vault cannot say.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    #[error("the vault cannot be opened: {0}")]
    Store(#[from] redress_store::OpenError),
    #[error("the vault cannot be opened: {0}")]
    Open(#[from] OpenError),
    #[error("the vault cannot be read: {0}")]
    Read(#[from] VaultError),
}

/// The entries that some records refer to.
#[derive(Debug, Default)]
pub(crate) struct Referred {
    entries: BTreeSet<EntryId>,
}

impl Referred {
    /// What looks like an entry's id anywhere in a record is taken for one.
    pub(crate) fn by(&mut self, record: &[u8]) {
        let Ok(record) = Record::decode(record) else {
            return;
        };
        let Ok(data) = serde_json::from_str::<Value>(record.data.get()) else {
            return;
        };
        each_text(&data, &mut |text| {
            self.entries.extend(text.parse::<EntryId>());
        });
    }

    /// Asks the vault of the log's service; nobody may have it open.
    pub(crate) fn look_up(&self, config: &Config, log: &LogConfig) -> Result<Words, WordsError> {
        let mut words = Words {
            sealed: self.entries.len() as u64,
            gone: 0,
        };
        if self.entries.is_empty() {
            return Ok(words);
        }
        let Some(vault) = open(config, log)? else {
            words.gone = words.sealed;
            return Ok(words);
        };
        for entry in &self.entries {
            if vault.read(&entry.to_string())? == Read::Unknown {
                words.gone += 1;
            }
        }
        Ok(words)
    }
}

/// `None` where there is none, and none is made.
fn open(config: &Config, log: &LogConfig) -> Result<Option<Vault>, WordsError> {
    let Folders { vault, keys, .. } = Folders::of(config, &log.service, log.partition);
    let begin = Begin::IfNew { log_records: 1 };
    match begin.check(&vault, &keys) {
        Ok(()) => {}
        Err(OpenError::VaultGone(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let (store, _) = SledStore::open(&vault)?;
    let store = Arc::new(store);
    let dirs = VaultDirs {
        store,
        keys_dir: keys,
    };
    let master = MasterKeySource::default();
    let vault = Vault::open_with(dirs, &master, begin, Arc::new(OsEntropy))?;
    Ok(Some(vault))
}
