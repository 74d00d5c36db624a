//! A real intake: sled on the disk, the machine's clock and random source, the server that the
//! binaries have.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use redress_envelope::{LogId, derived_uuid};
use redress_intake::{Intake, IntakeConfig, IntakeDeps};
use redress_service::config::Limits;
use redress_service::grpc::Services;
use redress_service::{GrpcServer, Lifecycle, Metrics, Readiness, SystemIds};
use redress_vault::OsEntropy;
use redress_wire::FILE_DESCRIPTOR_SET;
use tokio::task::JoinHandle;
use tonic::service::RoutesBuilder;

use super::logs::SystemClock;

pub(crate) fn open(data: &Path) -> Result<Intake> {
    let deps = IntakeDeps {
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        entropy: Arc::new(OsEntropy),
        new_log_id: LogId(derived_uuid("bench log", &["intake"])),
        stores: None,
    };
    Ok(Intake::open(IntakeConfig::below(data, "default", 0), deps)?)
}

/// An intake behind its server.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    intake: Intake,
    lifecycle: Lifecycle,
    server: JoinHandle<Result<()>>,
}

pub(crate) async fn serve(data: &Path) -> Result<Served> {
    let intake = open(data)?;
    let lifecycle = Lifecycle::new();
    let (limits, metrics, readiness) = (Limits::default(), Metrics::new(), Readiness::new());
    let server = GrpcServer::bind(([127, 0, 0, 1], 0).into(), limits, metrics, readiness).await?;
    let address = server.address();
    let mut routes = RoutesBuilder::default();
    routes.add_service(intake.server());
    let services = Services {
        routes,
        names: vec!["redress.intake.v1.IntakeService"],
        descriptors: FILE_DESCRIPTOR_SET,
    };
    let shutdown = lifecycle.shutdown();
    let server = tokio::spawn(async move {
        server
            .serve(services, shutdown)
            .await
            .map_err(|error| anyhow::anyhow!("{error}"))
    });
    Ok(Served {
        address,
        intake,
        lifecycle,
        server,
    })
}

impl Served {
    pub(crate) fn intake(&self) -> &Intake {
        &self.intake
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.lifecycle.stop();
        self.server.await??;
        Ok(self.intake.close().await?)
    }
}
