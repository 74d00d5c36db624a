//! Limits, health, reflection and the end of a server in this process.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BufMut};
use redress_service::grpc::Services;
use redress_service::{
    GrpcServer, HttpServer, Lifecycle, Metrics, Problem, Readiness, StreamLimit, Tasks, config,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;
use tokio_stream::StreamExt;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;
use tonic::service::RoutesBuilder;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};
use tonic_types::StatusExt;

/// A service that answers when it is told to.
#[derive(Clone, Default)]
struct Slow {
    entered: Arc<Notify>,
    leave: Arc<Notify>,
}

impl NamedService for Slow {
    const NAME: &'static str = "test.Slow";
}

impl Service<http::Request<Body>> for Slow {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        let slow = self.clone();
        Box::pin(async move {
            slow.entered.notify_one();
            slow.leave.notified().await;
            Ok(Status::already_exists("answered").into_http())
        })
    }
}

/// Messages as the bytes that they are.
#[derive(Default)]
pub(crate) struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;
    fn encoder(&mut self) -> Self {
        Self
    }
    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;
    fn encode(&mut self, item: Vec<u8>, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;
    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining()).to_vec()))
    }
}

struct Running {
    slow: Slow,
    grpc: std::net::SocketAddr,
    http: std::net::SocketAddr,
    lifecycle: Lifecycle,
    readiness: Readiness,
    end: tokio::task::JoinHandle<redress_service::Exit>,
}

async fn start(limits: config::Limits) -> Running {
    let (metrics, readiness, lifecycle) = (Metrics::new(), Readiness::new(), Lifecycle::new());
    let loopback = "127.0.0.1:0".parse().unwrap();
    let drain = limits.drain();
    let grpc = GrpcServer::bind(loopback, limits, metrics.clone(), readiness.clone());
    let grpc = grpc.await.unwrap();
    let http = HttpServer::bind(loopback).await.unwrap();
    let (grpc_address, http_address) = (grpc.address(), http.address());
    let slow = Slow::default();
    let mut routes = RoutesBuilder::default();
    routes.add_service(slow.clone());
    let services = Services {
        routes,
        names: vec!["redress.intake.v1.IntakeService"],
        descriptors: tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    };
    let mut tasks = Tasks::new();
    tasks.spawn("grpc", grpc.serve(services, lifecycle.shutdown()));
    let more = axum::Router::new();
    tasks.spawn(
        "http",
        http.serve(metrics, readiness.clone(), more, lifecycle.shutdown()),
    );
    let end = tokio::spawn(tasks.run(lifecycle.clone(), drain));
    Running {
        slow,
        grpc: grpc_address,
        http: http_address,
        lifecycle,
        readiness,
        end,
    }
}

impl Running {
    async fn channel(&self) -> Channel {
        let address = format!("http://{}", self.grpc);
        Channel::from_shared(address)
            .unwrap()
            .connect()
            .await
            .unwrap()
    }

    async fn health(&self) -> HealthClient<Channel> {
        HealthClient::new(self.channel().await)
    }

    /// One call with these bytes as its message.
    async fn call(&self, path: &'static str, message: &[u8]) -> Result<Vec<u8>, Status> {
        let mut client = tonic::client::Grpc::new(self.channel().await);
        client.ready().await.unwrap();
        let path = http::uri::PathAndQuery::from_static(path);
        let request = Request::new(message.to_vec());
        Ok(client.unary(request, path, Raw).await?.into_inner())
    }

    /// The whole answer to a GET: status line, headers, body.
    async fn get(&self, path: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(self.http).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

fn asking(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_owned(),
    }
}

#[tokio::test]
async fn health_tells_what_the_parts_say() {
    let running = start(config::Limits::default()).await;
    let mut health = running.health().await;
    let answer = health.check(asking("")).await.unwrap().into_inner();
    assert_eq!(answer.status(), ServingStatus::Serving);

    let view = running.readiness.component("workflow.view");
    view.not_ready("rebuilding, 40 %");
    let ready = running.get("/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 503"), "{ready}");
    let body = r#"{"ready":false,"reasons":[{"component":"workflow.view","why":"rebuilding, 40 %"}],"warnings":[]}"#;
    assert!(ready.ends_with(body), "{ready}");
    assert!(running.get("/healthz").await.starts_with("HTTP/1.1 200"));

