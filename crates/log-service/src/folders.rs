//! Where a service keeps things.

use std::path::{Path, PathBuf};

use redress_service::Config;

/// A service's folders. The keys are better kept apart from what they open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    pub log: PathBuf,
    pub vault: PathBuf,
    pub keys: PathBuf,
    pub views: PathBuf,
}

impl Folders {
    /// The usual places in a data directory.
    pub fn below(data: &Path, tenant: &str, service: &str, partition: u16) -> Self {
        let service = data.join(tenant).join(service);
        Self {
            log: service.join(partition.to_string()).join("log"),
            vault: service.join("vault"),
            keys: service.join("keys"),
            views: service.join("views"),
        }
    }

    /// As the settings of a process say.
    pub fn of(config: &Config, service: &str, partition: u16) -> Self {
        let usual = Self::below(&config.data_dir, &config.tenant, service, partition);
        match config.keys_of(service) {
            Some(keys) => Self { keys, ..usual },
            None => usual,
        }
    }
}
