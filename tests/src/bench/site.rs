//! The three programs and a NATS server on this machine, as `docs/three-processes.md` sets them up.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use tonic::transport::{Channel, Endpoint};

use super::nats::{EVENT_STREAM_BYTES, Nats};
use super::port::free_port;
use super::program::{self, Server};
use super::submit::Client;

/// What they are called, in the order in which they follow each other.
pub(crate) const SERVICES: [&str; 3] = ["intake", "workflow", "reporting"];
pub(crate) const TENANT: &str = "default";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Intake,
    Workflow,
    Reporting,
}

impl Service {
    pub(crate) const ALL: [Self; 3] = [Self::Intake, Self::Workflow, Self::Reporting];

    pub(crate) fn name(self) -> &'static str {
        SERVICES[self as usize]
    }

    pub(crate) fn program(self) -> String {
        format!("redress-{}", self.name())
    }
}

/// All that runs ends with it.
#[derive(Debug)]
pub(crate) struct Site {
    folder: PathBuf,
    nats: Nats,
    ports: [u16; 3],
    running: [Option<Server>; 3],
}

impl Site {
    /// A NATS server, and settings; no service runs yet.
    pub(crate) async fn new(folder: &Path) -> Result<Self> {
        let nats = Nats::start(folder).await?;
        let ports = [free_port(), free_port(), free_port()];
        let [intake, workflow, reporting] = ports;
        let settings = format!(
            "data_dir = \"data\"\n\
             [bus]\nservers = [\"nats://{}\"]\nevents.max_bytes = {EVENT_STREAM_BYTES}\n\
             [client]\nintake = \"http://127.0.0.1:{intake}\"\n\
             workflow = \"http://127.0.0.1:{workflow}\"\n\
             reporting = \"http://127.0.0.1:{reporting}\"\n",
            nats.address()
        );
        fs::write(folder.join("redress.toml"), settings)?;
        Ok(Self {
            folder: folder.to_owned(),
            nats,
            ports,
            running: [None, None, None],
        })
    }

    pub(crate) fn nats(&self) -> &Nats {
        &self.nats
    }

    /// Of a service, in the data directory that they share.
    pub(crate) fn data_of(&self, service: Service) -> PathBuf {
        self.folder.join("data").join(TENANT).join(service.name())
    }

    /// Waits until they are ready; each can be before the next is there.
    pub(crate) fn start(&mut self, services: &[Service]) -> Result<()> {
        for &service in services {
            self.begin(service)?;
        }
        for &service in services {
            self.server(service)?.ready()?;
        }
        Ok(())
    }

    /// Does not wait.
    pub(crate) fn begin(&mut self, service: Service) -> Result<()> {
        let name = service.program();
        let mut command = program::command_of(&name)?;
        let port = self.ports[service as usize];
        command.args(["--grpc", &format!("127.0.0.1:{port}")]);
        let server = Server::spawn(command, &name, &self.folder)?;
        self.running[service as usize] = Some(server);
        Ok(())
    }

    /// Ends them in order, the last of the followers first.
    pub(crate) fn stop(&mut self) -> Result<()> {
        for server in self.running.iter_mut().rev().filter_map(Option::take) {
            server.stop()?;
        }
        Ok(())
    }

    pub(crate) fn server(&self, service: Service) -> Result<&Server> {
        let server = self.running[service as usize].as_ref();
        server.with_context(|| format!("{} does not run", service.program()))
    }

    pub(crate) fn address(&self, service: Service) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.ports[service as usize]).into()
    }

    /// A connection to a service of its own.
    pub(crate) async fn door(&self, service: Service) -> Result<Channel> {
        let address = format!("http://{}", self.address(service));
        Ok(Endpoint::from_shared(address)?
            .tcp_nodelay(true)
            .connect()
            .await?)
    }

    pub(crate) async fn intake(&self) -> Result<Client> {
        Ok(IntakeServiceClient::new(self.door(Service::Intake).await?))
    }
}
