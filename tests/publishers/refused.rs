//! A broker that refuses a subject: a publisher says so and ends, and does not wait for ever.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::publisher::sources;
use crate::port::free_port;
use crate::started::{folder_named_by, root};

/// Longer than the patience of a publisher with one call, also on a machine with much else to do.
const PATIENCE: Duration = Duration::from_mins(4);

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server whose only user may do so much.
fn server(tools: &Path, folder: &Path, publish: &str, subscribe: &str) -> (Running, String) {
    let port = free_port();
    let config = format!(
        "listen: 127.0.0.1:{port}\njetstream {{ store_dir: \"{}\" }}\nno_auth_user: shop\n\
         authorization {{ users: [ {{ user: shop, password: shop, permissions: {{\n\
         publish: {{ allow: [{publish}] }}, subscribe: {{ allow: [{subscribe}] }} }} }} ] }}\n",
        folder.join("store").display(),
    );
    let path = folder.join("nats.conf");
    std::fs::write(&path, config).unwrap();
    let log = folder.join("log");
    let mut command = Command::new(tools.join("bin/nats-server"));
    command.arg("-c").arg(path).arg("-l").arg(&log);
    let running = Running(command.stdout(Stdio::null()).spawn().unwrap());
    let begin = Instant::now();
    while !std::fs::read_to_string(&log).is_ok_and(|it| it.contains("Server is ready")) {
        assert!(begin.elapsed() < PATIENCE, "the server does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    (running, format!("nats://127.0.0.1:{port}"))
}

/// How a publisher ends, and what it says.
fn ended(tools: &Path, folder: &Path, source: &str, address: &str) -> (Option<i32>, String) {
    let programs = root().join("tests/publishers");
    let mut command = if source == "python" {
        let mut python = Command::new(tools.join("bin/python"));
        python.arg(programs.join("publish.py"));
        python
    } else {
        let mut node = Command::new("node");
        node.env("NODE_PATH", tools.join("node_modules"));
        node.arg(programs.join("publish.mjs"));
        node
    };
    let (lines, err) = (folder.join("lines"), folder.join("err"));
    std::fs::write(&lines, format!("{}\n", super::message("m-1"))).unwrap();
    command.args([address, "default", source]);
    command.stdin(File::open(&lines).unwrap());
    command
        .stdout(Stdio::null())
        .stderr(File::create(&err).unwrap());
    let mut running = Running(command.spawn().unwrap());
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = running.0.try_wait().unwrap() {
            break status;
        }
        assert!(begin.elapsed() < PATIENCE, "{source} hangs");
        std::thread::sleep(Duration::from_millis(20));
    };
    (status.code(), std::fs::read_to_string(&err).unwrap())
}

#[test]
fn a_stranger_whose_subject_is_refused_is_told_and_does_not_wait_for_ever() {
    let missing = "nats-server (`cargo xtask test` makes it)";
    let Some(tools) = folder_named_by("REDRESS_TOOLS", missing) else {
        return;
    };
    let receipts = r#""_INBOX.>", "redress.v1.default.receipt.>""#;
    for (publish, subscribe, refused) in [
        (
            r#""$JS.API.>""#,
            receipts,
            "Publish to \"redress.v1.default.inbox.",
        ),
        (
            r#"">""#,
            r#""_INBOX.>""#,
            "Subscription to \"redress.v1.default.receipt.",
        ),
    ] {
        for source in sources() {
            let folder = tempfile::tempdir().unwrap();
            let (_server, address) = server(&tools, folder.path(), publish, subscribe);
            let (code, said) = ended(&tools, folder.path(), source, &address);
            assert_eq!(code, Some(1), "{source}: {said}");
            let said = said.to_lowercase();
            assert!(said.contains("permissions violation"), "{source}: {said}");
            assert!(said.contains(&refused.to_lowercase()), "{source}: {said}");
        }
    }
}
