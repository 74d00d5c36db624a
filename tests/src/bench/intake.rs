//! A real intake: sled on the disk, the machine's clock and random source, the server that the
//! binaries have.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use redress_envelope::{LogId, derived_uuid};
use redress_intake::{Intake, IntakeConfig, IntakeDeps};
use redress_service::SystemIds;
use redress_vault::OsEntropy;
use tonic::service::RoutesBuilder;

use super::logs::SystemClock;
use super::served;

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
    server: served::Served,
}

pub(crate) async fn serve(data: &Path) -> Result<Served> {
    let intake = open(data)?;
    let mut routes = RoutesBuilder::default();
    routes.add_service(intake.server());
    let names = vec!["redress.intake.v1.IntakeService"];
    let server = served::Served::start(routes, names).await?;
    Ok(Served {
        address: server.address,
        intake,
        server,
    })
}

impl Served {
    pub(crate) fn intake(&self) -> &Intake {
        &self.intake
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.server.stop().await?;
        Ok(self.intake.close().await?)
    }
}
