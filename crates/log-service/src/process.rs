//! Services while they run in this process: ports, health, metrics, and a clean end.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use redress_event_bus::{Bus, RelayError};
use redress_event_log::ReadError;
use redress_service::http::{BindError, Router};
use redress_service::lifecycle::TaskError;
use redress_service::{
    Config, Exit, GrpcServer, HttpServer, Kind, Lifecycle, Metrics, Problem, Readiness, Shutdown,
    StreamLimit, Tasks, grpc,
};
use redress_wire::FILE_DESCRIPTOR_SET;
use redress_wire::log::v1::log_service_server::LogServiceServer;
use redress_wire::log::v1::view_service_server::ViewServiceServer;
use tokio::task::JoinHandle;
use tonic::service::RoutesBuilder;

use crate::bus::{self, BusError};
use crate::links::Links;
use crate::part::{Around, Part, Task};
use crate::relaying;
use crate::server::LogServer;
use crate::starting::{NoFolder, must_be_folders};
use crate::sweep::Sweeps;
use crate::views::ViewServer;
use crate::watch;

/// The only partition so far; one is chosen when a feedback item is born.
pub const PARTITION: u16 = 0;

/// How long what was handed to NATS has to get there when the process ends.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Services in the order in which they follow each other: the last is closed first.
pub type Parts = Vec<Box<dyn Part>>;

/// What a process consists of.
#[derive(Debug)]
pub struct Opened {
    pub parts: Parts,
    /// What goes on beside the parts' own tasks.
    pub tasks: Vec<Task>,
}

impl Opened {
    pub fn one(part: impl Part) -> Self {
        vec![Box::new(part) as Box<dyn Part>].into()
    }

    #[must_use]
    pub fn with(mut self, task: Task) -> Self {
        self.tasks.push(task);
        self
    }
}

impl From<Parts> for Opened {
    fn from(parts: Parts) -> Self {
        let tasks = Vec::new();
        Self { parts, tasks }
    }
}

/// Running services, and where they answer.
#[derive(Debug)]
pub struct Process {
    grpc: SocketAddr,
    http: SocketAddr,
    lifecycle: Lifecycle,
    readiness: Readiness,
    end: JoinHandle<Ended>,
}

