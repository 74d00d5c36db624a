//! `[limits]`: what one caller, or all of them together, can ask of the process.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ConfigError;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest request, in bytes.
    pub message_bytes: usize,
    /// How many requests may wait for their answer; the next one is refused as OVERLOADED.
    pub concurrent_requests: usize,
    /// How many streams (`Follow*`, `Watch*`) may be open.
    pub open_streams: usize,
    /// How many requests and streams one connection may carry at a time.
    pub streams_per_connection: u32,
    /// How long a request may take; of a stream, until it begins.
    pub request_timeout_millis: u64,
    /// How long requests may go on after the process was told to stop.
    pub drain_millis: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 256 * 1024,
            concurrent_requests: 512,
            open_streams: 256,
            streams_per_connection: 1024,
            request_timeout_millis: 35_000,
            drain_millis: 10_000,
        }
    }
}

impl Limits {
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_millis)
    }

    pub fn drain(&self) -> Duration {
        Duration::from_millis(self.drain_millis)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let between = |key, value: u64, least: u64, most: u64| {
            let why = format!("must be {least} to {most}");
            if (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(ConfigError::Rule { key, why })
            }
        };
        between(
            "limits.message_bytes",
            self.message_bytes as u64,
            1024,
            16 << 20,
        )?;
        between(
            "limits.concurrent_requests",
            self.concurrent_requests as u64,
            1,
            1 << 20,
        )?;
        between("limits.open_streams", self.open_streams as u64, 0, 1 << 20)?;
        let per_connection = u64::from(self.streams_per_connection);
        between("limits.streams_per_connection", per_connection, 1, 1 << 20)?;
        between(
            "limits.request_timeout_millis",
            self.request_timeout_millis,
            1,
            3_600_000,
        )?;
        between("limits.drain_millis", self.drain_millis, 0, 3_600_000)
    }
}