    let mut told = health
        .watch(asking("redress.intake.v1.IntakeService"))
        .await
        .unwrap();
    let stream = told.get_mut();
    while stream.next().await.unwrap().unwrap().status() != ServingStatus::NotServing {}
    view.ready();
    assert_eq!(
        stream.next().await.unwrap().unwrap().status(),
        ServingStatus::Serving
    );
    assert!(running.get("/readyz").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn reflection_names_what_is_served() {
    let running = start(config::Limits::default()).await;
    let mut client = ServerReflectionClient::new(running.channel().await);
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut answers = client
        .server_reflection_info(tokio_stream::once(ask))
        .await
        .unwrap()
        .into_inner();
    let ServerReflectionResponse {
        message_response, ..
    } = answers.next().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = message_response else {
        panic!("reflection answered something else");
    };
    let names: Vec<&str> = list.service.iter().map(|it| it.name.as_str()).collect();
    assert!(names.contains(&"grpc.health.v1.Health"), "{names:?}");
    assert!(
        names.contains(&"grpc.reflection.v1.ServerReflection"),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_by_name() {
    let limits = config::Limits {
        message_bytes: 2048,
        ..config::Limits::default()
    };
    let running = start(limits).await;
    let status = running
        .health()
        .await
        .check(asking(&"x".repeat(4096)))
        .await
        .unwrap_err();
    let problem = Problem::from_status(&status);
    assert_eq!(
        (status.code(), problem.code.as_ref()),
        (Code::InvalidArgument, "MESSAGE_TOO_LARGE")
    );
    assert!(
        problem.message.contains("2048") && problem.remedy.is_some(),
        "{problem}"
    );
}

#[tokio::test]
async fn a_method_that_is_not_there_is_refused_by_name_and_not_counted_by_name() {
    let running = start(config::Limits::default()).await;
    let status = running.call("/nobody.Knows/This", b"").await.unwrap_err();
    assert_eq!(Problem::from_status(&status).code, "METHOD_UNKNOWN");
    let metrics = running.get("/metrics").await;
    assert!(
        metrics.contains(r#"{method="unknown",code="Unimplemented"} 1"#),
        "{metrics}"
    );
    assert!(!metrics.contains("nobody"), "{metrics}");
}

#[tokio::test]
async fn bytes_that_are_no_message_are_refused_by_name() {
    let running = start(config::Limits::default()).await;
    let truncated: &[u8] = &[0x0a, 0x20, b'x'];
    let no_utf8: &[u8] = &[0x0a, 0x02, 0xff, 0xfe];
    let wrong_type: &[u8] = &[0x08, 0x01];
    for bytes in [truncated, no_utf8, wrong_type] {
        let status = running
            .call("/grpc.health.v1.Health/Check", bytes)
            .await
            .unwrap_err();
        let problem = Problem::from_status(&status);
        assert_eq!(problem.code, "MESSAGE_MALFORMED", "{bytes:?}");
        assert_eq!(status.code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn beyond_the_limit_requests_are_refused_and_health_is_not() {
    let limits = config::Limits {
        concurrent_requests: 1,
        ..Default::default()
    };
    let running = Arc::new(start(limits).await);
    let other = Arc::clone(&running);
    let waiting = tokio::spawn(async move { other.call("/test.Slow/Wait", b"").await });
    running.slow.entered.notified().await;
    let status = running.call("/test.Slow/Wait", b"").await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    let problem = Problem::from_status(&status);
    assert_eq!(problem.code, "OVERLOADED");
    assert!(problem.remedy.unwrap().contains("same request_id"));
    assert!(status.get_details_retry_info().is_some(), "{status:?}");
    let metrics = running.get("/metrics").await;
    let counted = r#"{method="unknown",code="ResourceExhausted"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
    running.health().await.check(asking("")).await.unwrap();
    running.slow.leave.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap_err().message(), "answered");
    running.slow.leave.notify_one();
    let status = running.call("/test.Slow/Wait", b"").await.unwrap_err();
    assert_eq!(status.message(), "answered");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_with_what_to_do() {
    let limits = config::Limits {
        request_timeout_millis: 50,
        ..Default::default()
    };
    let running = start(limits).await;
    let status = running.call("/test.Slow/Wait", b"").await.unwrap_err();
    let problem = Problem::from_status(&status);
    assert_eq!(problem.code, "REQUEST_TIMED_OUT");
    assert!(problem.remedy.unwrap().contains("same request_id"));
}

#[tokio::test]
async fn a_soft_stop_lets_a_request_finish() {
    let running = Arc::new(start(config::Limits::default()).await);
    let other = Arc::clone(&running);
    let waiting = tokio::spawn(async move { other.call("/test.Slow/Wait", b"").await });
    running.slow.entered.notified().await;
    running.lifecycle.stop();
    running.slow.leave.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap_err().message(), "answered");
}

#[tokio::test]
async fn requests_are_counted_by_method_and_code() {
    let running = start(config::Limits::default()).await;
    let mut health = running.health().await;
    health.check(asking("")).await.unwrap();
    let missing = health.check(asking("not.There")).await.unwrap_err();
    assert_eq!(Problem::from_status(&missing).code, "NOT_FOUND");
    let metrics = running.get("/metrics").await;
    assert!(
        metrics.contains("content-type: application/openmetrics-text"),
        "{metrics}"
    );
    for code in ["Ok", "NotFound"] {
        let line = format!(r#"{{method="grpc.health.v1.Health/Check",code="{code}"}} 1"#);
        assert!(metrics.contains(&line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test]
async fn a_stream_that_goes_on_does_not_keep_a_hard_stop_waiting() {
    let running = start(config::Limits::default()).await;
    let mut health = running.health().await;
    let mut watched = health.watch(asking("")).await.unwrap().into_inner();
    assert_eq!(
        watched.next().await.unwrap().unwrap().status(),
        ServingStatus::Serving
    );
    running.lifecycle.stop();
    // The soft stop is told before anything is cut off.
    assert_eq!(
        watched.next().await.unwrap().unwrap().status(),
        ServingStatus::NotServing
    );
    running.lifecycle.stop_at_once();
    let exit = tokio::time::timeout(Duration::from_secs(5), running.end)
        .await
        .unwrap()
        .unwrap();
    assert!(exit.failure.is_none() && exit.forced.is_some(), "{exit:?}");
}

#[tokio::test]
async fn a_soft_stop_frees_the_ports_and_ends_cleanly() {
    let running = start(config::Limits::default()).await;
    running.health().await.check(asking("")).await.unwrap();
    running.lifecycle.stop();
    let exit = tokio::time::timeout(Duration::from_secs(5), running.end)
        .await
        .unwrap()
        .unwrap();
    assert!(exit.is_clean(), "{exit:?}");
    std::net::TcpListener::bind(running.grpc).unwrap();
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_its_setting() {
    let running = start(config::Limits::default()).await;
    let error = HttpServer::bind(running.http)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(&running.http.to_string()) && error.contains("http.listen"),
        "{error}"
    );
}

#[test]
fn streams_beyond_the_limit_are_refused_until_one_ends() {
    let streams = StreamLimit::new(&config::Limits {
        open_streams: 1,
        ..Default::default()
    });
    let first = streams.take().unwrap();
    assert_eq!(streams.take().unwrap_err().code, "OVERLOADED");
    drop(first);
    assert!(streams.take().is_ok());
}
