//! Signals, exit codes, log lines and traces of a process of its own.
//!
//! The child is this test binary again, asked for one ignored test: no other program is needed.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::Receiver;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use redress_service::grpc::Services;
use redress_service::{Config, GrpcServer, Lifecycle, Metrics, Readiness, Role, Tasks};
use redress_service::{config, telemetry};
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::mpsc;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;
use tonic::service::RoutesBuilder;
use tonic::{Request, Response, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::server::Raw;

const PATIENCE: Duration = Duration::from_secs(20);
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// What the child runs: a server, and what else its part asks for.
#[test]
#[ignore = "the other tests of this file start it as a process of its own"]
fn the_child() {
    let Ok(part) = std::env::var("REDRESS_TEST_PART") else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let exit = runtime.block_on(run(&part));
    println!("end {exit:?}");
    runtime.shutdown_background();
    std::process::exit(i32::from(!exit.is_clean()));
}

async fn run(part: &str) -> redress_service::Exit {
    let sources =
        config::Sources::of_process(None, vec![("grpc.listen".into(), "127.0.0.1:0".into())]);
    let config = Config::load(Role::AllInOne, &sources).unwrap();
    let _telemetry = telemetry::init(&config.telemetry, "redress-test").unwrap();
    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals().unwrap();
    let limits = config.limits.clone();
    let server = GrpcServer::bind(config.grpc.listen, limits, Metrics::new(), Readiness::new());
    let server = server.await.unwrap();
    println!("ready {}", server.address());
    let services = Services {
        routes: RoutesBuilder::default(),
        names: Vec::new(),
        descriptors: tonic_health::pb::FILE_DESCRIPTOR_SET,
    };
    let mut tasks = Tasks::new();
    tasks.spawn("grpc", server.serve(services, lifecycle.shutdown()));
    match part {
        "stubborn" => tasks.spawn("stubborn", std::future::pending()),
        "flush fails" => lifecycle.fatal().fail("intake log: fdatasync failed"),
        _ => {}
    }
    tasks.run(lifecycle, config.limits.drain()).await
}

/// Does not outlive its test, however that ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Running {
    child: Process,
    said: Lines,
    log: Lines,
    address: String,
}

/// What a process writes to one of its pipes, read as it comes, so that it never waits for us.
struct Lines {
    coming: Receiver<String>,
    read: String,
}

impl Lines {
    fn of(pipe: impl Read + Send + 'static) -> Self {
        let (sender, coming) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self {
            coming,
            read: String::new(),
        }
    }

    /// The next line that holds `text`.
    fn until(&mut self, text: &str) -> String {
        loop {
            let line = self.coming.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no `{text}` in:\n{}", self.read));
            self.keep(&line);
            if line.contains(text) {
                return line;
            }
        }
    }

    fn keep(&mut self, line: &str) {
        self.read += line;
        self.read.push('\n');
    }

    fn all(mut self) -> String {
        for line in &self.coming {
            self.read += &line;
            self.read.push('\n');
        }
        self.read
    }
}

impl Running {
    fn start(part: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process::the_child", "--ignored", "--nocapture"])
            .env("REDRESS_TEST_PART", part)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = Lines::of(child.stdout.take().unwrap());
        let log = Lines::of(child.stderr.take().unwrap());
        // The test harness writes on the same line before.
        let line = said.until("ready ");
        let (_, address) = line.split_once("ready ").unwrap();
        Self {
            child: Process(child),
            said,
            log,
            address: address.to_owned(),
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child.0), signal).unwrap();
    }

    /// How it ended, what it said of it, and its log.
    fn end(mut self) -> (ExitStatus, String, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.0.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                self.child.0.kill().unwrap();
                panic!("the process goes on:\n{}", self.log.all());
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        (status, self.said.all(), self.log.all())
    }
}

