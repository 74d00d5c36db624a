//! Each user of the shipped `nats.conf` can do what it needs, and is refused the rest.

use serde_json::{Value, json};

use super::nats::Client;
use super::server::Server;
use super::site::USERS;

const INTAKE: &str = "REDRESS_DEFAULT_INTAKE_0";
const INBOX: &str = "REDRESS_DEFAULT_INBOX";

/// What is published, and who may; everybody else is refused.
const PUBLISHERS: &[(&str, &[&str])] = &[
    // The logs: each by its owner.
    (
        "redress.v1.default.event.intake.0.feedback.received",
        &["intake"],
    ),
    (
        "redress.v1.default.event.workflow.0.complaint.opened",
        &["workflow"],
    ),
    (
        "redress.v1.default.event.reporting.0.signal.raised",
        &["reporting"],
    ),
    ("redress.v1.default.event.billing.0.bill.sent", &[]),
    ("redress.v1.other.event.intake.0.feedback.received", &[]),
    // The inbox: each source by its own publisher, and what became of it is told by intake.
    ("redress.v1.default.inbox.shop", &["shop"]),
    ("redress.v1.default.inbox.crm", &[]),
    ("redress.v1.default.receipt.shop.1", &["intake"]),
    ("redress.v1.default.rejected.shop", &["intake"]),
    // Streams: each by the owner of what is in them.
    (
        "$JS.API.STREAM.CREATE.REDRESS_DEFAULT_INTAKE_0",
        &["intake", "operator"],
    ),
    (
        "$JS.API.STREAM.UPDATE.REDRESS_DEFAULT_WORKFLOW_0",
        &["workflow", "operator"],
    ),
    (
        "$JS.API.STREAM.UPDATE.REDRESS_DEFAULT_REPORTING_0",
        &["reporting", "operator"],
    ),
    (
        "$JS.API.STREAM.CREATE.REDRESS_DEFAULT_INBOX",
        &["intake", "operator"],
    ),
    ("$JS.API.STREAM.CREATE.OTHER", &["operator"]),
    (
        "$JS.API.STREAM.DELETE.REDRESS_DEFAULT_INTAKE_0",
        &["operator"],
    ),
    (
        "$JS.API.STREAM.PURGE.REDRESS_DEFAULT_INTAKE_0",
        &["operator"],
    ),
    (
        "$JS.API.STREAM.PURGE.REDRESS_DEFAULT_INBOX",
        &["intake", "operator"],
    ),
    (
        "$JS.API.STREAM.MSG.DELETE.REDRESS_DEFAULT_INTAKE_0",
        &["operator"],
    ),
    (
        "$JS.API.STREAM.MSG.GET.REDRESS_DEFAULT_INBOX",
        &["intake", "operator"],
    ),
    (
        "$JS.API.STREAM.MSG.DELETE.REDRESS_DEFAULT_INBOX",
        &["intake", "operator"],
    ),
    (
        "$JS.API.STREAM.INFO.REDRESS_DEFAULT_INBOX",
        &["intake", "operator"],
    ),
    // Reading logs: everybody of the house. Reading the inbox: intake.
    (
        "$JS.API.STREAM.INFO.REDRESS_DEFAULT_INTAKE_0",
        &["intake", "workflow", "reporting", "reader", "operator"],
    ),
    (
        "$JS.API.DIRECT.GET.REDRESS_DEFAULT_INTAKE_0",
        &["intake", "workflow", "reporting", "reader", "operator"],
    ),
    (
        "$JS.API.CONSUMER.CREATE.REDRESS_DEFAULT_INTAKE_0",
        &["workflow", "reporting", "operator"],
    ),
    (
        "$JS.API.CONSUMER.CREATE.REDRESS_DEFAULT_INTAKE_0.a",
        &["reader", "operator"],
    ),
    (
        "$JS.API.CONSUMER.MSG.NEXT.REDRESS_DEFAULT_INTAKE_0.a",
        &["workflow", "reporting", "reader", "operator"],
    ),
    (
        "$JS.API.CONSUMER.DELETE.REDRESS_DEFAULT_INTAKE_0.a",
        &["operator"],
    ),
    (
        "$JS.API.CONSUMER.CREATE.REDRESS_DEFAULT_INBOX.intake",
        &["operator"],
    ),
    (
        "$JS.API.CONSUMER.CREATE.REDRESS_DEFAULT_INBOX.other",
        &["operator"],
    ),
    (
        "$JS.API.CONSUMER.MSG.NEXT.REDRESS_DEFAULT_INBOX.intake",
        &["operator"],
    ),
    ("$JS.ACK.REDRESS_DEFAULT_INBOX.intake.1.1.1.1.0", &[]),
    // The answers to another, and the server itself.
    ("_INBOX.intake.1", &[]),
    ("$SYS.REQ.SERVER.PING", &[]),
];

