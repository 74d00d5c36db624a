//! The inbox.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use futures::StreamExt;
use redress_event_bus::{
    Answer, Bus, Inbox, InboxFlow, InboxState, InboxStatus, Received, Rejection, Take,
};
use redress_event_log::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::watch;

use crate::server::Server;

const SUBJECT: &str = "redress.v1.acme.inbox.crm";

/// Takes in everything whose data has a `kind`, once.
#[derive(Debug, Default)]
pub(crate) struct Clerk {
    pub(crate) taken: Mutex<BTreeMap<String, u64>>,
    deliveries: AtomicUsize,
    busy: AtomicUsize,
    busiest: AtomicUsize,
    pause: Duration,
    /// So many are sent back first.
    sent_back: AtomicUsize,
    /// While true, messages whose id begins with `held` get no answer.
    pub(crate) holds: watch::Sender<bool>,
}

impl Clerk {
    fn decide(&self, message: &Received) -> Answer {
        let left = self.sent_back.load(Ordering::Relaxed);
        if left > 0 {
            self.sent_back.store(left - 1, Ordering::Relaxed);
            let why = "not now".to_owned();
            return Answer::Later { why };
        }
        let rejected = |code: &str, reason: &str| {
            Answer::Rejected(Rejection {
                code: code.to_owned(),
                field: None,
                reason: reason.to_owned(),
                remedy: "none".to_owned(),
                rejected_id: format!("kept-{}", message.sequence),
            })
        };
        let event = &message.event;
        let data = match &event.data {
            Ok(data) => data,
            Err(unreadable) => return rejected(unreadable.code, unreadable.why),
        };
        let data: Value = serde_json::from_slice(data).unwrap();
        if data["kind"].is_null() {
            return rejected("KIND_MISSING", "`kind` is missing");
        }
        let id = event.id.clone().unwrap_or_default();
        let mut taken = self.taken.lock().unwrap();
        let next = taken.len() as u64;
        let position = *taken
            .entry(format!("{}/{id}", message.source))
            .or_insert(next);
        let receipt = json!({ "position": position });
        Answer::Accepted { receipt }
    }
}

impl Take for Clerk {
    fn take(&self, message: Received) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            self.deliveries.fetch_add(1, Ordering::Relaxed);
            let busy = self.busy.fetch_add(1, Ordering::Relaxed) + 1;
            self.busiest.fetch_max(busy, Ordering::Relaxed);
            tokio::time::sleep(self.pause).await;
            if message
                .event
                .id
                .as_deref()
                .is_some_and(|id| id.starts_with("held"))
            {
                let mut holds = self.holds.subscribe();
                holds.wait_for(|holds| !holds).await.unwrap();
            }
            let answer = self.decide(&message);
            self.busy.fetch_sub(1, Ordering::Relaxed);
            answer
        })
    }
}

fn flow() -> InboxFlow {
    InboxFlow {
        in_flight: 32,
        retry_after: Duration::from_millis(50),
        ..InboxFlow::default()
    }
}

pub(crate) struct Open {
    pub(crate) inbox: Inbox,
    task: tokio::task::JoinHandle<()>,
}

impl Open {
    pub(crate) async fn with(bus: &Bus, clerk: &Arc<Clerk>) -> Self {
        let inbox = Inbox::new(bus.clone(), Arc::clone(clerk) as Arc<dyn Take>, flow());
        let running = inbox.clone();
        let task = tokio::spawn(async move { match running.run().await {} });
        let mut states = inbox.watch();
        let waited = states.wait_for(|state| *state == InboxState::Taking);
        tokio::time::timeout(Duration::from_secs(10), waited)
            .await
            .unwrap()
            .unwrap();
        Self { inbox, task }
    }

