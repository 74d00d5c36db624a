//! A real workflow: sled on the disk, the machine's clock and random source, the server that the
//! binaries have. It follows nobody.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use redress_envelope::{LogId, derived_uuid};
use redress_event_log::{Log, LogConfig};
use redress_service::SystemIds;
use redress_vault::OsEntropy;
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use redress_workflow::{Workflow, WorkflowConfig, WorkflowDeps};
use tonic::service::RoutesBuilder;
use tonic::transport::{Channel, Endpoint};

use super::logs::{self, SystemClock};
use super::served;

pub(crate) type Client = WorkflowServiceClient<Channel>;

pub(crate) fn config(data: &Path) -> WorkflowConfig {
    WorkflowConfig::below(data, "default", 0)
}

pub(crate) fn open(data: &Path) -> Result<Workflow> {
    let new_log_id = LogId(derived_uuid("bench log", &["workflow"]));
    let (ids, entropy) = (Arc::new(SystemIds), Arc::new(OsEntropy));
    let deps = WorkflowDeps::new(Arc::new(SystemClock), ids, entropy, new_log_id);
    Ok(Workflow::open(config(data), deps)?)
}

/// Its log alone.
pub(crate) fn log(data: &Path) -> Result<Log> {
    logs::open(
        &config(data).folders.log,
        "workflow",
        LogConfig::DEFAULT_SEGMENT_RECORDS,
    )
}

#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) workflow: Workflow,
    address: SocketAddr,
    server: served::Served,
}

pub(crate) async fn serve(data: &Path) -> Result<Served> {
    let workflow = open(data)?;
    let (complaints, _, _, _) = workflow.servers();
    let mut routes = RoutesBuilder::default();
    routes.add_service(complaints);
    let names = vec!["redress.workflow.v1.WorkflowService"];
    let server = served::Served::start(routes, names).await?;
    Ok(Served {
        workflow,
        address: server.address,
        server,
    })
}

impl Served {
    pub(crate) async fn client(&self) -> Result<Client> {
        client(self.address).await
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.workflow.end_streams();
        self.server.stop().await?;
        Ok(self.workflow.close().await?)
    }
}

pub(crate) async fn client(address: SocketAddr) -> Result<Client> {
    let channel = Endpoint::from_shared(format!("http://{address}"))?;
    Ok(WorkflowServiceClient::new(channel.connect().await?))
}
