//! Intake as a process hosts it.

use std::sync::Arc;

use redress_envelope::LogId;
use redress_event_log::{BoxFuture, Log, ReadError};
use redress_log_service::{Around, Folders, Part, Task, WallClock, sweeping};
use redress_service::config::Config;
use redress_service::{Ids, SystemIds};
use redress_vault::OsEntropy;
use redress_view::View;
use tonic::service::RoutesBuilder;

use crate::config::{IntakeConfig, IntakeDeps, SERVICE};
use crate::import;
use crate::inbox;
use crate::intake::{Intake, OpenError};
use crate::rejected;

impl IntakeConfig {
    /// As the settings of a process say.
    pub fn of(config: &Config, partition: u16) -> Self {
        let mut settings = Self::below(&config.data_dir, &config.tenant, partition);
        settings.folders = Folders::of(config, SERVICE, partition);
        settings.vault_lost_at = config.vault.lost_at(SERVICE);
        let limits = &mut settings.limits;
        limits.segment_records = config.log.segment_records;
        limits.queue = config.log.queue_commands;
        limits.import_rows = limits.import_rows.min(config.log.queue_commands / 2);
        limits.orphans = config.vault.orphans_at_most;
        limits.message_bytes = config.limits.message_bytes;
        settings
    }
}

impl IntakeDeps {
    /// The machine's own clock, disk and chance.
    pub fn of_this_machine() -> Self {
        Self {
            clock: Arc::new(WallClock),
            ids: Arc::new(SystemIds),
            entropy: Arc::new(OsEntropy),
            new_log_id: LogId(SystemIds.next()),
            stores: None,
        }
    }
}

impl Intake {
    /// Opens it as the settings of a process say.
    pub fn of(config: &Config, partition: u16) -> Result<Self, OpenError> {
        Self::open(
            IntakeConfig::of(config, partition),
            IntakeDeps::of_this_machine(),
        )
    }
}

impl Part for Intake {
    fn name(&self) -> &'static str {
        SERVICE
    }

    fn log(&self) -> &Log {
        self.log()
    }

    fn views(&self) -> Vec<View> {
        vec![self.list_view().clone()]
    }

    fn shared(&self) -> Arc<dyn Part> {
        Arc::new(self.clone())
    }

    fn serve(&self, routes: &mut RoutesBuilder) -> Vec<&'static str> {
        routes.add_service(self.server());
        vec!["redress.intake.v1.IntakeService"]
    }

    fn tasks(&self, around: &Around) -> Vec<Task> {
        let inner = &self.inner;
        let (vault, log) = (Arc::clone(&inner.vault), inner.log.clone());
        let mut tasks = vec![
            Task::new(
                "the look at open imports",
                import::remind(self.clone(), around.clone()),
            ),
            sweeping(SERVICE, vault, log, inner.orphans, around),
            Task::new(
                "the erasure of what was discarded",
                rejected::complete(self.clone(), around.clone()),
            ),
        ];
        let told = inbox::Told::register(&around.metrics);
        if let Some(bus) = around.bus.clone() {
            let taking = inbox::run(self.clone(), bus, around.clone(), told);
            tasks.push(Task::new("the inbox", taking));
        }
        tasks
    }

    fn stopped(&self) -> BoxFuture<'static, String> {
        let intake = self.clone();
        Box::pin(async move { intake.stopped().await })
    }

    fn close(self: Box<Self>) -> BoxFuture<'static, Result<(), ReadError>> {
        Box::pin((*self).close())
    }
}
