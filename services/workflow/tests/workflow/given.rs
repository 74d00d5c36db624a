//! A workflow with the logs that it follows, and a client of it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use redress_envelope::{Actor, Context, Draft, ItemId, LogId, Record, Subject, derived_uuid};
use redress_event_log::{
    Clock, Command, CountingClock, Life, Log, LogConfig, Moment, UnreadableEvent,
};
use redress_feedback as feedback;
use redress_service::{Problem, SeededIds};
use redress_store::MemoryStore;
use redress_vault::{SeededEntropy, SubjectId};
use redress_wire::workflow::v1::handler_service_client::HandlerServiceClient;
use redress_wire::workflow::v1::improvement_service_client::ImprovementServiceClient;
use redress_wire::workflow::v1::message_service_client::MessageServiceClient;
use redress_wire::workflow::v1::policy_service_client::PolicyServiceClient;
use redress_wire::workflow::v1::status_service_client::StatusServiceClient;
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use redress_workflow::{OpenError, Stores, Workflow, WorkflowConfig, WorkflowDeps};
use serde_json::value::RawValue;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};

pub(crate) type Complaints = WorkflowServiceClient<Channel>;
pub(crate) type Improvements = ImprovementServiceClient<Channel>;

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The two logs that are followed, and where the workflow keeps its own.
pub(crate) struct World {
    dir: tempfile::TempDir,
    pub(crate) intake: Log,
    pub(crate) reporting: Log,
    stores: Stores,
    lives: AtomicU64,
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(CountingClock::from(time("2026-11-21T12:00:00Z")))
}

impl World {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            intake: followed(dir.path(), "intake", "log"),
            reporting: followed(dir.path(), "reporting", "log"),
            stores: Stores {
                log: Arc::new(MemoryStore::new()),
                vault: Arc::new(MemoryStore::new()),
            },
            dir,
            lives: AtomicU64::new(7),
        }
    }

    /// Intake's log as it is after a restore that lost all of it.
    pub(crate) fn lose_intake(&mut self) {
        self.intake = followed(self.dir.path(), "intake", "another_log");
    }

    pub(crate) fn config(&self) -> WorkflowConfig {
        WorkflowConfig::below(self.dir.path(), "acme", 0)
    }

    pub(crate) fn open(&self) -> Workflow {
        self.try_open(self.config()).unwrap()
    }

    /// The vault's folder is gone, and its keys are left.
    pub(crate) fn lose_vault(&mut self) {
        self.stores.vault = Arc::new(MemoryStore::new());
    }

    pub(crate) fn try_open(&self, config: WorkflowConfig) -> Result<Workflow, OpenError> {
        let new_log_id = LogId(derived_uuid("test log", &["workflow"]));
        // Another life makes other ids.
        let life = self.lives.fetch_add(1, Ordering::Relaxed);
        let (ids, entropy) = (
            Arc::new(SeededIds::new(life)),
            Arc::new(SeededEntropy(life)),
        );
        let deps = WorkflowDeps {
            stores: Some(self.stores.clone()),
            ..WorkflowDeps::new(clock(), ids, entropy, new_log_id)
        };
        Workflow::open(config, deps)
    }

    /// A workflow that follows and serves.
    pub(crate) async fn start(&self) -> Running {
        self.start_with(self.open()).await
    }

    pub(crate) async fn start_with(&self, workflow: Workflow) -> Running {
        let (intake, reporting) = (
            Arc::new(self.intake.clone()),
            Arc::new(self.reporting.clone()),
        );
        workflow.run(intake, reporting).unwrap();
        Running::serve(workflow).await
    }

    /// Feedback number `n`, as a complaint of that many hours after the first.
    pub(crate) async fn complaint(&self, n: i64) -> ItemId {
        let id = item(n);
        self.received(id, complaint(n)).await;
        id
    }

    pub(crate) async fn received(&self, id: ItemId, said: feedback::Feedback) {
        self.feedback(id, feedback::Event::Received(Box::new(said)))
            .await;
    }

    pub(crate) async fn reported(&self, id: ItemId, said: feedback::Feedback) {
        self.feedback(id, feedback::Event::HistoryReported(Box::new(said)))
            .await;
    }

    /// Feedback number `n` of a caller who wants to find again what comes of it.
    pub(crate) async fn traced(&self, n: i64, correlation: &str, traceparent: &str) {
        let context = Context {
            correlation: Some(correlation.to_owned()),
            traceparent: Some(traceparent.to_owned()),
            ..Context::by(Actor::System)
        };
        let said = feedback::Event::Received(Box::new(complaint(n)));
        self.feedback_by(item(n), said, context).await;
    }

    /// A record of intake's as a later version writes it.
    pub(crate) async fn later_feedback(&self, id: ItemId, data: serde_json::Value) {
        let command = Command::new(Subject::item("feedback", id), Context::by(Actor::System));
        let data = RawValue::from_string(data.to_string()).unwrap();
        let event = ("redress.feedback.received.v1", data);
        let decide = move |(): &(), _: Moment| Ok::<_, Infallible>(vec![event]);
        self.intake
            .transact::<SignalLife, _>(command, decide)
            .await
            .unwrap();
    }

    async fn feedback(&self, id: ItemId, event: feedback::Event) {
        let context = Context::by(Actor::System);
        self.feedback_by(id, event, context).await;
    }

    async fn feedback_by(&self, id: ItemId, event: feedback::Event, context: Context) {
        let command = Command::new(Subject::item("feedback", id), context);
        let decide = |_: &feedback::State, _: Moment| Ok::<_, Infallible>(vec![event]);
        self.intake
            .transact::<FeedbackLife, _>(command, decide)
            .await
            .unwrap();
    }

    /// A record of reporting's about a signal, as reporting writes it.
    pub(crate) async fn signal(&self, id: ItemId, kind: &'static str, data: serde_json::Value) {
        let command = Command::new(Subject::item("signal", id), Context::by(Actor::System));
        let data = RawValue::from_string(data.to_string()).unwrap();
        let decide = move |(): &(), _: Moment| Ok::<_, Infallible>(vec![(kind, data)]);
        self.reporting
            .transact::<SignalLife, _>(command, decide)
            .await
            .unwrap();
    }

    pub(crate) fn delete_views(&self) {
        std::fs::remove_dir_all(self.config().folders.views).unwrap();
    }
}

