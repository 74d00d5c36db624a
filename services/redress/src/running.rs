//! The three services while they run in this process, with failures as a command tells them.

use std::process::ExitCode;

use redress_log_service::{Around, Folders, PARTITION, Process, StartError};
use redress_service::{Config, Kind, Lifecycle};

use crate::assemble;
use crate::failure::Failure;
use crate::log::Service;

/// Running services, and where they answer.
#[derive(Debug)]
pub(crate) struct Running(Process);

impl Running {
    /// Takes the ports, opens everything, and answers.
    pub(crate) async fn start(config: &Config, lifecycle: &Lifecycle) -> Result<Self, Failure> {
        let open = async |around: &Around| assemble::open(config, around).await;
        let started = Process::start(config, "redress", lifecycle, open).await;
        started.map(Self).map_err(unstarted)
    }

    /// For a command that works on a data directory itself: on free ports of this machine.
    pub(crate) async fn embedded(config: Config) -> Result<Self, Failure> {
        let settings = config.clone();
        let open = async |around: &Around| assemble::open(&settings, around).await;
        let started = Process::embedded(config, open).await;
        let running = started.map(Self).map_err(unstarted)?;
        running.ready().await?;
        Ok(running)
    }

    /// Where the gRPC services are.
    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.0.grpc())
    }

    /// Where health and metrics are.
    pub(crate) fn http(&self) -> String {
        format!("http://{}", self.0.http())
    }

    /// Waits until every part is ready, or the process stops.
    pub(crate) async fn ready(&self) -> Result<(), Failure> {
        let ready = self.0.ready().await;
        ready.map_err(|why| {
            Failure::new(Kind::Cancelled, "STOPPED", why.to_string())
                .with_remedy("the lines before this one say why; start it again")
        })
    }

    /// Waits for the end; what is not in order is a failure.
    pub(crate) async fn ended(self) -> Result<ExitCode, Failure> {
        match self.0.ended().await.problem() {
            None => Ok(ExitCode::SUCCESS),
            Some(problem) => Err(problem.into()),
        }
    }

    /// Ends in order.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        self.0.stop();
        self.ended().await.map(|_success| ())
    }
}

/// For a command that works on what is there already: it must not make a data directory.
pub(crate) fn must_hold_logs(config: &Config) -> Result<(), Failure> {
    let services = [Service::Intake, Service::Workflow, Service::Reporting];
    let log = |service: &Service| Folders::of(config, service.name(), PARTITION).log;
    if services
        .iter()
        .any(|it| log(it).join("identity.json").is_file())
    {
        return Ok(());
    }
    let message = format!("there is no log in {}", config.data_dir.display());
    Err(Failure::new(Kind::NotFound, "LOG_NOT_FOUND", message)
        .with_field("data_dir")
        .with_remedy("name the data directory with --data, and the tenant with --set tenant=.."))
}

fn unstarted(error: StartError<Failure>) -> Failure {
    error.problem(Failure::into_problem).into()
}
