//! What a reporting is opened with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use redress_envelope::LogId;
use redress_event_log::{Clock, LogConfig};
use redress_store::Store;
use redress_view::ViewOptions;

/// The service's name in records, tokens and folders.
pub(crate) const SERVICE: &str = "reporting";

/// Where things are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    pub log: PathBuf,
    pub views: PathBuf,
}

impl Folders {
    /// The usual places in a data directory.
    pub fn below(data: &Path, tenant: &str, partition: u16) -> Self {
        let service = data.join(tenant).join(SERVICE);
        Self {
            log: service.join(partition.to_string()).join("log"),
            views: service.join("views"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportingLimits {
    /// Records in a sealed segment of the log: a multiple of 256.
    pub segment_records: u64,
    /// Commands that may wait for the log's writer.
    pub queue: usize,
    /// Bytes of cached states of streams.
    pub state_cache_bytes: u64,
    /// The largest request, in bytes.
    pub message_bytes: usize,
}

impl Default for ReportingLimits {
    fn default() -> Self {
        Self {
            segment_records: LogConfig::DEFAULT_SEGMENT_RECORDS,
            queue: 1024,
            state_cache_bytes: 1 << 20,
            message_bytes: 256 * 1024,
        }
    }
}

#[derive(Debug, Clone)]
pub struct ReportingConfig {
    pub folders: Folders,
    pub tenant: String,
    pub partition: u16,
    pub limits: ReportingLimits,
    pub view: ViewOptions,
}

impl ReportingConfig {
    /// Everything as usual, in a data directory.
    pub fn below(data: &Path, tenant: &str, partition: u16) -> Self {
        Self {
            folders: Folders::below(data, tenant, partition),
            tenant: tenant.to_owned(),
            partition,
            limits: ReportingLimits::default(),
            view: ViewOptions::default(),
        }
    }
}

/// What a reporting would otherwise have to ask the machine for. Its ids follow from what they
/// name.
#[derive(Debug, Clone)]
pub struct ReportingDeps {
    pub clock: Arc<dyn Clock>,
    /// The id of a log that begins here; one that exists keeps its own.
    pub new_log_id: LogId,
    /// Where the log writes, instead of sled in its folder.
    pub store: Option<Arc<dyn Store>>,
}