fn followed(dir: &Path, service: &str, life: &str) -> Log {
    let config = LogConfig {
        folder: dir.join(service).join(life),
        tenant: "acme".to_owned(),
        service: service.to_owned(),
        partition: 0,
        new_log_id: LogId(derived_uuid("test log", &[service, life])),
        segment_records: LogConfig::DEFAULT_SEGMENT_RECORDS,
        queue: 1024,
        state_cache_bytes: 1 << 20,
    };
    Log::open_with(config, Arc::new(MemoryStore::new()), clock()).unwrap()
}

pub(crate) fn item(n: i64) -> ItemId {
    ItemId::derived(0, "test feedback", &[&n.to_string()])
}

/// The customer behind feedback number `n`, as intake's vault calls them.
pub(crate) fn customer(n: i64) -> SubjectId {
    SubjectId::from_bytes(derived_uuid("test customer", &[&n.to_string()]).into_bytes())
}

pub(crate) fn complaint(n: i64) -> feedback::Feedback {
    let hour = jiff::SignedDuration::from_hours(n);
    let data = serde_json::json!({
        "kind": "complaint",
        "channel": if n % 2 == 0 { "email" } else { "fax" },
        "product": format!("Kettle {}", n % 3),
        "issue": "Leaks",
        "language": "de",
        "remedy_sought": { "kind": "refund" },
        "vulnerable": true,
        "received_at": (time("2026-03-01T10:00:00Z") + hour).to_string(),
        "data_subject": customer(n).to_string(),
    });
    serde_json::from_value(data).unwrap()
}

struct FeedbackLife;

impl Life for FeedbackLife {
    type State = feedback::State;
    type Event = feedback::Event;

    fn decode(record: &Record) -> Result<feedback::Event, UnreadableEvent> {
        Ok(feedback::decode(&record.kind, &record.data).unwrap())
    }

    fn encode(event: &feedback::Event) -> Draft {
        feedback::encode(event)
    }

    fn evolve(state: &mut feedback::State, event: &feedback::Event) {
        feedback::evolve(state, event);
    }
}

