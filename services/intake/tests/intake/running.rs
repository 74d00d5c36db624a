//! An intake behind a real server on loopback, and what the tests say to it.

use std::path::Path;
use std::sync::Arc;

use redress_envelope::{LogId, derived_uuid};
use redress_event_log::CountingClock;
use redress_intake::{Intake, IntakeConfig, IntakeDeps, Stores};
use redress_service::{Problem, SeededIds};
use redress_vault::SeededEntropy;
use redress_wire::intake::v1::intake_service_client::IntakeServiceClient;
use redress_wire::intake::v1::{
    Customer, ExternalReference, InboundKey, Submission, SubmitFeedbackRequest,
};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Status};

pub(crate) type Client = IntakeServiceClient<Channel>;

/// When the clock of every test begins.
pub(crate) const NOW: &str = "2026-06-01T12:00:00Z";

pub(crate) fn deps(seed: u64) -> IntakeDeps {
    IntakeDeps {
        clock: Arc::new(CountingClock::from(NOW.parse().unwrap())),
        ids: Arc::new(SeededIds::new(seed)),
        entropy: Arc::new(SeededEntropy(1)),
        new_log_id: LogId(derived_uuid("log of a test", &[])),
        stores: None,
    }
}

pub(crate) fn config(data: &Path) -> IntakeConfig {
    let mut config = IntakeConfig::below(data, "acme", 0);
    // Small, so that tests seal segments too.
    config.limits.segment_records = 256;
    config
}

pub(crate) fn open(data: &Path, seed: u64) -> Intake {
    Intake::open(config(data), deps(seed)).unwrap()
}

pub(crate) fn open_with(data: &Path, stores: Stores) -> Intake {
    let deps = IntakeDeps {
        stores: Some(stores),
        ..deps(1)
    };
    Intake::open(config(data), deps).unwrap()
}

/// A server, and a client that is connected to it.
pub(crate) struct Running {
    pub(crate) intake: Intake,
    pub(crate) client: Client,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(intake: Intake) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Server::builder().add_service(intake.server());
        let ended = tokio::spawn(async move {
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            let stopped = async {
                let _ = stopped.await;
            };
            server
                .serve_with_incoming_shutdown(incoming, stopped)
                .await
                .unwrap();
        });
        let client = IntakeServiceClient::connect(address).await.unwrap();
        Self {
            intake,
            client,
            stop,
            ended,
        }
    }

    /// Ends the server and closes the intake, as a process does.
    pub(crate) async fn stop(self) {
        let Self {
            intake,
            client,
            stop,
            ended,
        } = self;
        drop(client);
        stop.send(()).unwrap();
        ended.await.unwrap();
        intake.close().await.unwrap();
    }
}

pub(crate) async fn running(data: &Path) -> Running {
    Running::start(open(data, 1)).await
}

/// A complaint with personal data in every field that takes some.
pub(crate) fn complaint() -> Submission {
    let text = ToOwned::to_owned;
    Submission {
        kind: text("complaint"),
        channel: text("email"),
        description: text("My kettle leaks, says Wilhelmina Osterhagen"),
        immediate_action: text("Sent Wilhelmina a new lid"),
        language: text("en"),
        product: text("Kettle"),
        issue: text("Leaks"),
        received_at: Some(time("2026-05-20T08:00:00Z")),
        customer: Some(Customer {
            reference: text("C-778812"),
            name: text("Wilhelmina Osterhagen"),
            email: text("mina@osterhagen.example"),
            phone: text("+49 30 5550199"),
            address: text("Lindenallee 9, Musterstadt"),
            postal_code: text("12345"),
        }),
        external_references: vec![ExternalReference {
            system: text("orders"),
            id: text("ORD-90817263"),
            ..ExternalReference::default()
        }],
        ..Submission::default()
    }
}

/// What must never stand in a record, an error or a page.
pub(crate) const SECRETS: [&str; 10] = [
    "kettle leaks",
    "new lid",
    "Wilhelmina",
    "Osterhagen",
    "osterhagen.example",
    "5550199",
    "Lindenallee",
    "12345",
    "C-778812",
    "ORD-90817263",
];

pub(crate) fn time<T: From<std::time::SystemTime>>(text: &str) -> T {
    let time: jiff::Timestamp = text.parse().unwrap();
    T::from(time.into())
}

pub(crate) fn request(submission: Submission, request_id: &str) -> SubmitFeedbackRequest {
    SubmitFeedbackRequest {
        submission: Some(submission),
        request_id: request_id.to_owned(),
        inbound_key: None,
    }
}

pub(crate) fn key(source: &str, id: &str) -> InboundKey {
    InboundKey {
        source: source.to_owned(),
        id: id.to_owned(),
    }
}

/// A request by somebody with a name.
pub(crate) fn by<T>(actor: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request
        .metadata_mut()
        .insert("redress-actor", actor.parse().unwrap());
    request
}

/// The stable reason of an error and the field that it blames.
pub(crate) fn reason(status: &Status) -> (String, Option<String>) {
    assert_ne!(status.code(), Code::Unknown, "{status:?}");
    let shown = format!("{status:?}");
    for secret in SECRETS {
        assert!(
            !shown.contains(secret),
            "an error quotes personal data: {shown}"
        );
    }
    let problem = Problem::from_status(status);
    assert!(problem.remedy.is_some(), "{problem:?} says no way out");
    (problem.code.to_string(), problem.field.map(Into::into))
}

/// Every record of the log, as stored.
pub(crate) async fn records(intake: &Intake) -> Vec<Vec<u8>> {
    let (mut all, head) = (Vec::new(), intake.log().head().size);
    while (all.len() as u64) < head {
        let stored = intake
            .log()
            .read(all.len() as u64, 1000, 1 << 20)
            .await
            .unwrap();
        all.extend(stored.into_iter().map(|it| it.bytes.to_vec()));
    }
    all
}
