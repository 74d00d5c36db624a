//! The three programs themselves, and the command line that finds them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::three::nats::{Nats, free_port};

const SERVICES: [&str; 3] = ["intake", "workflow", "reporting"];

/// What `cargo xtask test` has built, or what this build has: made first, because a test of another
/// package does not make it.
fn program(name: &str) -> PathBuf {
    if let Some(given) = std::env::var_os("REDRESS_TEST_BINARY") {
        return Path::new(&given).with_file_name(name);
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--package", name, "--bin", name]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert!(
        cargo.current_dir(root).status().unwrap().success(),
        "{name}"
    );
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join(name)
}

/// A program without anybody's settings, in a folder with ours.
fn command(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(program(name));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REDRESS_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// Three programs on one `redress.toml`.
struct Programs {
    folder: TempDir,
    ports: [u16; 3],
    running: [Option<Child>; 3],
}

impl Programs {
    fn start(nats: &Nats) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = [free_port(), free_port(), free_port()];
        let [intake, workflow, reporting] = ports;
        let settings = format!(
            "data_dir = \"data\"\n\
             [bus]\nservers = [\"{}\"]\n\
             events.max_bytes = 67108864\ninbox.max_bytes = 67108864\n\
             [telemetry]\nfilter = \"warn\"\n\
             [client]\nintake = \"http://127.0.0.1:{intake}\"\n\
             workflow = \"http://127.0.0.1:{workflow}\"\n\
             reporting = \"http://127.0.0.1:{reporting}\"\n",
            nats.address()
        );
        std::fs::write(folder.path().join("redress.toml"), settings).unwrap();
        let mut programs = Self {
            folder,
            ports,
            running: [None, None, None],
        };
        // The last first: nobody has to be there before the others. Reporting is ready when it knows
        // whom to follow.
        for service in [2, 1, 0] {
            programs.begin(service);
        }
        for service in [0, 1, 2] {
            programs.until_ready(service);
        }
        programs
    }

    fn begin(&mut self, service: usize) {
        let name = format!("redress-{}", SERVICES[service]);
        let mut serve = command(&name, self.folder.path());
        serve.args(["--output", "json", "--http", "127.0.0.1:0", "--grpc"]);
        serve.arg(format!("127.0.0.1:{}", self.ports[service]));
        let log = std::fs::File::create(self.folder.path().join(format!("{name}.log"))).unwrap();
        let child = serve.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        self.running[service] = Some(child);
    }

    fn until_ready(&mut self, service: usize) {
        let child = self.running[service].as_mut().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}"));
        assert_eq!(ready["ready"], true);
    }

    fn start_one(&mut self, service: usize) {
        self.begin(service);
        self.until_ready(service);
    }

    fn end(&mut self, service: usize, signal: Signal) -> Option<i32> {
        let mut child = self.running[service].take().unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        child.wait().unwrap().code()
    }

    fn run(&self, typed: &str) -> Output {
        let mut redress = command("redress", self.folder.path());
        redress.args(typed.split_whitespace());
        redress.args(["--output", "json"]).output().unwrap()
    }

    /// A command that must be done.
    fn json(&self, typed: &str) -> Value {
        let output = self.run(typed);
        assert!(output.status.success(), "{typed}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn submit(&self, number: usize) -> (String, String) {
        let submitted = self.json(&format!(
            "feedback submit --kind=complaint --channel=email --product=Kettle \
             --description=It_leaks --request-id=submission-{number}"
        ));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            text(&submitted["reference"]),
            text(&submitted["recorded"]["token"]),
        )
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        for child in self.running.iter_mut().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[test]
fn three_programs_do_what_one_does_and_every_verb_finds_its_service() {
    let Some(nats) = Nats::start() else { return };
    let mut programs = Programs::start(&nats);
    let (reference, token) = programs.submit(1);
    let shown = programs.json(&format!("complaint show {reference} --wait-for {token}"));
    assert_eq!(shown["complaint"]["status"], "received");
    let done = programs.json(&format!(
        "complaint acknowledge {reference} --channel email --actor user:anna"
    ));
    let token = done["recorded"]["token"].as_str().unwrap();
    let indicators = programs.json(&format!("report indicators --wait-for {token}"));
    assert!(indicators["indicators"].is_array() || indicators["indicators"].is_object());
    for typed in [
        "complaint list",
        "complaint history REFERENCE",
        "feedback list",
        "feedback get REFERENCE",
        "improvement list",
        "report series",
        "report pareto --by product",
        "report signals",
        "log status",
        "log verify",
        "view rebuild",
    ] {
        programs.json(&typed.replace("REFERENCE", &reference));
    }
    for service in SERVICES {
        let read = programs.run(&format!("log read {service}"));
        assert!(read.status.success(), "{read:?}");
    }
    let status = programs.json("view status");
    let of = |list: &str, key: &str| -> Vec<String> {
        let list = status[list].as_array().unwrap().iter();
        list.map(|it| it[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        of("relays", "log"),
        ["intake/0", "workflow/0", "reporting/0"]
    );
    assert_eq!(
        of("followers", "service"),
        ["workflow", "workflow", "reporting", "reporting"]
    );
    for (service, name) in SERVICES.iter().enumerate() {
        assert_eq!(programs.end(service, Signal::TERM), Some(0), "{name}");
    }
}

#[test]
fn programs_that_are_killed_again_and_again_lose_and_repeat_nothing() {
    let Some(mut nats) = Nats::start() else {
        return;
    };
    let mut programs = Programs::start(&nats);
    let mut last = (String::new(), String::new());
    for number in 0..8 {
        last = programs.submit(number);
        let service = number % 4;
        if service == 3 {
            nats.kill();
            nats.run();
        } else {
            programs.end(service, Signal::KILL);
            programs.start_one(service);
        }
    }
    let (reference, token) = last;
    programs.json(&format!("complaint show {reference} --wait-for {token}"));
    let listed = programs.json("complaint list --limit 100");
    assert_eq!(listed["complaints"].as_array().unwrap().len(), 8);
    let status = programs.json("log status");
    let records: Vec<u64> = status["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["records"].as_u64().unwrap())
        .collect();
    assert_eq!(records[..2], [8, 8]);
    programs.json("log verify");
}

#[test]
fn a_program_without_nats_says_what_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    for service in SERVICES {
        let started = command(&format!("redress-{service}"), folder.path()).output();
        let started = started.unwrap();
        let said = String::from_utf8(started.stderr).unwrap();
        assert_eq!(started.status.code(), Some(2), "{said}");
        assert!(said.contains("bus.servers"), "{said}");
        assert!(said.contains("redress serve"), "{said}");
    }
}