struct SignalLife;

impl Life for SignalLife {
    type State = ();
    type Event = (&'static str, Box<RawValue>);

    fn decode(record: &Record) -> Result<Self::Event, UnreadableEvent> {
        Ok(("", record.data.clone()))
    }

    fn encode((kind, data): &Self::Event) -> Draft {
        Draft {
            kind,
            data: data.clone(),
        }
    }

    fn evolve((): &mut (), _: &Self::Event) {}
}

/// A workflow that serves on a port of this machine.
pub(crate) struct Running {
    pub(crate) workflow: Workflow,
    pub(crate) complaints: Complaints,
    pub(crate) improvements: Improvements,
    pub(crate) policies: PolicyServiceClient<Channel>,
    pub(crate) handlers: HandlerServiceClient<Channel>,
    pub(crate) messages: MessageServiceClient<Channel>,
    pub(crate) status: StatusServiceClient<Channel>,
    address: SocketAddr,
    end: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn serve(workflow: Workflow) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let (complaints, improvements, policies, handlers) = workflow.servers();
        let (messages, status) = workflow.message_servers();
        let (end, ended) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let end = async {
                let _told = ended.await;
            };
            let serving = Server::builder()
                .add_service(complaints)
                .add_service(improvements)
                .add_service(policies)
                .add_service(handlers)
                .add_service(messages)
                .add_service(status);
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            serving
                .serve_with_incoming_shutdown(incoming, end)
                .await
                .unwrap();
        });
        let channel = Channel::from_shared(format!("http://{address}")).unwrap();
        let channel = channel.connect().await.unwrap();
        Self {
            workflow,
            complaints: Complaints::new(channel.clone()),
            improvements: Improvements::new(channel.clone()),
            policies: PolicyServiceClient::new(channel.clone()),
            address,
            handlers: HandlerServiceClient::new(channel.clone()),
            messages: MessageServiceClient::new(channel.clone()),
            status: StatusServiceClient::new(channel),
            end,
            server,
        }
    }

    /// A client to which no more than a few messages are sent before it reads.
    pub(crate) async fn client_of_few_bytes(&self) -> Complaints {
        let channel = Channel::from_shared(format!("http://{}", self.address)).unwrap();
        let channel = channel.initial_stream_window_size(4096);
        Complaints::new(channel.connect().await.unwrap())
    }

    /// Waits until everything in the followed logs has had its effect.
    pub(crate) async fn follow(&self, world: &World) {
        let consumed = self.workflow.consumed();
        for (mut consumption, log) in consumed.into_iter().zip([&world.intake, &world.reporting]) {
            assert!(
                consumption.reaches(log.head().size).await,
                "{}",
                self.workflow.stopped().await
            );
        }
    }

    /// A token of all that workflow has recorded.
    pub(crate) fn token(&self) -> String {
        let log = self.workflow.log();
        log.token(log.head().size).to_string()
    }

    /// Every record of workflow's log.
    pub(crate) async fn records(&self) -> Vec<Record> {
        let stored = self.bytes().await;
        stored
            .iter()
            .map(|bytes| Record::decode(bytes).unwrap())
            .collect()
    }

    pub(crate) async fn bytes(&self) -> Vec<Vec<u8>> {
        let log = self.workflow.log();
        let stored = log.read(0, usize::MAX, usize::MAX).await.unwrap();
        assert_eq!(stored.len() as u64, log.head().size);
        stored
            .into_iter()
            .map(|stored| stored.bytes.to_vec())
            .collect()
    }

    /// Ends server and workflow, as a process does that is told to stop.
    pub(crate) async fn stop(self) {
        self.workflow.end_streams();
        self.end.send(()).unwrap();
        drop((self.complaints, self.improvements));
        self.server.await.unwrap();
        self.workflow.close().await.unwrap();
    }
}

/// What was refused, and which field is to blame.
pub(crate) fn refused<T: std::fmt::Debug>(
    answer: Result<tonic::Response<T>, tonic::Status>,
) -> (String, String) {
    let problem = Problem::from_status(&answer.unwrap_err());
    assert!(problem.remedy.is_some(), "{problem}");
    (
        problem.code.to_string(),
        problem.field.map(String::from).unwrap_or_default(),
    )
}
