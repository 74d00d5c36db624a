//! The handle of a workflow: opening, following, closing, and what it lends to others.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use redress_complaint::Rules;
use redress_envelope::Record;
use redress_event_log::{Clock, Consumption, Log, LogConfig, ReadError, Source};
use redress_log_service::{VaultOpenError, VaultOpening};
use redress_service::config::Mail;
use redress_service::{Ids, StreamLimit};
use redress_vault::Vault;
use redress_view::{StartError, View};
use redress_wire::workflow::v1::handler_service_server::HandlerServiceServer;
use redress_wire::workflow::v1::improvement_service_server::ImprovementServiceServer;
use redress_wire::workflow::v1::message_service_server::MessageServiceServer;
use redress_wire::workflow::v1::policy_service_server::PolicyServiceServer;
use redress_wire::workflow::v1::status_service_server::StatusServiceServer;
use redress_wire::workflow::v1::workflow_service_server::WorkflowServiceServer;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::complaint::{ComplaintList, Complaints, MessageEndpoints, StatusEndpoints};
use crate::config::{SERVICE, Stores, WorkflowConfig, WorkflowDeps};
use crate::handler::{HandlerList, Handlers};
use crate::improvement::{ImprovementList, Improvements};
use crate::mail::{AddressOf, MailUnusable, Post};
use crate::people::People;
use crate::policies::Policies;
use crate::policy::PolicyEndpoints;
use crate::react::{self, Plan, Reactor};
use crate::ticker::{Ticker, TickerEnded};

/// Why a workflow does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("workflow's log cannot be opened: {0}")]
    Log(#[from] redress_event_log::OpenError),
    #[error(transparent)]
    Vault(#[from] VaultOpenError),
    #[error(transparent)]
    View(#[from] StartError),
}

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("workflow follows its sources already")]
    RunsAlready,
}

/// An open workflow. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Workflow {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) log: Log,
    pub(crate) vault: Arc<Vault>,
    pub(crate) complaints: View,
    pub(crate) improvements: View,
    pub(crate) handlers: View,
    pub(crate) rules: Arc<Rules>,
    pub(crate) policies: Policies,
    pub(crate) people: People,
    /// Held by whoever merges and unmerges: two streams are to say the same.
    pub(crate) merging: Arc<tokio::sync::Mutex<()>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) entropy: Chance,
    pub(crate) partition: u16,
    message_bytes: usize,
    /// Entries of the vault without a record that may be removed in one run.
    pub(crate) orphans: u64,
    pub(crate) streams: StreamLimit,
    following: Mutex<Following>,
    /// Until somebody sends.
    pub(crate) post: Mutex<Option<Post>>,
    /// Why the vault stopped for good, if it did.
    pub(crate) vault_stopped: watch::Sender<Option<String>>,
    /// Why a log is no longer followed, if one is not.
    pub(crate) follower_stopped: watch::Sender<Option<String>>,
    /// Set when streams are to end.
    pub(crate) ending: watch::Sender<bool>,
}

/// What is followed, and the tasks that do.
#[derive(Debug, Default)]
struct Following {
    intake: Option<Arc<dyn Source>>,
    reporting: Option<Arc<dyn Source>>,
    consumed: Vec<Consumption>,
    tasks: JoinSet<()>,
}

