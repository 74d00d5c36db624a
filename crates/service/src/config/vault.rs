//! `[vault]`: how sealed personal data is kept.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vault {
    /// How many entries that no record refers to may be removed in one run. More are no leftovers of
    /// a crash: then none is removed, and `/readyz` warns.
    pub orphans_at_most: u64,
}

impl Default for Vault {
    fn default() -> Self {
        Self {
            orphans_at_most: 10_000,
        }
    }
}
