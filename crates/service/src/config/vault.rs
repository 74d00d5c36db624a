//! `[vault]`: how sealed personal data is kept.

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// Those that have one.
const SERVICES: [&str; 2] = ["intake", "workflow"];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vault {
    /// How many entries that no record refers to may be removed in one run. More are no leftovers of
    /// a crash: then none is removed, and `/readyz` warns.
    pub orphans_at_most: u64,
    /// Whose vault is lost for good, and how many records its log had then: `intake:4711`. Only then an
    /// empty one is begun in its place; a vault that is lost later is not meant.
    pub begin_empty: Vec<String>,
}

impl Default for Vault {
    fn default() -> Self {
        Self {
            orphans_at_most: 10_000,
            begin_empty: Vec::new(),
        }
    }
}

impl Vault {
    /// How many records the service's log had when its vault was said to be lost, if it was.
    pub fn lost_at(&self, service: &str) -> Option<u64> {
        let named = self.begin_empty.iter().filter_map(|text| read(text));
        let mut of_service = named.filter(|(name, _)| *name == service);
        of_service.next().map(|(_, log_records)| log_records)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Some(wrong) = self.begin_empty.iter().find(|text| read(text).is_none()) else {
            return Ok(());
        };
        Err(ConfigError::Rule {
            key: "vault.begin_empty",
            why: format!(
                "`{wrong}` is no service with a vault and the number of records of its log, such as \
                 `intake:4711`"
            ),
        })
    }
}

fn read(text: &str) -> Option<(&str, u64)> {
    let (service, log_records) = text.split_once(':')?;
    let log_records = log_records.parse().ok()?;
    SERVICES
        .contains(&service)
        .then_some((service, log_records))
}
