//! `[log]`: how the event logs are kept.

use serde::{Deserialize, Serialize};

use super::ConfigError;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How many records a sealed segment holds: a multiple of 256.
    pub segment_records: u64,
    /// How many commands may wait for the writer; the next one is refused as OVERLOADED.
    pub queue_commands: usize,
    /// How many bytes of stream states each log keeps in memory.
    pub state_cache_bytes: u64,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            segment_records: 65_536,
            queue_commands: 1024,
            state_cache_bytes: 32 << 20,
        }
    }
}

impl Log {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let rule = |key, why: &str| {
            Err(ConfigError::Rule {
                key,
                why: why.to_owned(),
            })
        };
        if self.segment_records == 0 || !self.segment_records.is_multiple_of(256) {
            return rule(
                "log.segment_records",
                "must be a multiple of 256, and not 0",
            );
        }
        if !(1..=1_000_000).contains(&self.queue_commands) {
            return rule("log.queue_commands", "must be 1 to 1,000,000");
        }
        Ok(())
    }
}
