//! The gRPC server around the services: limits, health, reflection, metrics, an end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::service::RoutesBuilder;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tonic_reflection::server::Builder as Reflection;

use crate::config::Limits;
use crate::health::Readiness;
use crate::http::{self, BindError};
use crate::lifecycle::{Shutdown, TaskError};
use crate::metrics::Metrics;
use crate::problem::Problem;

mod request;

use request::RequestLayer;

const KEEPALIVE: Duration = Duration::from_secs(20);
const MAX_HEADER_BYTES: u32 = 16 * 1024;

/// A server that has its port, and does not answer yet.
#[derive(Debug)]
pub struct GrpcServer {
    listener: TcpListener,
    address: SocketAddr,
    limits: Limits,
    metrics: Metrics,
    readiness: Readiness,
}

/// What is served: the services, and how reflection describes them.
#[derive(Debug)]
pub struct Services {
    /// Each with `max_decoding_message_size(limits.message_bytes)`.
    pub routes: RoutesBuilder,
    /// Full names: they answer on gRPC health as the process as a whole does.
    pub names: Vec<&'static str>,
    /// Encoded `google.protobuf.FileDescriptorSet`, imports included.
    pub descriptors: &'static [u8],
}

impl GrpcServer {
    pub async fn bind(
        address: SocketAddr,
        limits: Limits,
        metrics: Metrics,
        readiness: Readiness,
    ) -> Result<Self, BindError> {
        let (listener, address) = http::bind(address, "grpc.listen").await?;
        Ok(Self {
            listener,
            address,
            limits,
            metrics,
            readiness,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the soft stop; then what was begun is finished. Streams have to end by
    /// themselves on the soft stop.
    pub async fn serve(self, services: Services, shutdown: Shutdown) -> Result<(), TaskError> {
        let Services {
            mut routes,
            names,
            descriptors,
        } = services;
        let (reporter, health) = tonic_health::server::health_reporter();
        let describe = || {
            Reflection::configure()
                .register_encoded_file_descriptor_set(descriptors)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        routes
            .add_service(health.max_decoding_message_size(self.limits.message_bytes))
            .add_service(describe().build_v1()?)
            .add_service(describe().build_v1alpha()?);

        let incoming = TcpIncoming::from(self.listener).with_nodelay(Some(true));
        let answering = Server::builder()
            .max_concurrent_streams(self.limits.streams_per_connection)
            .http2_keepalive_interval(Some(KEEPALIVE))
            .http2_keepalive_timeout(Some(KEEPALIVE))
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .layer(RequestLayer::new(&self.limits, &self.metrics))
            .add_routes(routes.routes());
        let told = report_health(reporter, self.readiness, names, shutdown.clone());
        let answering = answering.serve_with_incoming_shutdown(incoming, shutdown.soft());
        let ((), ended) = tokio::join!(told, answering);
        Ok(ended?)
    }
}

/// Says on gRPC health what `/readyz` says, until the process stops.
async fn report_health(
    reporter: HealthReporter,
    readiness: Readiness,
    names: Vec<&'static str>,
    shutdown: Shutdown,
) {
    let mut changes = readiness.watch();
    loop {
        let ready = *changes.borrow_and_update() && !shutdown.is_stopping();
        let status = if ready {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        for name in std::iter::once("").chain(names.iter().copied()) {
            reporter.set_service_status(name, status).await;
        }
        if shutdown.is_stopping() {
            return;
        }
        tokio::select! {
            told = changes.changed() => if told.is_err() { return },
            () = shutdown.soft() => {}
        }
    }
}

/// How many streams may be open. A method that answers with a stream takes a place and keeps it as
/// long as the stream lives.
#[derive(Debug, Clone)]
pub struct StreamLimit {
    places: Arc<Semaphore>,
}

impl StreamLimit {
    pub fn new(limits: &Limits) -> Self {
        Self {
            places: Arc::new(Semaphore::new(limits.open_streams)),
        }
    }

    pub fn take(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let taken = Arc::clone(&self.places).try_acquire_owned();
        taken.map_err(|_| {
            Problem::overloaded("too many streams are open")
                .with_remedy("close some, or raise `limits.open_streams`")
        })
    }
}