    pub(crate) async fn until(&self, done: impl Fn(&InboxStatus) -> bool) -> InboxStatus {
        for _ in 0..1500 {
            let status = self.inbox.status().await;
            if done(&status) {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{:?}", self.inbox.status().await);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn headers(given: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        headers.insert(*name, *value);
    }
    headers
}

pub(crate) async fn publish(admin: &Context, given: &[(&str, &str)], body: &Value) -> u64 {
    let bytes = serde_json::to_vec(body).unwrap().into();
    let sent = admin
        .publish_with_headers(SUBJECT, headers(given), bytes)
        .await;
    sent.unwrap().await.unwrap().sequence
}

#[tokio::test(flavor = "multi_thread")]
async fn each_form_is_taken_once_with_a_receipt_and_leaves_the_stream() {
    let Some(server) = Server::start() else {
        return;
    };
    let clerk = Arc::new(Clerk::default());
    let open = Open::with(&server.bus().await, &clerk).await;
    let admin = server.admin().await;
    let mut receipts = admin
        .client()
        .subscribe("redress.v1.acme.receipt.crm.>")
        .await
        .unwrap();
    admin.client().flush().await.unwrap();
    let to = ("Redress-Receipt-To", "redress.v1.acme.receipt.crm.one");
    let event = json!({ "specversion": "1.0", "id": "a", "source": "/crm", "type": "said",
        "data": { "kind": "complaint" } });
    let structured = [to, ("Content-Type", "application/cloudevents+json")];
    publish(&admin, &structured, &event).await;
    let binary = [
        to,
        ("ce-specversion", "1.0"),
        ("ce-id", "b"),
        ("ce-source", "/crm"),
        ("ce-type", "said"),
    ];
    publish(&admin, &binary, &json!({ "kind": "praise" })).await;
    publish(
        &admin,
        &[to, ("Nats-Msg-Id", "c")],
        &json!({ "kind": "praise" }),
    )
    .await;
    let status = open
        .until(|it| it.accepted == 3 && it.waiting == Some(0))
        .await;
    assert_eq!(
        (status.receipts, status.rejected, status.in_flight),
        (3, 0, 0)
    );
    // A repeat, later than the broker remembers ids, gets the receipt of the first time.
    tokio::time::sleep(Duration::from_millis(300)).await;
    publish(
        &admin,
        &[to, ("Nats-Msg-Id", "c")],
        &json!({ "kind": "praise" }),
    )
    .await;
    let mut told: Vec<Value> = Vec::new();
    while told.len() < 4 {
        let next = tokio::time::timeout(Duration::from_secs(5), receipts.next()).await;
        told.push(serde_json::from_slice(&next.unwrap().unwrap().payload).unwrap());
    }
    let of = |id: &str| told.iter().filter(|it| it["id"] == id).collect::<Vec<_>>();
    assert_eq!(
        (of("a").len(), of("b").len(), of("c").len()),
        (1, 1, 2),
        "{told:?}"
    );
    assert_eq!(of("c")[0], of("c")[1]);
    assert!(told.iter().all(|it| it["status"] == "accepted"));
    assert_eq!(clerk.taken.lock().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_is_told_without_its_content() {
    let Some(server) = Server::start() else {
        return;
    };
    let clerk = Arc::new(Clerk::default());
    let open = Open::with(&server.bus().await, &clerk).await;
    let admin = server.admin().await;
    let subject = "redress.v1.acme.rejected.crm";
    let mut notices = admin.client().subscribe(subject).await.unwrap();
    admin.client().flush().await.unwrap();
    let sequence = publish(
        &admin,
        &[("Nats-Msg-Id", "jane@example.org")],
        &json!({ "text": "Jane" }),
    )
    .await;
    let notice = tokio::time::timeout(Duration::from_secs(5), notices.next()).await;
    let payload = notice.unwrap().unwrap().payload;
    let told: Value = serde_json::from_slice(&payload).unwrap();
    let expected = json!({ "sequence": sequence, "code": "KIND_MISSING",
        "reason": "`kind` is missing", "remedy": "none",
        "rejected_id": format!("kept-{sequence}") });
    assert_eq!(told, expected);
    let broken = admin.publish(SUBJECT, "no JSON".into()).await;
    broken.unwrap().await.unwrap();
    let status = open
        .until(|it| it.rejected == 2 && it.waiting == Some(0))
        .await;
    assert_eq!(status.accepted, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_sent_nowhere_but_to_its_publisher() {
    let Some(server) = Server::start() else {
        return;
    };
    let clerk = Arc::new(Clerk::default());
    let open = Open::with(&server.bus().await, &clerk).await;
    let admin = server.admin().await;
    let mut elsewhere = admin
        .client()
        .subscribe("redress.v1.acme.receipt.>")
        .await
        .unwrap();
    admin.client().flush().await.unwrap();
    let to = ("Redress-Receipt-To", "redress.v1.acme.receipt.erp.one");
    publish(&admin, &[to], &json!({ "kind": "praise" })).await;
    let status = open.until(|it| it.waiting == Some(0)).await;
    assert_eq!(
        (status.accepted, status.receipts, status.receipts_refused),
        (1, 0, 1)
    );
    let nothing = tokio::time::timeout(Duration::from_millis(300), elsewhere.next()).await;
    assert!(nothing.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_taken_now_comes_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let clerk = Arc::new(Clerk {
        sent_back: AtomicUsize::new(3),
        ..Clerk::default()
    });
    let open = Open::with(&server.bus().await, &clerk).await;
    publish(&server.admin().await, &[], &json!({ "kind": "praise" })).await;
    let status = open.until(|it| it.waiting == Some(0)).await;
    assert_eq!((status.accepted, status.postponed), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_while_the_server_and_the_taker_are_killed() {
    let Some(mut server) = Server::synced() else {
        return;
    };
    let clerk = Arc::new(Clerk {
        pause: Duration::from_millis(2),
        ..Clerk::default()
    });
    let bus = server.bus().await;
    let mut open = Open::with(&bus, &clerk).await;
    for round in 0..4 {
        let admin = server.admin().await;
        for number in 0..200 {
            let id = format!("{round}-{number}");
            publish(
                &admin,
                &[("Nats-Msg-Id", &id)],
                &json!({ "kind": "praise" }),
            )
            .await;
        }
        if round % 2 == 0 {
            server.kill();
            server.run();
            bus.connected().await;
        } else {
            drop(open);
            open = Open::with(&bus, &clerk).await;
        }
    }
    let mut all = 0;
    for _ in 0..1500 {
        all = clerk.taken.lock().unwrap().len();
        if all == 800 && open.inbox.status().await.waiting == Some(0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{all} of 800 are taken: {:?}", open.inbox.status().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_taker_holds_a_bounded_number_and_a_full_inbox_refuses() {
    let Some(server) = Server::start() else {
        return;
    };
    let clerk = Arc::new(Clerk::default());
    clerk.holds.send_replace(true);
    let mut config = server.config();
    config.inbox.max_bytes = 64 << 10;
    let bus = Bus::connect(config).await.unwrap();
    let open = Open::with(&bus, &clerk).await;
    let admin = server.admin().await;
    let (mut kept, mut refused) = (0, 0);
    for number in 0..1_000 {
        let id = format!("held-{number}");
        let body = serde_json::to_vec(&json!({ "kind": "praise", "text": "x".repeat(500) }));
        let given = headers(&[("Nats-Msg-Id", &id)]);
        let sent = admin.publish_with_headers(SUBJECT, given, body.unwrap().into());
        match sent.await.unwrap().await {
            Ok(_) => kept += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0, "the publisher is told that there is no room");
    clerk.holds.send_replace(false);
    open.until(|it| it.waiting == Some(0)).await;
    assert_eq!(
        clerk.taken.lock().unwrap().len(),
        kept,
        "and what was kept is taken"
    );
    assert!(clerk.busiest.load(Ordering::Relaxed) <= 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_that_may_lose_messages_is_not_taken_from() {
    let Some(server) = Server::start() else {
        return;
    };
    let admin = server.admin().await;
    let by_hand = async_nats::jetstream::stream::Config {
        name: "REDRESS_ACME_INBOX".to_owned(),
        subjects: vec!["redress.v1.acme.inbox.*".to_owned()],
        ..Default::default()
    };
    admin.create_stream(by_hand).await.unwrap();
    let clerk = Arc::new(Clerk::default());
    let inbox = Inbox::new(server.bus().await, clerk as Arc<dyn Take>, flow());
    let running = inbox.clone();
    let task = tokio::spawn(async move { match running.run().await {} });
    let mut states = inbox.watch();
    let fault = states.wait_for(|state| matches!(state, InboxState::Fault(_)));
    let state = tokio::time::timeout(Duration::from_secs(10), fault).await;
    let said = state.unwrap().unwrap().to_string();
    for part in [
        "retention is Limits and should be WorkQueue",
        "discard is Old and should be New",
    ] {
        assert!(said.contains(part), "{said}");
    }
    task.abort();
}

/// Publishes by hand, as a program that knows the protocol and nothing of its rules.
fn publish_by_hand(server: &Server, headers: &[u8], body: &str) {
    use std::io::{Read, Write};
    let address = server.address();
    let mut stream = std::net::TcpStream::connect(address.trim_start_matches("nats://")).unwrap();
    let headers = [b"NATS/1.0", headers, b"\r\n\r\n"].concat();
    let (length, all) = (headers.len(), headers.len() + body.len());
    let begin = format!(
        "CONNECT {{\"verbose\":false,\"headers\":true}}\r\nHPUB {SUBJECT} {length} {all}\r\n"
    );
    let bytes = [begin.as_bytes(), &headers, body.as_bytes(), b"\r\nPING\r\n"].concat();
    stream.write_all(&bytes).unwrap();
    let mut said = Vec::new();
    while !said.ends_with(b"PONG\r\n") {
        let mut some = [0; 4096];
        let read = stream.read(&mut some).unwrap();
        assert!(read > 0, "it hung up");
        said.extend(&some[..read]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_are_none_harm_nothing() {
    let Some(server) = Server::start() else {
        return;
    };
    let clerk = Arc::new(Clerk::default());
    let bus = server.bus().await;
    let open = Open::with(&bus, &clerk).await;
    let body = r#"{"kind":"praise"}"#;
    for headers in [
        &b"\r\nNats-Msg-Id: one\r\nX: a\rb"[..],
        b"\r\nNats-Msg-Id: two\r\nX: \xff",
        b"\r\nNats-Msg-Id: three\r\nno colon",
        b" 503 go away\r\nNats-Msg-Id: four",
        b"",
    ] {
        publish_by_hand(&server, headers, body);
    }
    let status = open
        .until(|it| it.accepted == 5 && it.waiting == Some(0))
        .await;
    assert_eq!(
        (status.rejected, status.postponed, status.unconfirmed),
        (0, 0, 0)
    );
    assert_eq!(clerk.taken.lock().unwrap().len(), 5);
    assert!(bus.is_connected());
}
