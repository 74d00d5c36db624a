//! The program, built and started.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// The program that `cargo xtask test` has built, or the one of this build; made first, because a
/// test of another package does not make it.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(given) = std::env::var_os("REDRESS_TEST_BINARY") {
            return PathBuf::from(given);
        }
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "--package", "redress"]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let made = cargo.current_dir(root()).status().unwrap();
        assert!(made.success(), "the program does not build");
        let test = std::env::current_exe().unwrap();
        test.parent()
            .and_then(Path::parent)
            .unwrap()
            .join("redress")
    })
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The program without anybody's settings, in a folder of its own.
pub(crate) fn redress(folder: &Path) -> Command {
    let mut command = Command::new(binary());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REDRESS_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    command
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error that was told under `--output json`.
    pub(crate) fn error(&self) -> Value {
        let line = self
            .err
            .lines()
            .find(|line| line.starts_with("{\"error\""))
            .unwrap_or("{}");
        serde_json::from_str::<Value>(line).unwrap()["error"].clone()
    }
}

/// A running `redress serve`.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) grpc: String,
    pub(crate) http: String,
    /// What it said when it was ready.
    pub(crate) ready: Value,
    pub(crate) folder: TempDir,
}

impl Server {
    /// On an empty data directory.
    pub(crate) fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap())
    }

    /// On what is in the folder.
    pub(crate) fn start_in(folder: TempDir) -> Self {
        let mut serve = redress(folder.path());
        serve.args(["serve", "--output", "json", "--data", "data"]);
        serve.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        serve.args(["--set", "telemetry.filter=error"]);
        // Beside the data, for whoever looks into a test that failed.
        let log = std::fs::File::create(folder.path().join("serve.log")).unwrap();
        let mut child = serve.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        let ready: Value = serde_json::from_str(&first).unwrap_or_else(|_| panic!("{first:?}"));
        let text = |key: &str| ready[key].as_str().unwrap().to_owned();
        Self {
            grpc: text("grpc"),
            http: text("http"),
            ready: ready.clone(),
            child,
            folder,
        }
    }

    /// A command against this server, unless it names another.
    pub(crate) fn run<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Answer {
        let mut command = redress(self.folder.path());
        command.args(arguments).args(["--output", "json"]);
        if !command.get_args().any(|it| it == "--address") {
            command.args(["--address", &self.grpc]);
        }
        let http = self.http.trim_start_matches("http://");
        command.args(["--set", &format!("http.listen={http}")]);
        Answer::of(&mut command)
    }

    /// A command that must be done, written as it is typed.
    pub(crate) fn json(&self, typed: &str) -> Value {
        self.run(typed.split_whitespace()).json()
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    fn end(mut self, signal: Signal) -> (ExitStatus, TempDir) {
        self.signal(signal);
        let status = self.child.wait().unwrap();
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        (status, folder)
    }

    /// Ends it as an operator does, and gives its folder back.
    pub(crate) fn stop(self) -> TempDir {
        let (status, folder) = self.end(Signal::TERM);
        assert_eq!(status.code(), Some(0), "a clean end");
        folder
    }

    /// Ends it as a power cut does to the process.
    pub(crate) fn kill(self) -> TempDir {
        self.end(Signal::KILL).1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says why a test does nothing, and fails where that is not allowed.
pub(crate) fn skip(why: &str) {
    assert!(
        std::env::var_os("REDRESS_FORBID_SKIP").is_none(),
        "must not be skipped: {why}"
    );
    println!("SKIPPED: {why}");
}

/// A folder that a variable names, or a skip.
pub(crate) fn folder_named_by(variable: &str, what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        skip(&format!("{variable} does not name the folder of {what}"));
    }
    folder
}
