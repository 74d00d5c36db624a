//! The three services, with seeded ids and counting clocks: in one process, or in three that follow
//! each other over NATS. Everything but the programs' own `main` is what the programs use.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use redress_envelope::{LogId, derived_uuid};
use redress_event_log::{CountingClock, Log, Source};
use redress_intake::{Intake, IntakeConfig, IntakeDeps};
use redress_log_service::{Around, Elsewhere, Opened, Parts, Process, Task};
use redress_reporting::{Reporting, ReportingConfig, ReportingDeps};
use redress_service::config::{Client, Role};
use redress_service::lifecycle::TaskError;
use redress_service::{Config, Lifecycle, SeededIds};
use redress_vault::SeededEntropy;
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_wire::log::v1::log_service_client::LogServiceClient;
use redress_wire::log::v1::view_service_client::ViewServiceClient;
use redress_wire::log::v1::{
    CatchUpRequest, GetHeadRequest, ListViewsRequest, ListViewsResponse, LogName, ReadEventsRequest,
};
use redress_wire::reporting::v1::reporting_service_client::ReportingServiceClient;
use serde_json::Value;
use tonic::Code;
use tonic::transport::Channel;

use crate::port::free_port;
use crate::three::nats::Nats;

const PARTITION: u16 = 0;
const NOW: &str = "2026-06-01T12:00:00Z";

/// Where everything is, whether it runs or not.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    ports: [u16; 3],
    servers: Vec<String>,
    /// Another life of a process makes other ids and salts.
    lives: u64,
    pub(crate) running: Vec<(Role, Process)>,
}

pub(crate) const SERVICES: [Role; 3] = [Role::Intake, Role::Workflow, Role::Reporting];

pub(crate) fn name(role: Role) -> &'static str {
    match role {
        Role::AllInOne => "redress",
        Role::Intake => "intake",
        Role::Workflow => "workflow",
        Role::Reporting => "reporting",
    }
}

impl Site {
    /// All three in one process, without NATS.
    pub(crate) async fn in_one() -> Self {
        let mut site = Self::new(Vec::new());
        site.ports = [site.ports[0]; 3];
        site.start(Role::AllInOne).await;
        site
    }

    /// Three processes, as far as they can tell.
    pub(crate) async fn in_three(nats: &Nats) -> Self {
        let mut site = Self::apart(nats);
        for role in SERVICES {
            site.start(role).await;
        }
        site
    }

    /// Three of which none runs yet.
    pub(crate) fn apart(nats: &Nats) -> Self {
        Self::new(vec![nats.address()])
    }

