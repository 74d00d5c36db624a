//! Workflow as a process hosts it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;
use redress_envelope::LogId;
use redress_event_log::{BoxFuture, Consumption, Log, ReadError};
use redress_log_service::{Around, Elsewhere, Folders, Part, Task, WallClock, sweeping};
use redress_service::config::Config;
use redress_service::lifecycle::TaskError;
use redress_service::{Ids, Shutdown, StreamLimit, SystemIds, clock};
use redress_vault::OsEntropy;
use redress_view::View;
use tonic::service::RoutesBuilder;

use crate::complaint::{Sender, failed_reactions};
use crate::config::{SERVICE, WorkflowConfig, WorkflowDeps};
use crate::waiting;
use crate::workflow::{OpenError, Workflow};

const LOOK: Duration = Duration::from_secs(1);

impl WorkflowConfig {
    /// As the settings of a process say.
    pub fn of(config: &Config, partition: u16) -> Self {
        let mut settings = Self::below(&config.data_dir, &config.tenant, partition);
        settings.folders = Folders::of(config, SERVICE, partition);
        settings.vault_lost_at = config.vault.lost_at(SERVICE);
        settings.limits.segment_records = config.log.segment_records;
        settings.limits.queue = config.log.queue_commands;
        settings.limits.message_bytes = config.limits.message_bytes;
        settings.limits.orphans = config.vault.orphans_at_most;
        settings
    }
}

impl WorkflowDeps {
    /// The machine's own clock, disk and chance.
    pub fn of_this_machine(streams: &StreamLimit) -> Self {
        Self {
            clock: Arc::new(WallClock),
            ids: Arc::new(SystemIds),
            entropy: Arc::new(OsEntropy),
            new_log_id: LogId(SystemIds.next()),
            stores: None,
            streams: streams.clone(),
        }
    }
}

impl Workflow {
    /// Opens it as the settings of a process say. It follows nobody before it [runs](Self::run).
    pub fn of(config: &Config, partition: u16, streams: &StreamLimit) -> Result<Self, OpenError> {
        let settings = WorkflowConfig::of(config, partition);
        Self::open(settings, WorkflowDeps::of_this_machine(streams))
    }

    /// Follows the others where they are processes of their own, each as soon as it is known which log
    /// it has, until the process stops. Meanwhile it answers: they may come up later, or wait for this
    /// one.
    pub async fn follow(self, elsewhere: Elsewhere, shutdown: Shutdown) -> Result<(), TaskError> {
        let intake = async {
            let source = elsewhere.log_of("intake", self.log()).await?;
            Ok::<_, TaskError>(self.follow_intake(source)?)
        };
        let reporting = async {
            let source = elsewhere.log_of("reporting", self.log()).await?;
            Ok::<_, TaskError>(self.follow_reporting(source)?)
        };
        tokio::select! {
            begun = async { tokio::try_join!(intake, reporting) } => drop(begun?),
            () = shutdown.soft() => return Ok(()),
        }
        shutdown.soft().await;
        Ok(())
    }
}

impl Part for Workflow {
    fn name(&self) -> &'static str {
        SERVICE
    }

    fn log(&self) -> &Log {
        self.log()
    }

    fn views(&self) -> Vec<View> {
        self.views().map(Clone::clone).to_vec()
    }

    fn shared(&self) -> Arc<dyn Part> {
        Arc::new(self.clone())
    }

    fn follows(&self) -> &'static [&'static str] {
        waiting::FOLLOWS
    }

    fn consumed(&self) -> Vec<Consumption> {
        self.consumed()
    }

    fn follower_stopped(&self) -> Option<String> {
        self.inner.follower_stopped.borrow().clone()
    }

    fn serve(&self, routes: &mut RoutesBuilder) -> Vec<&'static str> {
        let (complaints, improvements, policies, handlers) = self.servers();
        let (messages, status) = self.message_servers();
        routes
            .add_service(complaints)
            .add_service(improvements)
            .add_service(policies)
            .add_service(handlers)
            .add_service(messages)
            .add_service(status);
        vec![
            "redress.workflow.v1.WorkflowService",
            "redress.workflow.v1.ImprovementService",
            "redress.workflow.v1.PolicyService",
            "redress.workflow.v1.HandlerService",
            "redress.workflow.v1.MessageService",
            "redress.workflow.v1.StatusService",
        ]
    }

    fn tasks(&self, around: &Around) -> Vec<Task> {
        let [complaints, ..] = self.views();
        let count = count_failures(complaints.clone(), around.clone());
        let inner = &self.inner;
        let (vault, log) = (Arc::clone(&inner.vault), inner.log.clone());
        let clocks = tell_of_clocks(self.clone(), around.shutdown.clone());
        let mut tasks = vec![
            Task::new("what is told of clocks", clocks),
            Task::new("the count of failed reactions", count),
            sweeping(SERVICE, vault, log, inner.orphans, around),
        ];
        let post = &inner.post;
        let post = post.lock().unwrap_or_else(PoisonError::into_inner).take();
        tasks.extend(post.map(|post| {
            let sender = Sender::new(Arc::clone(inner), post);
            Task::new("mail", send_mail(sender, around.shutdown.clone()))
        }));
        tasks
    }

    fn stopped(&self) -> BoxFuture<'static, String> {
        let workflow = self.clone();
        Box::pin(async move { workflow.failed().await })
    }

    fn end_streams(&self) {
        self.end_streams();
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), ReadError>> {
        Box::pin((*self).close())
    }
}

async fn tell_of_clocks(workflow: Workflow, shutdown: Shutdown) -> Result<(), TaskError> {
    tokio::select! {
        ended = workflow.tick(clock::now) => Err(ended.into()),
        () = shutdown.soft() => Ok(()),
    }
}

async fn send_mail(sender: Sender, shutdown: Shutdown) -> Result<(), TaskError> {
    tokio::select! {
        why = sender.run(clock::now) => Err(why.into()),
        () = shutdown.soft() => Ok(()),
    }
}

async fn count_failures(complaints: View, around: Around) -> Result<(), TaskError> {
    let gauge = Gauge::<i64>::default();
    around.metrics.register(
        "reactions_failed",
        "Reactions of workflow that a rule refused; the records say which and why",
        gauge.clone(),
    );
    let runtime = tokio::runtime::Handle::current();
    loop {
        // The future is bound to its thread, so it is waited for on one of its own.
        let (view, runtime) = (complaints.clone(), runtime.clone());
        let count = move || runtime.block_on(failed_reactions(&view));
        if let Some(count) = tokio::task::spawn_blocking(count).await? {
            gauge.set(count.cast_signed());
        }
        tokio::select! {
            () = around.shutdown.soft() => return Ok(()),
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
