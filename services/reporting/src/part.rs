//! Reporting as a process hosts it.

use std::sync::Arc;

use redress_envelope::LogId;
use redress_event_log::{BoxFuture, Consumption, Log, ReadError};
use redress_log_service::{Elsewhere, Part, WallClock};
use redress_service::config::Config;
use redress_service::lifecycle::TaskError;
use redress_service::{Ids, Shutdown, SystemIds};
use redress_view::View;
use tonic::service::RoutesBuilder;

use crate::config::{ReportingConfig, ReportingDeps, SERVICE};
use crate::reporting::{OpenError, Reporting};

impl ReportingConfig {
    /// As the settings of a process say.
    pub fn of(config: &Config, partition: u16) -> Self {
        let mut settings = Self::below(&config.data_dir, &config.tenant, partition);
        settings.limits.segment_records = config.log.segment_records;
        settings.limits.queue = config.log.queue_commands;
        settings.limits.message_bytes = config.limits.message_bytes;
        settings
    }
}

impl ReportingDeps {
    /// The machine's own clock and disk.
    pub fn of_this_machine() -> Self {
        Self {
            clock: Arc::new(WallClock),
            new_log_id: LogId(SystemIds.next()),
            store: None,
        }
    }
}

impl Reporting {
    /// Opens it as the settings of a process say. It follows nobody before it [runs](Self::run).
    pub fn of(config: &Config, partition: u16) -> Result<Self, OpenError> {
        Self::open(
            ReportingConfig::of(config, partition),
            ReportingDeps::of_this_machine(),
        )
    }

    /// Follows the others where they are processes of their own, as soon as it is known which logs
    /// they have, until the process stops. Meanwhile it says that it does not follow yet: they may
    /// come up later, or wait for this one.
    pub async fn follow(self, elsewhere: Elsewhere, shutdown: Shutdown) -> Result<(), TaskError> {
        let beginning = async {
            let (intake, workflow) = tokio::try_join!(
                elsewhere.log_of("intake", self.log()),
                elsewhere.log_of("workflow", self.log()),
            )?;
            Ok::<_, TaskError>(self.run(intake, workflow).await?)
        };
        tokio::select! {
            begun = beginning => begun?,
            () = shutdown.soft() => return Ok(()),
        }
        shutdown.soft().await;
        Ok(())
    }
}

impl Part for Reporting {
    fn name(&self) -> &'static str {
        SERVICE
    }

    fn log(&self) -> &Log {
        self.log()
    }

    fn views(&self) -> Vec<View> {
        let signals = std::iter::once(self.signals_view());
        signals.chain(self.facts_view()).cloned().collect()
    }

    fn shared(&self) -> Arc<dyn Part> {
        Arc::new(self.clone())
    }

    fn follows(&self) -> &'static [&'static str] {
        &["intake", "workflow"]
    }

    fn consumed(&self) -> Vec<Consumption> {
        self.consumed()
    }

    fn waits_for(&self) -> Option<String> {
        let not_yet = self.facts_view().is_none();
        not_yet.then(|| "it has no facts before it knows which logs to follow".to_owned())
    }

    fn follower_stopped(&self) -> Option<String> {
        self.watch_followers().borrow().clone()
    }

    fn serve(&self, routes: &mut RoutesBuilder) -> Vec<&'static str> {
        routes.add_service(self.server());
        vec!["redress.reporting.v1.ReportingService"]
    }

    fn stopped(&self) -> BoxFuture<'static, String> {
        let reporting = self.clone();
        Box::pin(async move { reporting.failed().await })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), ReadError>> {
        Box::pin((*self).close())
    }
}