#[test]
fn the_first_signal_ends_the_process_in_order() {
    for signal in [Signal::TERM, Signal::INT] {
        let running = Running::start("", &[]);
        running.signal(signal);
        let (status, said, log) = running.end();
        assert_eq!(status.code(), Some(0), "{said}\n{log}");
        let stopping = log.lines().find(|line| line.contains("stopping")).unwrap();
        let stopping: serde_json::Value = serde_json::from_str(stopping).unwrap();
        assert_eq!(stopping["level"], "INFO");
    }
}

#[test]
fn the_second_signal_does_not_wait() {
    let mut running = Running::start("stubborn", &[]);
    running.signal(Signal::TERM);
    running.log.until("a second signal stops at once");
    running.signal(Signal::INT);
    let (status, said, _) = running.end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("stopped at once"), "{said}");
}

#[test]
fn what_does_not_end_is_dropped_after_the_drain_time() {
    let running = Running::start("stubborn", &[("REDRESS_LIMITS__DRAIN_MILLIS", "50")]);
    running.signal(Signal::TERM);
    let (status, said, _) = running.end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("drain_millis"), "{said}");
}

#[test]
fn a_failed_flush_ends_the_process_with_its_reason() {
    let (status, said, log) = Running::start("flush fails", &[]).end();
    assert_eq!(status.code(), Some(1));
    assert!(said.contains("intake log: fdatasync failed"), "{said}");
    assert!(log.contains("intake log: fdatasync failed"), "{log}");
}

/// Takes what an OpenTelemetry collector takes, and keeps the bytes.
#[derive(Clone)]
struct Collector {
    taken: mpsc::UnboundedSender<Vec<u8>>,
}

impl NamedService for Collector {
    const NAME: &'static str = "opentelemetry.proto.collector.trace.v1.TraceService";
}

impl Service<http::Request<Body>> for Collector {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let taken = self.taken.clone();
        let take = tower::service_fn(move |spans: Request<Vec<u8>>| {
            let _ = taken.send(spans.into_inner());
            std::future::ready(Ok::<_, Status>(Response::new(Vec::new())))
        });
        Box::pin(async move { Ok(tonic::server::Grpc::new(Raw).unary(take, request).await) })
    }
}

#[tokio::test]
async fn spans_reach_a_collector_in_the_callers_trace_and_tell_no_content() {
    let (taken, mut spans) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let collector = tonic::transport::Server::builder().add_service(Collector { taken });
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    tokio::spawn(collector.serve_with_incoming(incoming));

    let running = Running::start(
        "",
        &[
            ("REDRESS_TELEMETRY__OTLP_ENDPOINT", &endpoint),
            ("REDRESS_TELEMETRY__FILTER", "trace"),
        ],
    );
    let address = format!("http://{}", running.address);
    let channel = tonic::transport::Endpoint::from_shared(address)
        .unwrap()
        .connect()
        .await;
    let mut health = HealthClient::new(channel.unwrap());
    let mut request = Request::new(HealthCheckRequest {
        service: "a customer's words".into(),
    });
    let traceparent = format!("00-{TRACE}-b7ad6b7169203331-01");
    request
        .metadata_mut()
        .insert("traceparent", traceparent.parse().unwrap());
    health.check(request).await.unwrap_err();
    running.signal(Signal::TERM);
    let (status, said, log) = tokio::task::spawn_blocking(|| running.end()).await.unwrap();
    assert_eq!(status.code(), Some(0), "{said}");

    let spans = spans.recv().await.unwrap();
    let holds = |part: &[u8]| spans.windows(part.len()).any(|it| it == part);
    let trace: Vec<u8> = (0..16).map(|at| hex(&TRACE[at * 2..at * 2 + 2])).collect();
    assert!(holds(b"/grpc.health.v1.Health/Check") && holds(b"redress-test") && holds(&trace));
    assert!(
        !log.contains(r#""target":"h2"#),
        "a library tells of bytes: {log}"
    );
    assert!(!holds(b"customer") && !log.contains("customer"), "{log}");
    assert!(
        log.contains("answered"),
        "the filter lets our own lines through: {log}"
    );
}

fn hex(two: &str) -> u8 {
    u8::from_str_radix(two, 16).unwrap()
}