    fn new(servers: Vec<String>) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            ports: [free_port(), free_port(), free_port()],
            servers,
            lives: 0,
            running: Vec::new(),
        }
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    fn config(&self, role: Role) -> Config {
        let mut config = Config::defaults(role);
        self.folder.path().clone_into(&mut config.data_dir);
        "acme".clone_into(&mut config.tenant);
        config.log.segment_records = 256;
        let at = |port| format!("http://127.0.0.1:{port}");
        config.client = Client {
            intake: at(self.ports[0]),
            workflow: at(self.ports[1]),
            reporting: at(self.ports[2]),
            ..Client::default()
        };
        let own = SERVICES.iter().position(|it| *it == role).unwrap_or(0);
        config.grpc.listen.set_port(self.ports[own]);
        config.http.listen.set_port(0);
        config.bus.servers.clone_from(&self.servers);
        // A server sets aside what its streams may keep.
        config.bus.events.max_bytes = 64 << 20;
        config.bus.inbox.max_bytes = 64 << 20;
        config
    }

    pub(crate) async fn start(&mut self, role: Role) {
        let config = self.config(role);
        // The first lives are alike in all sites.
        let life = if self.lives < 3 { 1 } else { self.lives };
        self.lives += 1;
        let open = async |around: &Around| open(role, &config, around, life).await;
        let lifecycle = Lifecycle::new();
        let started = Process::start(&config, role.program(), &lifecycle, open).await;
        self.running.push((role, started.unwrap()));
    }

    pub(crate) async fn stop(&mut self, role: Role) {
        let at = self.running.iter().position(|(it, _)| *it == role).unwrap();
        let (_, process) = self.running.remove(at);
        process.stop();
        let ended = process.ended().await;
        assert_eq!(ended.why(), None, "{role:?}");
    }

    pub(crate) async fn stop_all(mut self) {
        while let Some((role, _)) = self.running.last() {
            self.stop(*role).await;
        }
    }

    async fn door(&self, service: &str) -> Channel {
        let client = self.config(Role::Intake).client;
        let address = match service {
            "workflow" => client.workflow,
            "reporting" => client.reporting,
            _ => client.intake,
        };
        let endpoint = tonic::transport::Endpoint::from_shared(address).unwrap();
        endpoint.connect().await.unwrap()
    }

    pub(crate) async fn intake(&self) -> IntakeServiceClient<Channel> {
        IntakeServiceClient::new(self.door("intake").await)
    }

    pub(crate) async fn reporting(&self) -> ReportingServiceClient<Channel> {
        ReportingServiceClient::new(self.door("reporting").await)
    }

    async fn log(&self, service: &str) -> LogServiceClient<Channel> {
        LogServiceClient::new(self.door(service).await).max_decoding_message_size(16 << 20)
    }

    pub(crate) async fn views(&self, service: &str) -> ListViewsResponse {
        let mut views = ViewServiceClient::new(self.door(service).await);
        let asked = views.list_views(ListViewsRequest {}).await;
        asked.unwrap().into_inner()
    }

    /// What `/readyz` says of a process.
    pub(crate) fn readiness(&self, role: Role) -> Value {
        let found = self.running.iter().find(|(it, _)| *it == role);
        let (_, process) = found.unwrap();
        get_json(&process.http().to_string(), "/readyz")
    }

    /// What a process counts, as text.
    pub(crate) fn metrics(&self, role: Role) -> String {
        let found = self.running.iter().find(|(it, _)| *it == role);
        let (_, process) = found.unwrap();
        get(&process.http().to_string(), "/metrics")
    }

    /// Waits until `by` has consumed what the log of `of` holds now.
    pub(crate) async fn wait(&self, of: &str, by: &str) {
        let mut followed = self.log(of).await;
        let head = followed.get_head(GetHeadRequest {
            log: Some(log_name(of)),
        });
        let token = head.await.unwrap().into_inner().token;
        let mut log = self.log(by).await;
        let asked = CatchUpRequest {
            log: Some(log_name(by)),
            token,
            timeout_millis: 10_000,
        };
        for _ in 0..12 {
            match log.catch_up(asked.clone()).await {
                Ok(_) => return,
                Err(status) if status.code() == Code::DeadlineExceeded => {}
                Err(status) => panic!("{by} does not follow {of}: {status}"),
            }
        }
        panic!("{by} does not catch up with {of}");
    }

    /// Waits until everything that follows from what was said is done.
    pub(crate) async fn settle(&self) {
        for (of, by) in [
            ("intake", "workflow"),
            ("workflow", "reporting"),
            ("intake", "reporting"),
            ("reporting", "workflow"),
            ("workflow", "reporting"),
        ] {
            self.wait(of, by).await;
        }
        // What is asked for is read from views, and these follow the logs by themselves.
        for service in ["intake", "workflow", "reporting"] {
            let is_there = |told: &ListViewsResponse| {
                told.views.iter().all(|view| {
                    let at_the_end = view.logs.iter().all(|log| log.head == Some(log.position));
                    at_the_end && view.rebuilding.is_none()
                })
            };
            eventually(async || self.views(service).await, is_there).await;
        }
    }

    /// Every record of a service's log, as stored.
    pub(crate) async fn records(&self, service: &str) -> Vec<Vec<u8>> {
        let mut log = self.log(service).await;
        let mut records = Vec::new();
        loop {
            let page = log.read_events(ReadEventsRequest {
                log: Some(log_name(service)),
                from_position: records.len() as u64,
                limit: 1000,
                filter: None,
            });
            let page = page.await.unwrap().into_inner();
            records.extend(page.records.iter().map(|it| it.record.to_vec()));
            if page.next == page.head {
                return records;
            }
        }
    }
}