/// What is subscribed to, and by whom it may be.
const SUBSCRIBERS: &[(&str, &[&str])] = &[
    (">", &[]),
    ("redress.>", &[]),
    ("redress.v1.default.event.>", &["reader", "operator"]),
    ("redress.v1.default.inbox.>", &[]),
    ("redress.v1.default.inbox.shop", &[]),
    ("redress.v1.default.receipt.shop.>", &["shop"]),
    ("redress.v1.default.receipt.crm.>", &[]),
    ("redress.v1.default.receipt.>", &[]),
    ("redress.v1.default.rejected.shop", &["shop"]),
    ("redress.v1.default.rejected.*", &[]),
    // In its own account: a test below shows that the answers to others are not there.
    ("_INBOX.>", &["shop"]),
    ("_INBOX.intake.>", &["intake", "shop"]),
    ("_INBOX.workflow.>", &["workflow", "shop"]),
    ("$JS.>", &[]),
    ("$SYS.>", &[]),
];

#[test]
fn each_user_of_nats_may_do_what_it_needs_and_nothing_else() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut wrong = Vec::new();
    for user in USERS {
        let mut client = server.connect(user).unwrap();
        for (subject, who) in PUBLISHERS {
            if client.may_publish(subject) != who.contains(&user) {
                wrong.push(format!("{user} publishes {subject}"));
            }
        }
        for (subject, who) in SUBSCRIBERS {
            if client.may_subscribe(subject) != who.contains(&user) {
                wrong.push(format!("{user} subscribes to {subject}"));
            }
        }
    }
    assert!(wrong.is_empty(), "not as it should be: {wrong:#?}");
}

#[test]
fn nobody_comes_in_without_the_password_that_was_made_for_them() {
    let Some(server) = Server::start() else {
        return;
    };
    let before: Vec<String> = USERS.map(|user| server.site().password(user)).to_vec();
    for password in &before {
        assert!(password.len() >= 64, "32 random bytes");
    }
    server.site().make_secrets();
    let after: Vec<String> = USERS.map(|user| server.site().password(user)).to_vec();
    assert_eq!(before, after, "made once");
    assert!(server.connect("shop").is_ok());
    for (user, password) in [("shop", "shop"), ("", ""), ("root", "root"), ("shop", "")] {
        let refused = server.connect_with(user, password).unwrap_err();
        assert!(refused.contains("Authorization Violation"), "{refused}");
    }
    let of_another = server.connect_with("shop", &server.site().password("reader"));
    assert!(of_another.is_err());
}

#[test]
fn the_server_syncs_before_it_acknowledges() {
    let Some(server) = Server::start() else {
        return;
    };
    let page = server.monitoring("/jsz?config=true");
    assert!(page.contains("\"sync_always\": true"), "{page}");
}

fn make_streams(intake: &mut Client) {
    for (stream, subjects) in [
        (INTAKE, "redress.v1.default.event.intake.0.>"),
        (INBOX, "redress.v1.default.inbox.*"),
    ] {
        let wanted = json!({ "name": stream, "subjects": [subjects], "allow_direct": true });
        let made = intake.request(&format!("$JS.API.STREAM.CREATE.{stream}"), &wanted);
        assert_eq!(made["config"]["name"], stream, "{made}");
    }
}

