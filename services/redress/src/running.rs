//! The three services while they run in this process: ports, health, metrics, and a clean end.

mod gauges;
mod views;
mod watch;

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use redress_service::{
    Config, Exit, GrpcServer, HttpServer, Kind, Lifecycle, Metrics, Readiness, Shutdown, Tasks,
};
use tokio::task::JoinHandle;

use crate::assemble::Services;
use crate::failure::Failure;

pub(crate) use views::PATH as VIEWS_PATH;

/// Running services, and where they answer.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) grpc: SocketAddr,
    pub(crate) http: SocketAddr,
    lifecycle: Lifecycle,
    readiness: Readiness,
    end: JoinHandle<(Exit, Result<(), Failure>)>,
}

impl Running {
    /// Takes the ports, opens everything, and answers.
    pub(crate) async fn start(config: &Config, lifecycle: &Lifecycle) -> Result<Self, Failure> {
        let (metrics, readiness) = (Metrics::new(), Readiness::new());
        let limits = config.limits.clone();
        let grpc = GrpcServer::bind(
            config.grpc.listen,
            limits,
            metrics.clone(),
            readiness.clone(),
        );
        let grpc = grpc.await.map_err(|error| not_bound(&error))?;
        let http = HttpServer::bind(config.http.listen)
            .await
            .map_err(|error| not_bound(&error))?;
        let services = Services::open(config).await?;

        let (grpc_address, http_address) = (grpc.address(), http.address());
        let shutdown = lifecycle.shutdown();
        let mut tasks = Tasks::new();
        for (name, stopped) in stopped(&services) {
            tasks.spawn(name, fail_stop(stopped, shutdown.clone()));
        }
        tasks.spawn(
            "the gRPC server",
            grpc.serve(services.served(config, &shutdown), shutdown.clone()),
        );
        let doors = views::router(services.clone());
        let served = http.serve(metrics.clone(), readiness.clone(), doors, shutdown.clone());
        tasks.spawn("the HTTP server", served);
        let watched = watch::run(
            services.clone(),
            metrics,
            readiness.clone(),
            shutdown.clone(),
        );
        tasks.spawn("the watch", watched);
        tasks.spawn("open streams", end_streams(services.clone(), shutdown));

        let (ending, drain) = (lifecycle.clone(), config.limits.drain());
        let end = tokio::spawn(async move {
            let exit = tasks.run(ending, drain).await;
            (exit, services.close().await)
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
    pub(crate) async fn embedded(mut config: Config) -> Result<Self, Failure> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        (config.grpc.listen, config.http.listen) = (any, any);
        let running = Self::start(&config, &Lifecycle::new()).await?;
        running.ready().await?;
        Ok(running)
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.grpc)
    }

    /// Waits until every part is ready, or the process stops.
    pub(crate) async fn ready(&self) -> Result<(), Failure> {
        let (mut readied, shutdown) = (self.readiness.watch(), self.lifecycle.shutdown());
        loop {
            if self.readiness.report().ready {
                return Ok(());
            }
            tokio::select! {
                told = readied.changed() => if told.is_err() { break },
                () = shutdown.soft() => break,
                () = tokio::time::sleep(Duration::from_millis(200)) => {}
            }
        }
        Err(Failure::new(
            Kind::Cancelled,
            "STOPPED",
            "it was stopped before it was ready",
        ))
    }

    /// Waits for the end; what is not in order is a failure.
    pub(crate) async fn ended(self) -> Result<ExitCode, Failure> {
        let broke_off = |_| Failure::new(Kind::Internal, "INTERNAL", "the process broke off");
        let (exit, closed) = self.end.await.map_err(broke_off)?;
        match exit.failure.or(exit.forced.map(str::to_owned)) {
            None => closed.map(|()| ExitCode::SUCCESS),
            Some(why) => Err(Failure::new(Kind::Internal, "STOPPED", why)),
        }
    }

    /// Ends in order.
    pub(crate) async fn stop(self) -> Result<(), Failure> {
        self.lifecycle.stop();
        self.ended().await.map(|_success| ())
    }
}

fn not_bound(error: &dyn std::error::Error) -> Failure {
    Failure::new(Kind::Internal, "ADDRESS_UNUSABLE", error.to_string()).with_remedy(
        "stop whatever listens there, or take another port: --grpc 127.0.0.1:0 --http 127.0.0.1:0",
    )
}

type Why = std::pin::Pin<Box<dyn Future<Output = String> + Send>>;

fn stopped(services: &Services) -> [(&'static str, Why); 3] {
    let (intake, workflow) = (services.intake.clone(), services.workflow.clone());
    let reporting = services.reporting.clone();
    [
        ("intake", Box::pin(async move { intake.stopped().await })),
        (
            "workflow",
            Box::pin(async move { workflow.stopped().await }),
        ),
        (
            "reporting",
            Box::pin(async move { reporting.stopped().await }),
        ),
    ]
}

/// A log that cannot keep what it is given ends the process, with the reason.
async fn fail_stop(
    stopped: Why,
    shutdown: Shutdown,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    tokio::select! {
        why = stopped => Err(why.into()),
        () = shutdown.soft() => Ok(()),
    }
}

async fn end_streams(
    services: Services,
    shutdown: Shutdown,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    shutdown.soft().await;
    services.workflow.end_streams();
    Ok(())
}