impl Workflow {
    /// Opens log, vault and views, and begins what is not there yet. Nothing is followed before
    /// [`run`](Self::run).
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn open(config: WorkflowConfig, deps: WorkflowDeps) -> Result<Self, OpenError> {
        let WorkflowConfig {
            folders,
            tenant,
            partition,
            master_key,
            vault_lost_at,
            limits,
            view,
            rules,
        } = config;
        let log = LogConfig {
            folder: folders.log,
            tenant,
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
        let entropy = Chance(Arc::clone(&deps.entropy));
        let vault = Arc::new(opening.beside(&log, deps.entropy)?);
        let own = || vec![Arc::new(log.clone()) as Arc<dyn Source>];
        let complaints = View::start(&folders.views, ComplaintList, own(), view)?;
        let improvements = View::start(&folders.views, ImprovementList, own(), view)?;
        let handlers = View::start(&folders.views, HandlerList, own(), view)?;
        let inner = Inner {
            policies: Policies::new(log.clone()),
            people: People::default(),
            merging: Arc::default(),
            log,
            vault,
            complaints,
            improvements,
            handlers,
            rules: Arc::new(rules),
            clock: deps.clock,
            ids: deps.ids,
            entropy,
            partition,
            message_bytes: limits.message_bytes,
            orphans: limits.orphans,
            streams: deps.streams,
            following: Mutex::default(),
            post: Mutex::default(),
            vault_stopped: watch::Sender::new(None),
            follower_stopped: watch::Sender::new(None),
            ending: watch::Sender::new(false),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Follows intake's feedback and reporting's signals from now on, wherever the records come
    /// from. A follower that ends says why in [`stopped`](Self::stopped).
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn run(&self, intake: Arc<dyn Source>, signals: Arc<dyn Source>) -> Result<(), RunError> {
        self.follow_intake(intake)?;
        self.follow_reporting(signals)
    }

    /// One half of [`run`](Self::run).
    pub fn follow_intake(&self, intake: Arc<dyn Source>) -> Result<(), RunError> {
        let mut following = self.inner.following();
        if following.intake.is_some() {
            return Err(RunError::RunsAlready);
        }
        following.intake = Some(Arc::clone(&intake));
        self.inner
            .follow(&mut following, intake, Reactor::plan_of_intake);
        Ok(())
    }

    /// The other half of [`run`](Self::run).
    pub fn follow_reporting(&self, signals: Arc<dyn Source>) -> Result<(), RunError> {
        let mut following = self.inner.following();
        if following.reporting.is_some() {
            return Err(RunError::RunsAlready);
        }
        following.reporting = Some(Arc::clone(&signals));
        self.inner
            .follow(&mut following, signals, Reactor::plan_of_reporting);
        Ok(())
    }

    /// Messages are handed to the server that the settings name, if they do, by the task of a process
    /// that hosts this.
    pub fn send_mail(&self, settings: &Mail, addresses: AddressOf) -> Result<(), MailUnusable> {
        let post = Post::of(settings, addresses)?;
        *self
            .inner
            .post
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = post;
        Ok(())
    }

    /// Tells of clocks what time alone brings about, until it is dropped. `now` is the time of day.
    pub async fn tick(self, now: fn() -> Timestamp) -> TickerEnded {
        let ticker = Ticker {
            log: self.inner.log.clone(),
            complaints: self.inner.complaints.clone(),
            policies: self.inner.policies.clone(),
            merging: Arc::clone(&self.inner.merging),
            now,
            unreadable: BTreeSet::new(),
        };
        drop(self);
        ticker.run().await
    }

    /// The gRPC services.
    pub fn servers(
        &self,
    ) -> (
        WorkflowServiceServer<Complaints>,
        ImprovementServiceServer<Improvements>,
        PolicyServiceServer<PolicyEndpoints>,
        HandlerServiceServer<Handlers>,
    ) {
        let limit = self.inner.message_bytes;
        (
            WorkflowServiceServer::new(self.complaints()).max_decoding_message_size(limit),
            ImprovementServiceServer::new(self.improvements()).max_decoding_message_size(limit),
            PolicyServiceServer::new(self.policies()).max_decoding_message_size(limit),
            HandlerServiceServer::new(self.handlers()).max_decoding_message_size(limit),
        )
    }

    /// The gRPC services of what is said to who complained, and of what they may see.
    pub fn message_servers(
        &self,
    ) -> (
        MessageServiceServer<MessageEndpoints>,
        StatusServiceServer<StatusEndpoints>,
    ) {
        let limit = self.inner.message_bytes;
        let inner = || Arc::clone(&self.inner);
        let messages = MessageServiceServer::new(MessageEndpoints { inner: inner() });
        let status = StatusServiceServer::new(StatusEndpoints { inner: inner() });
        (
            messages.max_decoding_message_size(limit),
            status.max_decoding_message_size(limit),
        )
    }

    /// The endpoints about complaints, for callers in this process.
    pub fn complaints(&self) -> Complaints {
        Complaints {
            inner: Arc::clone(&self.inner),
        }
    }

    /// The endpoints about improvements, for callers in this process.
    pub fn improvements(&self) -> Improvements {
        Improvements {
            inner: Arc::clone(&self.inner),
        }
    }

    /// The endpoints about policies, for callers in this process.
    pub fn policies(&self) -> PolicyEndpoints {
        PolicyEndpoints {
            inner: Arc::clone(&self.inner),
        }
    }

    /// The endpoints about handlers, for callers in this process.
    pub fn handlers(&self) -> Handlers {
        Handlers {
            inner: Arc::clone(&self.inner),
        }
    }

    pub fn log(&self) -> &Log {
        &self.inner.log
    }

    /// Words for other services: what an event only refers to.
    pub fn vault(&self) -> &Arc<Vault> {
        &self.inner.vault
    }

    /// The views that the lists are read from: complaints, improvements, handlers.
    pub fn views(&self) -> [&View; 3] {
        let inner = &self.inner;
        [&inner.complaints, &inner.improvements, &inner.handlers]
    }

    /// How far the followed logs are consumed; nothing before [`run`](Self::run).
    pub fn consumed(&self) -> Vec<Consumption> {
        self.inner.consumed()
    }

    /// Waits until log, vault or a follower has stopped for good, and says why. After the first two
    /// nothing is acknowledged, and the process has to be started again; after the last, nothing
    /// new is opened.
    pub async fn stopped(&self) -> String {
        let mut follower = self.inner.follower_stopped.subscribe();
        let follower = async {
            match follower.wait_for(Option::is_some).await {
                Ok(why) => why.clone().unwrap_or_default(),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            why = self.failed() => why,
            why = follower => format!("workflow no longer follows: {why}"),
        }
    }

    /// Waits until log or vault has stopped for good, and says why.
    pub async fn failed(&self) -> String {
        let mut log = self.inner.log.watch_stopped();
        let mut vault = self.inner.vault_stopped.subscribe();
        loop {
            if let Some(why) = log.borrow_and_update().clone() {
                return format!("workflow's log has stopped: {why}");
            }
            if let Some(why) = vault.borrow_and_update().clone() {
                return format!("workflow's vault has stopped: {why}");
            }
            tokio::select! {
                _ = log.changed() => {}
                _ = vault.changed() => {}
            }
        }
    }

    /// Ends all open streams, so that a server that waits for its requests can end.
    pub fn end_streams(&self) {
        self.inner.ending.send_replace(true);
    }

    /// Ends followers, streams and views, waits until everything that was queued is written, and
    /// closes the files. While a server or a clone of this one is alive, log and vault stay open
    /// until the last is gone.
    pub async fn close(self) -> Result<(), ReadError> {
        self.end_streams();
        let Following { mut tasks, .. } = std::mem::take(&mut *self.inner.following());
        tasks.shutdown().await;
        for view in self.views() {
            view.clone().close().await;
        }
        let Some(inner) = Arc::into_inner(self.inner) else {
            return Ok(());
        };
        let Inner {
            log,
            vault,
            complaints,
            improvements,
            handlers,
            policies,
            ..
        } = inner;
        drop((complaints, improvements, handlers, policies));
        // Dropping the vault waits for its writer, and so for a disk.
        tokio::task::spawn_blocking(move || drop(vault))
            .await
            .map_err(|_| ReadError::Ended)?;
        log.close().await
    }
}

impl Inner {
    fn following(&self) -> MutexGuard<'_, Following> {
        self.following
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn follow(
        &self,
        following: &mut Following,
        source: Arc<dyn Source>,
        plan: fn(&Reactor, &Record) -> Option<Plan>,
    ) {
        let (reactor, stopped) = (self.reactor(), &self.follower_stopped);
        let consumed = react::follow(&mut following.tasks, &reactor, source, plan, stopped);
        following.consumed.push(consumed);
    }

    pub(crate) fn consumed(&self) -> Vec<Consumption> {
        self.following().consumed.clone()
    }

    pub(crate) fn reactor(&self) -> Reactor {
        Reactor {
            log: self.log.clone(),
            partition: self.partition,
            rules: Arc::clone(&self.rules),
            policies: self.policies.clone(),
        }
    }

    /// Reporting's log, while it is followed.
    pub(crate) fn reporting(&self) -> Option<Arc<dyn Source>> {
        self.following().reporting.clone()
    }

    /// Intake's log, while it is followed.
    pub(crate) fn intake(&self) -> Option<Arc<dyn Source>> {
        self.following().intake.clone()
    }
}
