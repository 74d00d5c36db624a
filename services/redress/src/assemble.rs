//! Intake, workflow and reporting in one process, following each other's logs directly.

mod door;

use std::sync::Arc;

use redress_envelope::LogId;
use redress_event_log::{Log, Source};
use redress_intake::{Intake, IntakeConfig, IntakeDeps};
use redress_log_service::{Hosted, LogServer};
use redress_reporting::{Reporting, ReportingConfig, ReportingDeps};
use redress_service::config::Config;
use redress_service::grpc::Services as Served;
use redress_service::{Ids, Kind, Shutdown, StreamLimit, SystemIds};
use redress_vault::OsEntropy;
use redress_view::{View, ViewStatus};
use redress_wire::FILE_DESCRIPTOR_SET;
use redress_wire::log::v1::log_service_server::LogServiceServer;
use redress_workflow::{Workflow, WorkflowConfig, WorkflowDeps};
use tonic::service::RoutesBuilder;

use crate::failure::Failure;
use crate::wall::WallClock;
use door::LogDoor;

/// The only one so far; a partition is chosen when a feedback item is born.
const PARTITION: u16 = 0;

/// The three services. Clones are the same ones.
#[derive(Debug, Clone)]
pub(crate) struct Services {
    pub(crate) intake: Intake,
    pub(crate) workflow: Workflow,
    pub(crate) reporting: Reporting,
    streams: StreamLimit,
}

impl Services {
    /// Opens all three on one data directory, and lets them follow each other.
    pub(crate) async fn open(config: &Config) -> Result<Self, Failure> {
        let streams = StreamLimit::new(&config.limits);
        // Reading what is on the disk may take a while.
        let services = tokio::task::block_in_place(|| {
            Ok::<_, Failure>(Self {
                intake: intake(config)?,
                workflow: workflow(config, &streams)?,
                reporting: reporting(config)?,
                streams,
            })
        })?;
        let [intake, workflow, reporting] = services
            .logs()
            .map(|log| Arc::new(log.clone()) as Arc<dyn Source>);
        services
            .workflow
            .run(Arc::clone(&intake), reporting)
            .map_err(|e| unopened(&e))?;
        services
            .reporting
            .run(intake, workflow)
            .await
            .map_err(|e| unopened(&e))?;
        Ok(services)
    }

    pub(crate) fn logs(&self) -> [&Log; 3] {
        [self.intake.log(), self.workflow.log(), self.reporting.log()]
    }

    /// All views, each with its service's name.
    pub(crate) fn views(&self) -> Vec<(&'static str, View)> {
        let mut views = vec![("intake", self.intake.list_view().clone())];
        views.extend(self.workflow.views().map(|view| ("workflow", view.clone())));
        views.push(("reporting", self.reporting.signals_view().clone()));
        views.extend(
            self.reporting
                .facts_view()
                .map(|view| ("reporting", view.clone())),
        );
        views
    }

    pub(crate) async fn view_statuses(&self) -> Vec<(&'static str, ViewStatus)> {
        let mut statuses = Vec::new();
        for (service, view) in self.views() {
            statuses.push((service, view.status().await));
        }
        statuses
    }

    /// Everything that is served over gRPC, on one port.
    pub(crate) fn served(&self, config: &Config, shutdown: &Shutdown) -> Served {
        let (complaints, improvements) = self.workflow.servers();
        let logs = LogDoor::new(self.log_server(), self.streams.clone(), shutdown.clone());
        let logs = LogServiceServer::new(logs);
        let mut routes = RoutesBuilder::default();
        routes
            .add_service(self.intake.server())
            .add_service(complaints)
            .add_service(improvements)
            .add_service(self.reporting.server())
            .add_service(logs.max_decoding_message_size(config.limits.message_bytes));
        Served {
            routes,
            names: NAMES.to_vec(),
            descriptors: FILE_DESCRIPTOR_SET,
        }
    }

    fn log_server(&self) -> LogServer {
        let [intake, workflow, reporting] = self.logs().map(Clone::clone);
        LogServer::new([
            Hosted {
                log: intake,
                consumed: Vec::new(),
            },
            Hosted {
                log: workflow,
                consumed: self.workflow.consumed(),
            },
            Hosted {
                log: reporting,
                consumed: self.reporting.consumed(),
            },
        ])
    }

    /// Ends whoever follows before whoever is followed.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        let Self {
            intake,
            workflow,
            reporting,
            streams,
        } = self;
        drop(streams);
        let reporting = reporting.close().await;
        let workflow = workflow.close().await;
        let intake = intake.close().await;
        let closed = reporting.and(workflow).and(intake);
        closed.map_err(|error| Failure::new(Kind::Internal, "CLOSE_FAILED", error.to_string()))
    }
}

const NAMES: [&str; 5] = [
    "redress.intake.v1.IntakeService",
    "redress.workflow.v1.WorkflowService",
    "redress.workflow.v1.ImprovementService",
    "redress.reporting.v1.ReportingService",
    "redress.log.v1.LogService",
];

fn intake(config: &Config) -> Result<Intake, Failure> {
    let mut settings = IntakeConfig::below(&config.data_dir, &config.tenant, PARTITION);
    settings.limits.segment_records = config.log.segment_records;
    settings.limits.queue = config.log.queue_commands;
    settings.limits.import_rows = settings
        .limits
        .import_rows
        .min(config.log.queue_commands / 2);
    settings.limits.message_bytes = config.limits.message_bytes;
    let deps = IntakeDeps {
        clock: Arc::new(WallClock),
        ids: Arc::new(SystemIds),
        entropy: Arc::new(OsEntropy),
        new_log_id: LogId(SystemIds.next()),
        stores: None,
    };
    Intake::open(settings, deps).map_err(|error| unopened(&error))
}

fn workflow(config: &Config, streams: &StreamLimit) -> Result<Workflow, Failure> {
    let mut settings = WorkflowConfig::below(&config.data_dir, &config.tenant, PARTITION);
    settings.limits.segment_records = config.log.segment_records;
    settings.limits.queue = config.log.queue_commands;
    settings.limits.message_bytes = config.limits.message_bytes;
    let deps = WorkflowDeps {
        clock: Arc::new(WallClock),
        ids: Arc::new(SystemIds),
        entropy: Arc::new(OsEntropy),
        new_log_id: LogId(SystemIds.next()),
        stores: None,
        streams: streams.clone(),
    };
    Workflow::open(settings, deps).map_err(|error| unopened(&error))
}

fn reporting(config: &Config) -> Result<Reporting, Failure> {
    let mut settings = ReportingConfig::below(&config.data_dir, &config.tenant, PARTITION);
    settings.limits.segment_records = config.log.segment_records;
    settings.limits.queue = config.log.queue_commands;
    settings.limits.message_bytes = config.limits.message_bytes;
    let deps = ReportingDeps {
        clock: Arc::new(WallClock),
        new_log_id: LogId(SystemIds.next()),
        store: None,
    };
    Reporting::open(settings, deps).map_err(|error| unopened(&error))
}

fn unopened(error: &dyn std::error::Error) -> Failure {
    Failure::new(Kind::Internal, "OPEN_FAILED", error.to_string()).with_remedy(
        "where it is in use, stop the other process; where it is damaged, run `redress log verify \
         --data ..`",
    )
}
