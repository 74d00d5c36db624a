//! The three programs as processes on one `redress.toml`, and the command line that finds them.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::host::Host;
use crate::port::free_port;
use crate::three::nats::Nats;

pub(crate) const SERVICES: [&str; 3] = ["intake", "workflow", "reporting"];
pub(crate) const INTAKE: usize = 0;
pub(crate) const WORKFLOW: usize = 1;
pub(crate) const REPORTING: usize = 2;

/// A machine with much else to do must not fail a test.
pub(crate) const PATIENCE: Duration = Duration::from_mins(4);

static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());

/// What `cargo xtask test` has built, or what this build has: made first, because a test of another
/// package does not make it.
pub(crate) fn program(name: &str) -> PathBuf {
    if let Some(given) = std::env::var_os("REDRESS_TEST_BINARY") {
        return Path::new(&given).with_file_name(name);
    }
    let mut built = BUILT.lock().unwrap();
    let make = || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", name, "--bin", name]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let made = cargo.current_dir(crate::started::root()).status().unwrap();
        assert!(made.success(), "{name} does not build");
        let test = std::env::current_exe().unwrap();
        test.parent().and_then(Path::parent).unwrap().join(name)
    };
    built.entry(name.to_owned()).or_insert_with(make).clone()
}

/// A program without anybody's settings, in a folder with ours.
pub(crate) fn command(name: &str, folder: &Path) -> Command {
    let mut command = Host::here().command(&program(name));
    command.current_dir(folder);
    command
}

/// Three programs on one `redress.toml`, each of which can be ended and started again.
#[derive(Debug)]
pub(crate) struct Programs {
    folder: TempDir,
    hosts: [Host; 3],
    ports: [u16; 3],
    running: [Option<Child>; 3],
}

impl Programs {
    /// On this machine; ready when it returns.
    pub(crate) fn start(nats: &Nats) -> Self {
        Self::start_on(nats, [Host::here(), Host::here(), Host::here()])
    }

    /// Each on a host.
    pub(crate) fn start_on(nats: &Nats, hosts: [Host; 3]) -> Self {
        let mut programs = Self {
            folder: tempfile::tempdir().unwrap(),
            hosts,
            ports: [free_port(), free_port(), free_port()],
            running: [None, None, None],
        };
        programs.write_settings(nats);
        // The last first: nobody has to be there before the others. Reporting is ready when it knows
        // whom to follow.
        for service in [REPORTING, WORKFLOW, INTAKE] {
            programs.begin(service);
        }
        for service in [INTAKE, WORKFLOW, REPORTING] {
            programs.until_ready(service);
        }
        programs
    }