#[test]
fn a_publisher_gets_acknowledgement_and_receipt_and_nobody_else_sees_anything() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut intake = server.connect("intake").unwrap();
    make_streams(&mut intake);
    let mut others: Vec<Client> = ["workflow", "reporting", "reader", "operator"]
        .map(|user| server.connect(user).unwrap())
        .into();
    for other in &mut others {
        for subject in ["redress.>", "redress.v1.default.event.>", "_INBOX.>", ">"] {
            other.subscribe(subject);
        }
        other.came();
    }
    let mut shop = server.connect("shop").unwrap();
    for subject in ["redress.v1.default.receipt.shop.>", "_INBOX.>", ">"] {
        shop.subscribe(subject);
    }

    let receipt_to = "redress.v1.default.receipt.shop.7";
    let headers = [("Redress-Receipt-To", receipt_to)];
    let acknowledged = shop.request_with("redress.v1.default.inbox.shop", &headers, b"{}");
    assert_eq!(acknowledged.json(), json!({ "stream": INBOX, "seq": 1 }));

    let message = json!({ "seq": 1 });
    let found = intake.request(&format!("$JS.API.STREAM.MSG.GET.{INBOX}"), &message);
    assert_eq!(found["message"]["data"], "e30=", "{found}");
    intake.publish(receipt_to, &[], b"done");
    let up_to = json!({ "seq": 2, "filter": "redress.v1.default.inbox.*" });
    let removed = intake.request(&format!("$JS.API.STREAM.PURGE.{INBOX}"), &up_to);
    assert_eq!(removed["purged"], 1, "{removed}");

    let receipt = shop.wait(|it| it.subject == receipt_to).unwrap();
    assert_eq!(receipt.body, b"done");
    let left: Vec<_> = shop.came();
    let left: Vec<_> = left.iter().filter(|it| it.subject != receipt_to).collect();
    // Its own acknowledgement, as often as it subscribed to it.
    assert!(
        left.iter().all(|it| it.subject.starts_with("_INBOX.shop.")),
        "{left:?}"
    );
    for other in &mut others {
        assert_eq!(format!("{:?}", other.came()), "[]");
    }
}

#[test]
fn a_reader_reads_what_was_recorded_and_what_is() {
    let Some(server) = Server::start() else {
        return;
    };
    let mut intake = server.connect("intake").unwrap();
    make_streams(&mut intake);
    let subject = "redress.v1.default.event.intake.0.feedback.received";
    let publish = |intake: &mut Client, body: &[u8]| intake.request_with(subject, &[], body).json();
    assert_eq!(publish(&mut intake, b"first")["seq"], 1);

    let mut reader = server.connect("reader").unwrap();
    reader.subscribe("redress.v1.default.event.>");
    reader.came();
    assert_eq!(publish(&mut intake, b"second")["seq"], 2);
    let now = reader.wait(|it| it.subject == subject).unwrap();
    assert_eq!(now.body, b"second");

    let get = format!("$JS.API.DIRECT.GET.{INTAKE}");
    assert_eq!(
        reader.request_with(&get, &[], br#"{"seq":1}"#).body,
        b"first"
    );
    let consumer = json!({ "stream_name": INTAKE, "config": {
        "name": "one", "ack_policy": "none", "mem_storage": true, "inactive_threshold": 5_000_000_000_u64,
    }});
    let made: Value = reader.request(&format!("$JS.API.CONSUMER.CREATE.{INTAKE}.one"), &consumer);
    assert_eq!(made["name"], "one", "{made}");
    let next = format!("$JS.API.CONSUMER.MSG.NEXT.{INTAKE}.one");
    for body in [b"first".as_slice(), b"second"] {
        assert_eq!(reader.request_with(&next, &[], b"1").body, body);
    }
}
