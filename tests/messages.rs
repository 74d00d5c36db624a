//! Messages to who complained, over a server of mail that is not ours.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::started::{Server, folder_named_by, root};

const TOOLS: &str = "the server of mail (`cargo xtask test` makes it)";
const PATIENCE: Duration = Duration::from_mins(2);

/// A running `tests/clients/smtp.py`.
struct Mail {
    child: Child,
    port: String,
    folder: TempDir,
}

impl Mail {
    fn start() -> Option<Self> {
        let tools = folder_named_by("REDRESS_TOOLS", TOOLS)?;
        let folder = tempfile::tempdir().unwrap();
        let mut python = Command::new(tools.join("bin/python"));
        python
            .arg(root().join("tests/clients/smtp.py"))
            .arg(folder.path());
        let mut child = python.stdout(Stdio::piped()).spawn().unwrap();
        let mut port = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut port).unwrap();
        let port = port.trim().to_owned();
        Some(Self {
            child,
            port,
            folder,
        })
    }

    /// What it has taken for an address.
    fn taken(&self, to: &str) -> Vec<Value> {
        let lines = fs::read_to_string(self.folder.path().join("taken.jsonl"));
        let lines = lines.unwrap_or_default();
        let all = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        all.filter(|it: &Value| it["to"] == json!([to])).collect()
    }

    fn settings(&self) -> String {
        let port = &self.port;
        format!(
            "[mail]\nserver = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nretry_seconds = 1\n\
             from = \"Redress <complaints@example.org>\"\n"
        )
    }
}

impl Drop for Mail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A complaint of somebody with that address.
fn complaint(server: &Server, email: &str) -> String {
    let customer = json!({ "name": "Ada", "email": email });
    let said = json!({ "kind": "complaint", "channel": "web", "product": "Kettle", "language": "de",
        "customer": customer });
    fs::write(server.folder.path().join("said.json"), said.to_string()).unwrap();
    let submitted = server.json("feedback submit --file said.json");
    let id = submitted["feedback_id"].as_str().unwrap().to_owned();
    let token = submitted["recorded"]["token"].as_str().unwrap();
    server.json(&format!("complaint show {id} --wait-for {token}"));
    id
}

fn send(server: &Server, id: &str, channel: &str) {
    let message = format!("complaint message send {id} --template progress --channel {channel}");
    server.json(&format!("{message} --text Öl"));
}

fn message(server: &Server, id: &str) -> Value {
    server.json(&format!("complaint message list {id}"))["messages"][0].clone()
}

#[track_caller]
fn waited(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The message once something has become of it.
#[track_caller]
fn dealt_with(server: &Server, id: &str) -> Value {
    waited("nothing becomes of it", || {
        message(server, id)["status"] != "requested"
    });
    message(server, id)
}

#[test]
fn what_a_server_of_mail_says_of_a_message_is_recorded() {
    let Some(mail) = Mail::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("redress.toml"), mail.settings()).unwrap();
    let server = Server::start_in(folder);
    let to = [
        "ada@example.org",
        "full@example.org",
        "later@example.org",
        "",
        "no address",
    ];
    let [ada, full, later, nowhere, wrong] = to.map(|email| complaint(&server, email));
    for id in [&ada, &full, &later, &nowhere, &wrong] {
        send(&server, id, "email");
    }
    let letter = complaint(&server, "eve@example.org");
    send(&server, &letter, "letter");

    let it = dealt_with(&server, &ada);
    assert_eq!(
        (&it["status"], &it["proof"]),
        (&json!("delivered"), &json!("accepted_by_server"))
    );
    let receipt = it["delivery_explanation"].as_str().unwrap();
    assert!(receipt.starts_with("to ada@example.org: "), "{receipt}");
    let taken = &mail.taken("ada@example.org")[0];
    assert_eq!(taken["message_id"], format!("<{ada}.1@example.org>"));
    assert_eq!(taken["from"], "Redress <complaints@example.org>");
    assert_eq!(taken["subject"], it["subject"]);
    assert!(taken["text"].as_str().unwrap().starts_with("Öl"), "{taken}");

    let it = dealt_with(&server, &full);
    assert_eq!(
        (&it["status"], &it["bounce_reason"]),
        (&json!("bounced"), &json!("mailbox_full"))
    );
    let said = it["bounce_explanation"].as_str().unwrap();
    assert!(
        said.contains("the mailbox of full@example.org is full"),
        "{said}"
    );
    let log = String::from_utf8(fs::read(server.folder.path().join("serve.log")).unwrap());
    assert!(!log.unwrap().contains("full@example.org"));

    assert_eq!(dealt_with(&server, &later)["status"], "delivered");
    assert_eq!(mail.taken("later@example.org").len(), 1);
    assert_eq!(dealt_with(&server, &nowhere)["bounce_reason"], "no_address");
    assert_eq!(
        dealt_with(&server, &wrong)["bounce_reason"],
        "address_invalid"
    );

    // Nobody but whoever sends letters sends a letter, and nothing goes twice.
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(message(&server, &letter)["status"], "requested");
    assert_eq!(mail.taken("eve@example.org").len(), 0);
    assert_eq!(mail.taken("ada@example.org").len(), 1);
    server.stop();
}

#[test]
fn a_message_that_was_handed_over_and_not_recorded_goes_again_under_the_same_name() {
    let Some(mail) = Mail::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("redress.toml"), mail.settings()).unwrap();
    let server = Server::start_in(folder);
    let (ada, slow) = (
        complaint(&server, "ada@example.org"),
        complaint(&server, "slow@example.org"),
    );
    send(&server, &ada, "email");
    assert_eq!(dealt_with(&server, &ada)["status"], "delivered");
    send(&server, &slow, "email");
    waited("it is not sent", || {
        !mail.taken("slow@example.org").is_empty()
    });
    let folder = server.kill();
    fs::write(mail.folder.path().join("go"), "").unwrap();

    let server = Server::start_in(folder);
    assert_eq!(dealt_with(&server, &slow)["status"], "delivered");
    std::thread::sleep(Duration::from_secs(3));
    let taken = mail.taken("slow@example.org");
    assert_eq!(taken.len(), 2, "{taken:?}");
    assert_eq!(taken[0]["message_id"], taken[1]["message_id"]);
    // What is recorded is not sent again.
    assert_eq!(mail.taken("ada@example.org").len(), 1);
    server.stop();
}
