//! What a workflow is opened with.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use redress_complaint::Rules;
use redress_envelope::LogId;
use redress_event_log::{Clock, LogConfig};
use redress_log_service::Folders;
use redress_service::config::Limits;
use redress_service::{Ids, StreamLimit};
use redress_store::Store;
use redress_vault::{Entropy, MasterKeySource};
use redress_view::ViewOptions;

/// The service's name in records, tokens and folders.
pub(crate) const SERVICE: &str = "workflow";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkflowLimits {
    /// Records in a sealed segment of the log: a multiple of 256.
    pub segment_records: u64,
    /// Commands that may wait for the log's writer; more are refused as OVERLOADED. Reactions wait
    /// and try again.
    pub queue: usize,
    /// Bytes of cached states of complaints and improvements.
    pub state_cache_bytes: u64,
    /// The largest request, in bytes.
    pub message_bytes: usize,
    /// Entries of the vault without a record that may be removed in one run.
    pub orphans: u64,
}

impl Default for WorkflowLimits {
    fn default() -> Self {
        Self {
            segment_records: LogConfig::DEFAULT_SEGMENT_RECORDS,
            queue: 4096,
            state_cache_bytes: 16 << 20,
            message_bytes: 256 * 1024,
            orphans: 10_000,
        }
    }
}

#[derive(Debug, Clone)]
pub struct WorkflowConfig {
    pub folders: Folders,
    pub tenant: String,
    pub partition: u16,
    pub master_key: MasterKeySource,
    /// How many records the log had when somebody said that the vault is lost for good.
    pub vault_lost_at: Option<u64>,
    pub limits: WorkflowLimits,
    pub view: ViewOptions,
    /// The policy's part that decisions about complaints need.
    pub rules: Rules,
}

impl WorkflowConfig {
    /// Everything as usual, in a data directory.
    pub fn below(data: &Path, tenant: &str, partition: u16) -> Self {
        Self {
            folders: Folders::below(data, tenant, SERVICE, partition),
            tenant: tenant.to_owned(),
            partition,
            master_key: MasterKeySource::default(),
            vault_lost_at: None,
            limits: WorkflowLimits::default(),
            view: ViewOptions::default(),
            rules: Rules::default(),
        }
    }
}

/// Where log and vault write, instead of sled in their folders.
#[derive(Debug, Clone)]
pub struct Stores {
    pub log: Arc<dyn Store>,
    pub vault: Arc<dyn Store>,
}

/// What a workflow would otherwise have to ask the machine or the process for.
#[derive(Clone)]
pub struct WorkflowDeps {
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub entropy: Arc<dyn Entropy>,
    /// The id of a log that begins here; one that exists keeps its own.
    pub new_log_id: LogId,
    pub stores: Option<Stores>,
    /// How many streams the process may have open.
    pub streams: StreamLimit,
}

impl WorkflowDeps {
    /// With sled, and as many streams as usual.
    pub fn new(
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        entropy: Arc<dyn Entropy>,
        new_log_id: LogId,
    ) -> Self {
        let streams = StreamLimit::new(&Limits::default());
        Self {
            clock,
            ids,
            entropy,
            new_log_id,
            stores: None,
            streams,
        }
    }
}

impl fmt::Debug for WorkflowDeps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkflowDeps")
            .field("clock", &self.clock)
            .field("ids", &self.ids)
            .field("new_log_id", &self.new_log_id)
            .field("stores", &self.stores)
            .finish_non_exhaustive()
    }
}
