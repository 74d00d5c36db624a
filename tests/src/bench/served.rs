//! Services behind the server that the binaries have.

use std::net::SocketAddr;

use anyhow::{Result, anyhow};
use redress_service::config::Limits;
use redress_service::grpc::Services;
use redress_service::{GrpcServer, Lifecycle, Metrics, Readiness};
use redress_wire::FILE_DESCRIPTOR_SET;
use tokio::task::JoinHandle;
use tonic::service::RoutesBuilder;

#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    lifecycle: Lifecycle,
    server: JoinHandle<Result<()>>,
}

impl Served {
    pub(crate) async fn start(routes: RoutesBuilder, names: Vec<&'static str>) -> Result<Self> {
        let lifecycle = Lifecycle::new();
        let (limits, metrics, readiness) = (Limits::default(), Metrics::new(), Readiness::new());
        let server =
            GrpcServer::bind(([127, 0, 0, 1], 0).into(), limits, metrics, readiness).await?;
        let address = server.address();
        let services = Services {
            routes,
            names,
            descriptors: FILE_DESCRIPTOR_SET,
        };
        let shutdown = lifecycle.shutdown();
        let server = tokio::spawn(async move {
            let ended = server.serve(services, shutdown).await;
            ended.map_err(|error| anyhow!("{error}"))
        });
        Ok(Self {
            address,
            lifecycle,
            server,
        })
    }

    pub(crate) async fn stop(self) -> Result<()> {
        self.lifecycle.stop();
        self.server.await?
    }
}
