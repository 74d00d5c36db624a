//! The handle of a reporting: opening, following, closing, and what it lends to others.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use redress_event_log::{Consumption, Follower, Log, LogConfig, ReadError, Source};
use redress_view::{View, ViewOptions, ViewStatus};
use redress_wire::reporting::v1::reporting_service_server::ReportingServiceServer;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::{ReportingConfig, ReportingDeps, SERVICE};
use crate::endpoints::Endpoints;
use crate::facts::Facts;
use crate::judge::{Judge, JudgeError};
use crate::signals::Signals;

/// Why a reporting does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("reporting's log cannot be opened: {0}")]
    Log(#[from] redress_event_log::OpenError),
    #[error(transparent)]
    View(#[from] redress_view::StartError),
}

/// Why it does not follow the other logs.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("reporting follows other logs already")]
    Running,
    #[error(transparent)]
    View(#[from] redress_view::StartError),
    #[error(transparent)]
    Judge(#[from] JudgeError),
}

/// An open reporting. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Reporting {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) log: Log,
    pub(crate) signals: View,
    running: OnceLock<Running>,
    views: PathBuf,
    view_options: ViewOptions,
    message_bytes: usize,
    /// Why it follows no further, if so.
    stopped: watch::Sender<Option<String>>,
}

/// What follows the other logs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) facts: View,
    pub(crate) intake: Arc<dyn Source>,
    pub(crate) workflow: Arc<dyn Source>,
    consumed: Vec<Consumption>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Inner {
    pub(crate) fn running(&self) -> Option<&Running> {
        self.running.get()
    }
}

impl Reporting {
    /// Opens log and signals, and begins what is not there yet.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn open(config: ReportingConfig, deps: ReportingDeps) -> Result<Self, OpenError> {
        let ReportingConfig {
            folders,
            tenant,
            partition,
            limits,
            view,
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
        let log = match deps.store {
            Some(store) => Log::open_with(log, store, deps.clock)?,
            None => Log::open(log, deps.clock)?,
        };
        let signals = View::start(&folders.views, Signals, vec![Arc::new(log.clone())], view)?;
        let inner = Inner {
            log,
            signals,
            running: OnceLock::new(),
            views: folders.views,
            view_options: view,
            message_bytes: limits.message_bytes,
            stopped: watch::Sender::new(None),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Begins to follow intake's log and workflow's: facts for reports, months to judge. Whatever
    /// is wrong later is told by [`stopped`](Self::stopped).
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub async fn run(
        &self,
        intake: Arc<dyn Source>,
        workflow: Arc<dyn Source>,
    ) -> Result<(), RunError> {
        let inner = &self.inner;
        if inner.running().is_some() {
            return Err(RunError::Running);
        }
        let sources = vec![Arc::clone(&intake), Arc::clone(&workflow)];
        let facts = View::start(&inner.views, Facts, sources, inner.view_options)?;
        let judge = Judge::begin(inner.log.clone(), facts.clone()).await?;
        let judging = Follower::new(inner.log.clone(), Arc::clone(&intake));
        let watching = Follower::new(inner.log.clone(), Arc::clone(&workflow));
        let consumed = vec![judging.consumed(), watching.consumed()];
        let stopped = inner.stopped.clone();
        let judging = tokio::spawn(async move {
            let Err(why) = judging
                .run(|record, consumed| judge.react(record, consumed))
                .await;
            stop(&stopped, "the judge of months", &why);
        });
        let stopped = inner.stopped.clone();
        // Nothing that workflow does makes a month complete; how far it was followed is asked for.
        let watching = tokio::spawn(async move {
            let nothing = |_, _| None::<std::future::Ready<Result<(), String>>>;
            let Err(why) = watching.run(nothing).await;
            stop(&stopped, "the follower of workflow", &why);
        });
        let tasks = Mutex::new(vec![judging, watching]);
        let running = Running {
            facts,
            intake,
            workflow,
            consumed,
            tasks,
        };
        if let Err(second) = inner.running.set(running) {
            second.end().await;
            return Err(RunError::Running);
        }
        Ok(())
    }

    /// The gRPC service.
    pub fn server(&self) -> ReportingServiceServer<Endpoints> {
        ReportingServiceServer::new(self.endpoints())
            .max_decoding_message_size(self.inner.message_bytes)
    }

    /// The same endpoints for callers in this process.
    pub fn endpoints(&self) -> Endpoints {
        Endpoints::new(Arc::clone(&self.inner))
    }

    pub fn log(&self) -> &Log {
        &self.inner.log
    }

    /// How far the other logs were consumed; none before they are followed.
    pub fn consumed(&self) -> Vec<Consumption> {
        self.inner
            .running()
            .map_or_else(Vec::new, |running| running.consumed.clone())
    }

    /// The view that the signals are read from.
    pub fn signals_view(&self) -> &View {
        &self.inner.signals
    }

    /// The view that everything else is read from; none before the other logs are followed.
    pub fn facts_view(&self) -> Option<&View> {
        self.inner.running().map(|running| &running.facts)
    }

    /// How far the views have come.
    pub async fn views(&self) -> Vec<ViewStatus> {
        let mut statuses = vec![self.inner.signals.status().await];
        if let Some(facts) = self.facts_view() {
            statuses.push(facts.status().await);
        }
        statuses
    }

    /// Tells when a follower has stopped, and why: reports go on, and no month is judged.
    pub fn watch_followers(&self) -> watch::Receiver<Option<String>> {
        self.inner.stopped.subscribe()
    }

    /// Waits until the log has stopped for good, and says why.
    pub async fn failed(&self) -> String {
        let mut log = self.inner.log.watch_stopped();
        let stopped = log.wait_for(Option::is_some).await;
        let why = stopped.map_or_else(
            |_| "it was closed".to_owned(),
            |why| why.clone().unwrap_or_default(),
        );
        format!("reporting's log has stopped: {why}")
    }

    /// Ends followers and views, waits until everything that was queued is written, and closes the
    /// files. While a server or a clone of this one is alive, the log stays open until the last is
    /// gone.
    pub async fn close(self) -> Result<(), ReadError> {
        if let Some(running) = self.inner.running() {
            running.end().await;
        }
        self.inner.signals.clone().close().await;
        let Some(inner) = Arc::into_inner(self.inner) else {
            return Ok(());
        };
        let Inner { log, running, .. } = inner;
        drop(running);
        log.close().await
    }
}

impl Running {
    async fn end(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in &tasks {
            task.abort();
        }
        for task in tasks {
            // It was told to break off.
            let _broken_off = task.await;
        }
        self.facts.clone().close().await;
    }
}

fn stop(stopped: &watch::Sender<Option<String>>, who: &str, why: &dyn std::fmt::Display) {
    tracing::error!(%why, "{who} has stopped");
    stopped.send_modify(|stopped| {
        stopped.get_or_insert_with(|| format!("{who} has stopped: {why}"));
    });
}
