//! `compose.yaml` from nothing to a report, through the loss of each of its processes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::engine::Engine;
use super::images::{self, IMAGES};
use super::server;
use super::site::{Site, USERS};
use crate::started::{Answer, folder_named_by, redress, root};

const SERVICES: [&str; 3] = ["intake", "workflow", "reporting"];
const CONTAINERS: [&str; 4] = ["nats", "intake", "workflow", "reporting"];
const TOOLS: &str = "the independent clients (`cargo xtask test` makes it)";
const PATIENCE: Duration = Duration::from_mins(2);

struct Composed {
    engine: Engine,
    site: Site,
    tools: PathBuf,
}

impl Composed {
    /// `None` where there are no containers, and the test is over.
    fn new() -> Option<Self> {
        let tools = folder_named_by("REDRESS_TOOLS", TOOLS)?;
        let nats_server = server::program()?;
        let engine = Engine::start()?;
        images::make(&engine, &nats_server);
        Some(Self {
            engine,
            site: Site::new(),
            tools,
        })
    }

    /// `deploy/compose ..`, as it is typed.
    fn compose(&self, typed: &str) -> Answer {
        let mut command = self.engine.command(self.site.deploy().join("compose"));
        command.args(typed.split_whitespace());
        command.envs(IMAGES);
        let answer = Answer::of(&mut command);
        assert_eq!(answer.code, 0, "{typed}: {answer:?}");
        answer
    }

    /// The container of a service; Compose's two generations call it differently.
    fn container(&self, service: &str) -> String {
        let label = format!("label=com.docker.compose.service={service}");
        let found = self
            .engine
            .docker(["ps", "--all", "--quiet", "--filter", &label]);
        let id = found.out.trim().to_owned();
        assert!(!id.is_empty() && !id.contains('\n'), "{found:?}");
        id
    }

    fn healthy(&self) {
        for service in CONTAINERS {
            let container = self.container(service);
            let mut seen = Value::Null;
            let healthy = within(PATIENCE, || {
                seen = self.engine.inspect(&container)["State"].clone();
                (seen["Health"]["Status"] == "healthy").then_some(())
            });
            if healthy.is_none() {
                let logs = self.engine.docker(["logs", &container]);
                panic!("{service} is not healthy: {seen:#} {logs:?}");
            }
        }
    }

    /// The program, outside of all containers.
    fn outside(&self, typed: &str) -> Command {
        let mut command = redress(&self.site.beside(""));
        for (service, port) in SERVICES.iter().zip(7301..) {
            let name = format!("REDRESS_CLIENT__{}", service.to_uppercase());
            command.env(name, format!("http://127.0.0.1:{port}"));
        }
        command.args(typed.split_whitespace());
        command.args(["--output", "json"]);
        self.engine.beside(&command)
    }

    fn json(&self, typed: &str) -> Value {
        Answer::of(&mut self.outside(typed)).json()
    }

    /// What a report says of a product, once it counts so many complaints.
    fn report(&self, complaints: u64) -> Value {
        let mut last = None;
        let counted = within(PATIENCE, || {
            let answer = Answer::of(&mut self.outside("report pareto --by product"));
            let report = (answer.code == 0).then(|| answer.json());
            last = Some(answer);
            report.filter(|it| it["total"] == complaints)
        });
        counted.unwrap_or_else(|| panic!("not {complaints} complaints: {last:?}"))
    }

    fn submit(&self) -> String {
        let typed = "feedback submit --kind complaint --channel web --product Kettle";
        // It may be on its way back.
        let submitted = within(PATIENCE, || {
            let answer = Answer::of(&mut self.outside(typed));
            (answer.code == 0).then(|| answer.json())
        });
        let submitted = submitted.expect("feedback is taken");
        submitted["feedback_id"].as_str().unwrap().to_owned()
    }

    /// What another system gets for a message, always the same one, that it publishes to the inbox.
    fn publish(&self) -> Value {
        let server = format!("nats://shop:{}@127.0.0.1:4222", self.site.password("shop"));
        // It publishes again for ever.
        let mut publish = Command::new("timeout");
        publish.arg("120").arg(self.tools.join("bin/python"));
        publish.arg(root().join("tests/publishers/publish.py"));
        publish.args([&server, "default", "shop"]);
        let mut publish = self.engine.beside(&publish);
        let message = json!({ "id": "order-7", "data": {
            "kind": "complaint", "channel": "web", "product": "Toaster",
        }});
        let file = self.site.beside("messages.jsonl");
        fs::write(&file, message.to_string()).unwrap();
        publish.stdin(fs::File::open(file).unwrap());
        let output = publish.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["status"], "accepted", "{told}");
        told["receipt"].clone()
    }

    /// The log's root of each service, where the program finds nothing wrong.
    fn roots(&self) -> Vec<(Value, Value)> {
        let verified = self.json("log verify");
        let logs = verified["logs"].as_array().unwrap();
        assert_eq!(logs.len(), 3, "{verified}");
        for log in logs {
            assert_eq!(log["problem"], Value::Null, "{verified}");
        }
        let root = |log: &Value| (log["log"].clone(), log["root"].clone());
        logs.iter().map(root).collect()
    }

    /// Ends a container's process from outside, as a crash would: Docker is to start it again.
    fn crash(&self, service: &str) {
        let container = self.container(service);
        let state = |of: &str| self.engine.inspect(&container)[of].clone();
        let before = state("RestartCount").as_u64().unwrap();
        let pid = state("State")["Pid"].as_i64().unwrap();
        let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
        let back = within(PATIENCE, || {
            let again = state("RestartCount").as_u64() == Some(before + 1);
            (again && state("State")["Running"] == true).then_some(())
        });
        back.unwrap_or_else(|| panic!("{service} is not started again: {}", state("State")));
    }
}

