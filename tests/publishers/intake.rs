//! `redress-intake` as a process that is killed and started again on its folder.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::three::nats::{Nats, free_port};

#[derive(Debug)]
pub(crate) struct Intake {
    folder: PathBuf,
    running: Option<Child>,
}

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

impl Intake {
    pub(crate) fn start(folder: &Path, nats: &Nats) -> Self {
        let settings = format!(
            "data_dir = \"data\"\n\
             [bus]\nservers = [\"{}\"]\n\
             [bus.events]\nmax_bytes = 67108864\n\
             [bus.inbox]\nmax_bytes = 67108864\n\
             [grpc]\nlisten = \"127.0.0.1:{port}\"\n\
             [http]\nlisten = \"127.0.0.1:0\"\n\
             [client]\nintake = \"http://127.0.0.1:{port}\"\n\
             workflow = \"http://127.0.0.1:{port}\"\nreporting = \"http://127.0.0.1:{port}\"\n\
             [telemetry]\nfilter = \"error\"\n",
            nats.address(),
            port = free_port(),
        );
        std::fs::write(folder.join("redress.toml"), settings).unwrap();
        let mut intake = Self {
            folder: folder.to_owned(),
            running: None,
        };
        intake.run();
        intake
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REDRESS_") {
                command.env_remove(name);
            }
        }
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&mut self) {
        let mut command = self.command("redress-intake");
        let log = std::fs::File::create(self.folder.join("intake.log")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut first = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut first).unwrap();
        let log = std::fs::read_to_string(self.folder.join("intake.log"));
        assert!(first.contains("ready"), "{first:?}: {}", log.unwrap());
        self.running = Some(child);
    }

    /// As a power cut does to the process.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// What the operator's command line answers.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut command = self.command("redress");
        command.args(arguments).args(["--output", "json"]);
        let output = command.output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {err}"))
    }

    /// How many records the log has, once nobody writes to it any more.
    pub(crate) fn records(mut self) -> u64 {
        self.kill();
        let status = self.json(&["log", "status", "--data", "data"]);
        let logs = status["logs"].as_array().unwrap();
        let own = logs.iter().find(|it| it["log"] == "intake").unwrap();
        own["records"].as_u64().unwrap()
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.kill();
    }
}
