//! The handle of an intake: opening, closing, and what it lends to others.

use std::sync::Arc;
use std::time::Duration;

use redress_event_log::{Clock, Log, LogConfig, ReadError, Source};
use redress_log_service::{VaultOpenError, VaultOpening};
use redress_service::{Ids, Problem, Shutdown};
use redress_vault::Vault;
use redress_view::{View, ViewStatus};
use redress_wire::intake::v1::intake_service_server::IntakeServiceServer;
use tokio::sync::{Semaphore, watch};

use crate::config::{IntakeConfig, IntakeDeps, SERVICE, Stores};
use crate::import::Gates;
use crate::list::FeedbackList;
use crate::names::Names;
use crate::rejected::erase_discarded;
use crate::server::Endpoints;

const LET_GO: Duration = Duration::from_millis(1);
const MAX_LET_GO: Duration = Duration::from_secs(5);

/// Why an intake does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("intake's log cannot be opened: {0}")]
    Log(#[from] redress_event_log::OpenError),
    #[error(transparent)]
    Vault(#[from] VaultOpenError),
    #[error(transparent)]
    View(#[from] redress_view::StartError),
}

/// An open intake. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Intake {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) log: Log,
    pub(crate) vault: Arc<Vault>,
    pub(crate) list: View,
    /// The log as the view follows it.
    followed: Arc<Log>,
    pub(crate) names: Names,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) gates: Gates,
    /// Rows of imports that may still set out, of [`import_rows`](Self::import_rows).
    pub(crate) rows: Semaphore,
    pub(crate) import_rows: usize,
    pub(crate) message_bytes: usize,
    /// Entries of the vault without a record that may be removed in one run.
    pub(crate) orphans: u64,
    /// Rows that one page of a list looks at.
    pub(crate) list_rows: usize,
    /// Why the vault stopped for good, if it did.
    pub(crate) vault_stopped: watch::Sender<Option<String>>,
}

impl Intake {
    /// Opens log, vault and view, and begins what is not there yet.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn open(config: IntakeConfig, deps: IntakeDeps) -> Result<Self, OpenError> {
        let IntakeConfig {
            folders,
            tenant,
            partition,
            master_key,
            vault_lost_at,
            limits,
            view,
        } = config;
        let log = LogConfig {
            folder: folders.log,
            tenant: tenant.clone(),
            service: SERVICE.to_owned(),
            partition,
            new_log_id: deps.new_log_id,
            segment_records: limits.segment_records,
            queue: limits.queue,
            state_cache_bytes: limits.state_cache_bytes,
        };
        let clock = Arc::clone(&deps.clock);
        let (log, vault_store) = if let Some(Stores { log: store, vault }) = deps.stores {
            (Log::open_with(log, store, clock)?, Some(vault))
        } else {
            (Log::open(log, clock)?, None)
        };
        let opening = VaultOpening {
            service: SERVICE,
            folder: &folders.vault,
            keys: &folders.keys,
            store: vault_store,
            master_key: &master_key,
            lost_at: vault_lost_at,
        };
        let vault = Arc::new(opening.beside(&log, deps.entropy)?);
        let followed = Arc::new(log.clone());
        let source = Arc::clone(&followed) as Arc<dyn Source>;
        let list = View::start(&folders.views, FeedbackList, vec![source], view)?;
        let inner = Inner {
            log,
            names: Names::new(Arc::clone(&vault), tenant, partition),
            vault,
            list,
            followed,
            clock: deps.clock,
            ids: deps.ids,
            gates: Gates::default(),
            rows: Semaphore::new(limits.import_rows.max(1)),
            import_rows: limits.import_rows.max(1),
            message_bytes: limits.message_bytes,
            orphans: limits.orphans,
            list_rows: limits.list_rows.max(1),
            vault_stopped: watch::Sender::new(None),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The gRPC service.
    pub fn server(&self) -> IntakeServiceServer<Endpoints> {
        IntakeServiceServer::new(self.endpoints())
            .max_decoding_message_size(self.inner.message_bytes)
    }

    /// The same endpoints for callers in this process.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints::new(Arc::clone(&self.inner))
    }

    pub fn log(&self) -> &Log {
        &self.inner.log
    }

    /// Words for other services: what an event only refers to.
    pub fn vault(&self) -> &Arc<Vault> {
        &self.inner.vault
    }

    /// Ids and keyed hashes, as this intake makes them.
    pub fn names(&self) -> &Names {
        &self.inner.names
    }

    /// The view that the lists are read from.
    pub fn list_view(&self) -> &View {
        &self.inner.list
    }

    /// How far the views have come.
    pub async fn views(&self) -> Vec<ViewStatus> {
        vec![self.inner.list.status().await]
    }

    /// Drops the keys of all that is discarded and still has one, as a process does after its start: a
    /// crash may have come between a discard and its erasure. Says how many there were.
    pub async fn erase_discarded(&self, shutdown: &Shutdown) -> Result<usize, Problem> {
        erase_discarded(&self.inner, shutdown).await
    }

    /// Whether rows of an import came in the last while.
    pub(crate) fn goes_on_with(&self, import: &str, within: Duration) -> bool {
        self.inner.gates.was_asked(import, within)
    }

    /// Waits until log or vault has stopped for good, and says why: nothing is acknowledged after
    /// it, and the process has to be started again.
    pub async fn stopped(&self) -> String {
        let mut log = self.inner.log.watch_stopped();
        let mut vault = self.inner.vault_stopped.subscribe();
        loop {
            if let Some(why) = log.borrow_and_update().clone() {
                return format!("intake's log has stopped: {why}");
            }
            if let Some(why) = vault.borrow_and_update().clone() {
                return format!("intake's vault has stopped: {why}");
            }
            tokio::select! {
                _ = log.changed() => {}
                _ = vault.changed() => {}
            }
        }
    }

    /// Ends the view, waits until everything that was queued is written, and closes the files. While
    /// a server or a clone of this one is alive, log and vault stay open until the last is gone.
    pub async fn close(self) -> Result<(), ReadError> {
        self.inner.list.clone().close().await;
        let Some(inner) = Arc::into_inner(self.inner) else {
            return Ok(());
        };
        let Inner {
            log,
            vault,
            names,
            followed,
            ..
        } = inner;
        // A view that has ended lets go of its logs a moment later.
        let let_go = async {
            while Arc::strong_count(&followed) > 1 {
                tokio::time::sleep(LET_GO).await;
            }
        };
        if tokio::time::timeout(MAX_LET_GO, let_go).await.is_err() {
            tracing::warn!("the view has not let go of the log");
        }
        drop(followed);
        drop(names);
        // Dropping the vault waits for its writer, and so for a disk.
        tokio::task::spawn_blocking(move || drop(vault))
            .await
            .map_err(|_| ReadError::Ended)?;
        log.close().await
    }
}