/// What `look` finds, looked for again and again.
fn within<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let until = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() > until {
            return None;
        }
        std::thread::sleep(Duration::from_millis(250));
    }
}

/// Nothing can be written but in volumes, nobody is root, and nothing is reached from other machines.
fn is_locked_down(composed: &Composed, service: &str) {
    let container = composed.engine.inspect(&composed.container(service));
    let host = &container["HostConfig"];
    assert_eq!(host["ReadonlyRootfs"], true, "{service}");
    assert_eq!(host["CapDrop"][0], "ALL", "{service}");
    assert_eq!(
        host["SecurityOpt"][0], "no-new-privileges:true",
        "{service}"
    );
    assert_eq!(host["RestartPolicy"]["Name"], "unless-stopped", "{service}");
    for limit in ["Memory", "NanoCpus", "PidsLimit"] {
        assert!(
            host[limit].as_u64().is_some_and(|it| it > 0),
            "{service}: no {limit}"
        );
    }
    for (port, bound) in host["PortBindings"].as_object().unwrap() {
        assert_eq!(bound[0]["HostIp"], "127.0.0.1", "{service}: {port}");
    }
    if service != "nats" {
        assert_eq!(container["Config"]["User"], "10001:10001", "{service}");
    }
    let environment = container["Config"]["Env"].to_string();
    for user in USERS {
        let password = composed.site.password(user);
        assert!(
            !environment.contains(&password),
            "{service} shows the password of {user}"
        );
    }
}

#[test]
fn the_composed_services_come_up_with_one_command_and_outlive_their_processes() {
    let Some(composed) = Composed::new() else {
        return;
    };
    composed.compose("up -d");
    composed.healthy();
    for service in CONTAINERS {
        is_locked_down(&composed, service);
    }

    let first = composed.submit();
    let report = composed.report(1);
    assert_eq!(report["rows"][0]["key"], "Kettle", "{report}");
    let inside =
        composed.compose("exec -T reporting redress report pareto --by product --output json");
    assert_eq!(inside.json()["total"], 1, "{inside:?}");

    let published = composed.publish();
    assert_eq!(published["repeated"], false, "{published}");
    assert_eq!(composed.report(2)["total"], 2);

    // A container that somebody kills stays down until it is asked for.
    let intake = composed.container("intake");
    assert_eq!(composed.engine.docker(["kill", &intake]).code, 0);
    composed.compose("up -d");
    composed.healthy();
    let second = composed.submit();
    assert_eq!(composed.report(3)["rows"][0]["count"], 2);

    // A process that ends by itself is started again.
    for (count, service) in (4..).zip(CONTAINERS) {
        composed.crash(service);
        composed.submit();
        composed.report(count);
    }
    composed.healthy();
    let before = composed.roots();
    let nats = composed.container("nats");
    let logs = composed.engine.docker(["logs", &nats]);
    assert!(
        !logs.err.contains("Violation"),
        "somebody lacks a right: {logs:?}"
    );

    composed.compose("down");
    composed.compose("up -d");
    composed.healthy();
    assert_eq!(composed.report(7)["rows"][0]["count"], 6);
    for id in [first, second] {
        let complaint = composed.json(&format!("complaint show {id}"));
        assert_eq!(
            complaint["complaint"]["about"]["product"], "Kettle",
            "{complaint}"
        );
    }
    let again = composed.publish();
    assert_eq!(again["feedback_id"], published["feedback_id"], "{again}");
    assert_eq!(again["repeated"], true, "{again}");
    assert_eq!(composed.roots(), before, "the logs are the same");
    composed.compose("down --volumes");
}

#[test]
fn the_image_is_described_as_its_critics_want() {
    let Some(tools) = folder_named_by("REDRESS_TOOLS", TOOLS) else {
        return;
    };
    let file = root().join("deploy/Containerfile");
    let said = Answer::of(Command::new(tools.join("bin/hadolint")).arg(file));
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
}