#[derive(Debug, thiserror::Error)]
pub enum StartError<E> {
    #[error(transparent)]
    Folder(#[from] NoFolder),
    #[error(transparent)]
    Bind(#[from] BindError),
    #[error("the bus cannot be used: {0}")]
    Bus(#[from] BusError),
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// A service was not opened.
    #[error("{0}")]
    Open(E),
}

/// How a process ended.
#[derive(Debug)]
#[must_use = "it says whether something went wrong"]
pub struct Ended {
    pub exit: Exit,
    pub closed: Result<(), ReadError>,
}

/// It was stopped before it was ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was stopped before it was ready")]
pub struct StoppedBeforeReady;

impl Process {
    /// Takes the ports, connects to NATS where settings name it, opens everything, and answers.
    pub async fn start<E, O: Into<Opened>>(
        config: &Config,
        name: &str,
        lifecycle: &Lifecycle,
        open: impl AsyncFnOnce(&Around) -> Result<O, E>,
    ) -> Result<Self, StartError<E>> {
        must_be_folders(config)?;
        let (metrics, readiness) = (Metrics::new(), Readiness::new());
        let limits = config.limits.clone();
        let grpc = GrpcServer::bind(
            config.grpc.listen,
            limits,
            metrics.clone(),
            readiness.clone(),
        )
        .await?;
        let http = HttpServer::bind(config.http.listen).await?;
        let (grpc_address, http_address) = (grpc.address(), http.address());
        let bus = bus::connect(config, name).await?;
        let around = Around {
            sweeps: Sweeps::register(&metrics),
            metrics,
            readiness: readiness.clone(),
            shutdown: lifecycle.shutdown(),
            streams: StreamLimit::new(&config.limits),
            links: Links::default(),
            bus,
        };

        let Opened { parts, tasks: more } = open(&around).await.map_err(StartError::Open)?.into();
        let mut tasks = Tasks::new();
        if let Some(bus) = &around.bus {
            relay(bus, &parts, &around, &mut tasks).await?;
        }
        let served = served(&parts, config, &around);
        tasks.spawn(
            "the gRPC server",
            grpc.serve(served, around.shutdown.clone()),
        );
        let doors = http.serve(
            around.metrics.clone(),
            readiness.clone(),
            Router::new(),
            around.shutdown.clone(),
        );
        tasks.spawn("the HTTP server", doors);
        let seen = parts.iter().map(|part| part.shared()).collect();
        tasks.spawn("the watch", watch::over(seen, around.clone()));
        spawn_tasks(&parts, &around, &mut tasks);
        for task in more {
            tasks.spawn(task.name, task.run);
        }
        let drain = config.limits.drain();
        let end = tokio::spawn(end(parts, tasks, around, lifecycle.clone(), drain));
        Ok(Self {
            grpc: grpc_address,
            http: http_address,
            lifecycle: lifecycle.clone(),
            readiness,
            end,
        })
    }

    /// For a command that works on a data directory itself: on free ports of this machine, and
    /// without NATS.
    pub async fn embedded<E, O: Into<Opened>>(
        mut config: Config,
        open: impl AsyncFnOnce(&Around) -> Result<O, E>,
    ) -> Result<Self, StartError<E>> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        (config.grpc.listen, config.http.listen) = (any, any);
        config.bus = redress_service::config::Bus::default();
        Self::start(&config, "redress", &Lifecycle::new(), open).await
    }

    pub fn grpc(&self) -> SocketAddr {
        self.grpc
    }

    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Waits until every part is ready, or the process stops.
    pub async fn ready(&self) -> Result<(), StoppedBeforeReady> {
        let (mut readied, shutdown) = (self.readiness.watch(), self.lifecycle.shutdown());
        loop {
            if self.readiness.report().ready {
                return Ok(());
            }
            tokio::select! {
                told = readied.changed() => if told.is_err() { return Err(StoppedBeforeReady) },
                () = shutdown.soft() => return Err(StoppedBeforeReady),
                () = tokio::time::sleep(Duration::from_millis(200)) => {}
            }
        }
    }

    /// Ends in order; [`ended`](Self::ended) says how that went.
    pub fn stop(&self) {
        self.lifecycle.stop();
    }

    /// Waits for the end.
    pub async fn ended(self) -> Ended {
        self.end.await.unwrap_or_else(|error| Ended {
            exit: Exit {
                failure: Some(format!("the process broke off: {error}")),
                forced: None,
            },
            closed: Err(ReadError::Ended),
        })
    }
}

impl Ended {
    /// Why it was not an end in order.
    pub fn why(&self) -> Option<String> {
        let forced = || self.exit.forced.map(str::to_owned);
        let unclosed = || self.closed.as_ref().err().map(ToString::to_string);
        self.exit.failure.clone().or_else(forced).or_else(unclosed)
    }

    /// The same as a program tells it that ends so.
    pub fn problem(&self) -> Option<Problem> {
        let why = self.why()?;
        let code = if self.exit.is_clean() {
            "CLOSE_FAILED"
        } else {
            "STOPPED"
        };
        Some(Problem::new(Kind::Internal, code, why))
    }
}

/// Goes on until the process is told to stop, and closes everything.
async fn end(
    parts: Parts,
    tasks: Tasks,
    around: Around,
    ending: Lifecycle,
    drain: Duration,
) -> Ended {
    let exit = {
        let end_streams = async {
            around.shutdown.soft().await;
            for part in &parts {
                part.end_streams();
            }
        };
        tokio::join!(tasks.run(ending, drain), end_streams).0
    };
    around.links.clear();
    let bus = around.bus.clone();
    drop(around);
    let closed = close(parts).await;
    if let Some(bus) = bus.filter(Bus::is_connected) {
        bus.drain(LAST_WORDS).await;
    }
    Ended { exit, closed }
}

/// Relays the log of every part.
async fn relay(
    bus: &Bus,
    parts: &Parts,
    around: &Around,
    tasks: &mut Tasks,
) -> Result<(), RelayError> {
    for part in parts {
        let log = part.log().clone();
        relaying::hold_if_behind(bus, &log).await;
        let relay = relaying::relay_of(bus, &log)?;
        around.links.add_relay(relay.clone());
        tasks.spawn(
            "the relay",
            relaying::run(relay, log, around.shutdown.clone()),
        );
    }
    Ok(())
}

/// Everything that is served over gRPC, on one port.
fn served(parts: &Parts, config: &Config, around: &Around) -> grpc::Services {
    let mut routes = RoutesBuilder::default();
    let mut names = vec!["redress.log.v1.LogService", "redress.log.v1.ViewService"];
    names.extend(parts.iter().flat_map(|part| part.serve(&mut routes)));
    let shared = || parts.iter().map(|part| part.shared());
    let (streams, shutdown) = (around.streams.clone(), around.shutdown.clone());
    let logs = LogServer::new(shared(), streams.clone(), shutdown.clone());
    let views = ViewServer::new(shared(), around.links.clone(), streams, shutdown);
    let limit = config.limits.message_bytes;
    routes
        .add_service(LogServiceServer::new(logs).max_decoding_message_size(limit))
        .add_service(ViewServiceServer::new(views).max_decoding_message_size(limit));
    grpc::Services {
        routes,
        names,
        descriptors: FILE_DESCRIPTOR_SET,
    }
}

fn spawn_tasks(parts: &Parts, around: &Around, tasks: &mut Tasks) {
    for part in parts {
        let fail_stop = fail_stop(part.stopped(), around.shutdown.clone());
        tasks.spawn(part.name(), fail_stop);
        for task in part.tasks(around) {
            tasks.spawn(task.name, task.run);
        }
    }
}

/// A log that cannot keep what it is given ends the process, with the reason.
async fn fail_stop(
    stopped: impl Future<Output = String>,
    shutdown: Shutdown,
) -> Result<(), TaskError> {
    tokio::select! {
        why = stopped => Err(why.into()),
        () = shutdown.soft() => Ok(()),
    }
}

/// Ends whoever follows before whoever is followed. The first error is told, and all are closed.
async fn close(parts: Parts) -> Result<(), ReadError> {
    let mut closed = Ok(());
    for part in parts.into_iter().rev() {
        closed = closed.and(part.close().await);
    }
    closed
}