fn log_name(service: &str) -> LogName {
    LogName {
        service: service.to_owned(),
        partition: 0,
    }
}

fn get(place: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(place).unwrap();
    let question = format!("GET {path} HTTP/1.0\r\nHost: {place}\r\n\r\n");
    stream.write_all(question.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn get_json(place: &str, path: &str) -> Value {
    serde_json::from_str(&get(place, path)).unwrap()
}

fn clock() -> Arc<CountingClock> {
    let now: Timestamp = NOW.parse().unwrap();
    Arc::new(CountingClock::from(now))
}

fn log_id(service: &str) -> LogId {
    LogId(derived_uuid("log of a test", &[service]))
}

fn intake(config: &Config, life: u64) -> Intake {
    let deps = IntakeDeps {
        clock: clock(),
        ids: Arc::new(SeededIds::new(life)),
        entropy: Arc::new(SeededEntropy(life)),
        new_log_id: log_id("intake"),
        stores: None,
    };
    Intake::open(IntakeConfig::of(config, PARTITION), deps).unwrap()
}

fn workflow(config: &Config, around: &Around, life: u64) -> redress_workflow::Workflow {
    let deps = redress_workflow::WorkflowDeps {
        streams: around.streams.clone(),
        ..redress_workflow::WorkflowDeps::new(
            clock(),
            Arc::new(SeededIds::new(1000 + life)),
            Arc::new(SeededEntropy(1000 + life)),
            log_id("workflow"),
        )
    };
    let settings = redress_workflow::WorkflowConfig::of(config, PARTITION);
    redress_workflow::Workflow::open(settings, deps).unwrap()
}

fn reporting(config: &Config) -> Reporting {
    let deps = ReportingDeps {
        clock: clock(),
        new_log_id: log_id("reporting"),
        store: None,
    };
    Reporting::open(ReportingConfig::of(config, PARTITION), deps).unwrap()
}

/// As the programs open what they are.
async fn open(
    role: Role,
    config: &Config,
    around: &Around,
    life: u64,
) -> Result<Opened, TaskError> {
    let shutdown = around.shutdown.clone();
    match role {
        Role::AllInOne => Ok(all_in_one(config, around, life).await.into()),
        Role::Intake => Ok(Opened::one(intake(config, life))),
        Role::Workflow => {
            let elsewhere = Elsewhere::of(config, around, "workflow")?;
            let workflow = workflow(config, around, life);
            let following = workflow.clone().follow(elsewhere, shutdown);
            Ok(Opened::one(workflow).with(Task::new("following", following)))
        }
        Role::Reporting => {
            let elsewhere = Elsewhere::of(config, around, "reporting")?;
            let reporting = reporting(config);
            let following = reporting.clone().follow(elsewhere, shutdown);
            Ok(Opened::one(reporting).with(Task::new("following", following)))
        }
    }
}

async fn all_in_one(config: &Config, around: &Around, life: u64) -> Parts {
    let (intake, workflow) = (intake(config, life), workflow(config, around, life));
    let reporting = reporting(config);
    let source = |log: &Log| Arc::new(log.clone()) as Arc<dyn Source>;
    workflow
        .run(source(intake.log()), source(reporting.log()))
        .unwrap();
    reporting
        .run(source(intake.log()), source(workflow.log()))
        .await
        .unwrap();
    vec![Box::new(intake), Box::new(workflow), Box::new(reporting)]
}

/// Waits until something holds, and says what was last seen where it never does.
pub(crate) async fn eventually<T: std::fmt::Debug>(
    mut look: impl AsyncFnMut() -> T,
    holds: impl Fn(&T) -> bool,
) -> T {
    let mut seen = look().await;
    for _ in 0..2400 {
        if holds(&seen) {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = look().await;
    }
    panic!("it never came to that: {seen:?}");
}