    fn write_settings(&self, nats: &Nats) {
        let far = self.hosts.iter().any(|it| !it.address.is_loopback());
        let [intake, workflow, reporting] = [INTAKE, WORKFLOW, REPORTING].map(|it| self.place(it));
        let settings = format!(
            "data_dir = \"data\"\nallow_insecure_non_loopback = {far}\n\
             [bus]\nservers = [\"{}\"]\n\
             events.max_bytes = 67108864\ninbox.max_bytes = 67108864\n\
             [telemetry]\nfilter = \"warn\"\n\
             [client]\nintake = \"http://{intake}\"\n\
             workflow = \"http://{workflow}\"\n\
             reporting = \"http://{reporting}\"\n",
            nats.address()
        );
        std::fs::write(self.folder().join("redress.toml"), settings).unwrap();
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where a service answers.
    pub(crate) fn place(&self, service: usize) -> String {
        format!("{}:{}", self.hosts[service].address, self.ports[service])
    }

    /// Where its health answers, on its own host.
    pub(crate) fn health(&self, service: usize) -> String {
        let out = std::fs::read_to_string(self.file(service, "out")).unwrap();
        let ready: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        let http = ready["http"].as_str().unwrap();
        http.trim_start_matches("http://").to_owned()
    }

    fn file(&self, service: usize, ending: &str) -> PathBuf {
        self.folder()
            .join(format!("{}.{ending}", SERVICES[service]))
    }

    /// Starts one, and does not wait for it.
    pub(crate) fn begin(&mut self, service: usize) {
        let name = format!("redress-{}", SERVICES[service]);
        let mut serve = self.hosts[service].command(&program(&name));
        serve.current_dir(self.folder());
        serve.args(["--output", "json", "--http", "127.0.0.1:0", "--grpc"]);
        serve.arg(self.place(service));
        let out = File::create(self.file(service, "out")).unwrap();
        let mut log = OpenOptions::new();
        let log = log
            .create(true)
            .append(true)
            .open(self.file(service, "log"));
        let child = serve.stdout(out).stderr(log.unwrap()).spawn().unwrap();
        assert!(self.running[service].replace(child).is_none());
    }

    pub(crate) fn until_ready(&mut self, service: usize) {
        let end = Instant::now() + PATIENCE;
        loop {
            let out = std::fs::read_to_string(self.file(service, "out")).unwrap();
            if let Some((line, _)) = out.split_once('\n') {
                let ready: Value = serde_json::from_str(line).unwrap();
                assert_eq!(ready["ready"], true);
                return;
            }
            let child = self.running[service].as_mut().unwrap();
            let ended = child.try_wait().unwrap();
            assert!(
                ended.is_none() && Instant::now() < end,
                "{} is not ready, {ended:?}: {}",
                SERVICES[service],
                self.said(service)
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What it told the operator, over all its lives.
    pub(crate) fn said(&self, service: usize) -> String {
        std::fs::read_to_string(self.file(service, "log")).unwrap_or_default()
    }

    pub(crate) fn start_one(&mut self, service: usize) {
        self.begin(service);
        self.until_ready(service);
    }

    pub(crate) fn end(&mut self, service: usize, signal: Signal) -> Option<i32> {
        let mut child = self.running[service].take().unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        child.wait().unwrap().code()
    }

    /// The command line, beside a service.
    pub(crate) fn beside(&self, service: usize) -> CommandLine {
        CommandLine {
            host: self.hosts[service].clone(),
            folder: self.folder().to_owned(),
        }
    }

    pub(crate) fn run(&self, typed: &str) -> Output {
        self.beside(INTAKE).run(typed)
    }

    /// A command that must be done.
    pub(crate) fn json(&self, typed: &str) -> Value {
        self.beside(INTAKE).json(typed)
    }

    /// Every record of a log.
    pub(crate) fn records(&self, service: usize) -> Vec<Value> {
        let typed = format!("log read {} --limit 1000000000", SERVICES[service]);
        let output = self.run(&typed);
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().unwrap()
    }

    /// Waits until everybody has seen all that the others recorded, and the streams have it too.
    pub(crate) fn settle(&self) {
        let mut before = Value::Null;
        let mut patience = Patience::new("everybody has seen everything");
        loop {
            let output = self.run("view status");
            let status: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let links = [&status["followers"], &status["relays"]].map(Value::as_array);
            let links: Vec<&Value> = links.into_iter().flatten().flatten().collect();
            // What is asked for is read from views, and these follow the logs by themselves.
            let mut views = status["views"].as_array().into_iter().flatten();
            let is_settled = links.len() == 7
                && links.iter().all(|it| it["lag"] == 0)
                && views.all(|it| it["lag"] == 0);
            let heads: Value = links.iter().map(|it| it["head"].clone()).collect();
            // What was followed can have made somebody record something: nobody did between two looks.
            if is_settled && heads == before {
                return;
            }
            before = heads;
            patience.wait(&links.into_iter().cloned().collect());
        }
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        for child in self.running.iter_mut().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            for service in [INTAKE, WORKFLOW, REPORTING] {
                let said = self.said(service);
                let lines: Vec<_> = said.lines().collect();
                let last = lines[lines.len().saturating_sub(20)..].join("\n");
                println!("{} said at last:\n{last}", SERVICES[service]);
            }
        }
    }
}

/// `redress` on a host, with the same settings as the programs.
#[derive(Debug)]
pub(crate) struct CommandLine {
    host: Host,
    folder: PathBuf,
}

impl CommandLine {
    pub(crate) fn run(&self, typed: &str) -> Output {
        let mut redress = self.host.command(&program("redress"));
        redress.current_dir(&self.folder);
        redress.args(typed.split_whitespace());
        redress.args(["--output", "json"]).output().unwrap()
    }

    /// A command that must be done.
    pub(crate) fn json(&self, typed: &str) -> Value {
        let output = self.run(typed);
        assert!(output.status.success(), "{typed}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// Waits for something as long as it comes closer.
#[derive(Debug)]
pub(crate) struct Patience {
    what: &'static str,
    seen: Value,
    since: Instant,
}

impl Patience {
    pub(crate) fn new(what: &'static str) -> Self {
        Self {
            what,
            seen: Value::Null,
            since: Instant::now(),
        }
    }

    /// A moment, unless nothing has changed for too long.
    pub(crate) fn wait(&mut self, now: &Value) {
        if *now != self.seen {
            (self.seen, self.since) = (now.clone(), Instant::now());
        }
        assert!(
            self.since.elapsed() < PATIENCE,
            "{}: not so, and nothing changes: {now}",
            self.what
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}
