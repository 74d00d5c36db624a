//! Services while they run in this process: ports, health, metrics, and a clean end.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use redress_event_log::ReadError;
use redress_service::http::{BindError, Router};
use redress_service::lifecycle::TaskError;
use redress_service::{
    Config, Exit, GrpcServer, HttpServer, Lifecycle, Metrics, Readiness, Shutdown, StreamLimit,
    Tasks, grpc,
};
use redress_wire::FILE_DESCRIPTOR_SET;
use redress_wire::log::v1::log_service_server::LogServiceServer;
use redress_wire::log::v1::view_service_server::ViewServiceServer;
use tokio::task::JoinHandle;
use tonic::service::RoutesBuilder;

use crate::part::{Around, Part};
use crate::server::{Hosted, LogServer};
use crate::views::ViewServer;
use crate::watch::{self, Seen};

/// Services in the order in which they follow each other: the last is closed first.
pub type Parts = Vec<Box<dyn Part>>;

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
    Bind(#[from] BindError),
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
    /// Takes the ports, opens everything, and answers. `open` is given how many streams all services
    /// together may have open.
    pub async fn start<E>(
        config: &Config,
        lifecycle: &Lifecycle,
        open: impl AsyncFnOnce(&StreamLimit) -> Result<Parts, E>,
    ) -> Result<Self, StartError<E>> {
        let around = Around {
            metrics: Metrics::new(),
            readiness: Readiness::new(),
            shutdown: lifecycle.shutdown(),
        };
        let (limits, metrics) = (config.limits.clone(), around.metrics.clone());
        let readiness = around.readiness.clone();
        let grpc = GrpcServer::bind(config.grpc.listen, limits, metrics, readiness.clone()).await?;
        let http = HttpServer::bind(config.http.listen).await?;
        let (grpc_address, http_address) = (grpc.address(), http.address());

        let streams = StreamLimit::new(&config.limits);
        let parts = open(&streams).await.map_err(StartError::Open)?;
        let mut tasks = Tasks::new();
        let served = served(&parts, config, &streams, &around.shutdown);
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
        let seen = parts.iter().map(|part| Seen::of(part.as_ref())).collect();
        tasks.spawn("the watch", watch::run(seen, around.clone()));
        spawn_tasks(&parts, &around, &mut tasks);

        let (ending, shutdown) = (lifecycle.clone(), around.shutdown);
        let drain = config.limits.drain();
        let end = tokio::spawn(async move {
            let exit = {
                let end_streams = async {
                    shutdown.soft().await;
                    for part in &parts {
                        part.end_streams();
                    }
                };
                tokio::join!(tasks.run(ending, drain), end_streams).0
            };
            drop(streams);
            Ended {
                exit,
                closed: close(parts).await,
            }
        });
        Ok(Self {
            grpc: grpc_address,
            http: http_address,
            lifecycle: lifecycle.clone(),
            readiness,
            end,
        })
    }

    /// For a command that works on a data directory itself: on free ports of this machine.
    pub async fn embedded<E>(
        mut config: Config,
        open: impl AsyncFnOnce(&StreamLimit) -> Result<Parts, E>,
    ) -> Result<Self, StartError<E>> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        (config.grpc.listen, config.http.listen) = (any, any);
        Self::start(&config, &Lifecycle::new(), open).await
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
}

/// Everything that is served over gRPC, on one port.
fn served(
    parts: &Parts,
    config: &Config,
    streams: &StreamLimit,
    shutdown: &Shutdown,
) -> grpc::Services {
    let mut routes = RoutesBuilder::default();
    let mut names = vec!["redress.log.v1.LogService", "redress.log.v1.ViewService"];
    names.extend(parts.iter().flat_map(|part| part.serve(&mut routes)));
    let logs = parts.iter().map(|part| Hosted {
        log: part.log().clone(),
        consumed: part.consumed(),
    });
    let logs = LogServer::new(logs, streams.clone(), shutdown.clone());
    let views = parts.iter().flat_map(|part| {
        let name = part.name();
        part.views().into_iter().map(move |view| (name, view))
    });
    let views = ViewServer::new(views, streams.clone(), shutdown.clone());
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
