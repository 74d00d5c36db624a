//! The process under test: `redress serve` as an operator starts it, on a folder of the test's own.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::started;

/// A machine with much else to do must not fail a test.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Seals after every 256 records, so that a crash often finds it sealing.
const SETTINGS: [&str; 2] = ["--set", "log.segment_records=256"];

pub(crate) fn skip(why: &str) {
    assert!(
        std::env::var_os("REDRESS_FORBID_SKIP").is_none(),
        "skipping is forbidden: {why}"
    );
    println!("SKIPPED: {why}");
}

pub(crate) fn number(name: &str, default: u64) -> u64 {
    let asked = std::env::var(name).ok();
    asked
        .and_then(|asked| asked.parse().ok())
        .unwrap_or(default)
}

/// How often a test tries: as it is told by its own name, or in proportion to the kills.
pub(crate) fn rounds(name: &str, default: u64, for_50_kills: u64) -> u64 {
    let kills = number("REDRESS_CRASH_ROUNDS", 0);
    let proportional = if kills == 0 {
        default
    } else {
        (kills * for_50_kills).div_ceil(50)
    };
    number(name, proportional)
}

/// Without the variables that speak to the tests: `redress` would take them for settings.
fn bare(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REDRESS_") {
            command.env_remove(name);
        }
    }
    command
}

/// `redress serve` on `data`; what it says goes to files in `outside`.
pub(crate) fn serve(data: &Path, outside: &Path, wrap: &[&str], more: &[&str]) -> Command {
    let mut command = match wrap.split_first() {
        Some((program, arguments)) => {
            let mut command = bare(Path::new(program));
            command.args(arguments).arg(started::binary());
            command
        }
        None => bare(started::binary()),
    };
    command
        .args([
            "serve",
            "--output",
            "json",
            "--grpc",
            "127.0.0.1:0",
            "--http",
            "127.0.0.1:0",
        ])
        .args(SETTINGS)
        .args(more)
        .arg("--data")
        .arg(data)
        .current_dir(outside)
        .stdout(File::create(outside.join("stdout")).expect("the folder is the test's own"))
        .stderr(File::create(outside.join("stderr")).expect("the folder is the test's own"));
    command
}

/// Where it answers, once it has said that it is ready.
pub(crate) fn ready(outside: &Path) -> Option<String> {
    let said = std::fs::read_to_string(outside.join("stdout")).expect("it was made before");
    let line = said.lines().find(|line| line.contains("\"ready\""))?;
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(line["grpc"].as_str()?.to_owned())
}

/// The last of what it told the operator.
pub(crate) fn complaints(outside: &Path) -> String {
    let said = std::fs::read_to_string(outside.join("stderr")).expect("it was made before");
    let lines: Vec<_> = said
        .lines()
        .filter(|line| !line.contains("\"INFO\""))
        .collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    outside: PathBuf,
}

impl Server {
    pub(crate) fn start(data: &Path, outside: &Path) -> Self {
        Self::start_with(data, outside, &[], &[])
    }

    /// `wrap` goes before it: strace and its arguments.
    pub(crate) fn start_with(data: &Path, outside: &Path, wrap: &[&str], more: &[&str]) -> Self {
        let child = serve(data, outside, wrap, more).spawn();
        let child = child.unwrap_or_else(|error| panic!("cannot start it: {error}"));
        Self {
            child,
            outside: outside.to_owned(),
        }
    }

    /// Its address, or how it ended before it had one.
    pub(crate) fn ready_or_ended(&mut self) -> Result<String, ExitStatus> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(address) = ready(&self.outside) {
                return Ok(address);
            }
            if let Some(status) = self.child.try_wait().expect("the child is ours") {
                return Err(status);
            }
            assert!(
                Instant::now() < end,
                "not ready after {PATIENCE:?}: {}",
                self.complaints()
            );
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    pub(crate) fn ready(&mut self) -> String {
        let ready = self.ready_or_ended();
        ready.unwrap_or_else(|status| panic!("it ended with {status}: {}", self.complaints()))
    }

    pub(crate) fn ready_and_stop(mut self) {
        self.ready();
        self.stop();
    }

    pub(crate) fn complaints(&self) -> String {
        complaints(&self.outside)
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("the child is ours").is_none()
    }

    /// `kill -9`
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the child is ours");
        self.child.wait().expect("the child is ours");
    }

    pub(crate) fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("the child is ours");
    }

    /// From now on the `nth` call of each thread fails.
    pub(crate) fn fail_from_now_on(&self, call: &str, nth: u64) -> Strace {
        let (trace, inject) = (
            format!("trace={call}"),
            format!("inject={call}:error=EIO:when={nth}"),
        );
        let mut strace = Command::new("strace");
        strace.args([
            "-f",
            "-qqq",
            "-o/dev/null",
            "-e",
            &trace,
            "-e",
            &inject,
            "-p",
        ]);
        let strace = Strace(
            strace
                .arg(self.child.id().to_string())
                .spawn()
                .expect("strace works"),
        );
        let end = Instant::now() + PATIENCE;
        while !self.all_threads_are_traced() {
            assert!(Instant::now() < end, "strace does not get hold of it");
            std::thread::sleep(Duration::from_millis(3));
        }
        strace
    }

    fn all_threads_are_traced(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        threads.into_iter().flatten().flatten().all(|thread| {
            let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            !status.contains("TracerPid:\t0\n")
        })
    }

    /// Waits for its end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("the child is ours") {
                return status;
            }
            assert!(
                Instant::now() < end,
                "still there after {PATIENCE:?}: {}",
                self.complaints()
            );
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// One signal, and a clean end.
    pub(crate) fn stop(mut self) {
        self.terminate();
        let status = self.ended();
        assert!(
            status.success(),
            "it ended with {status}: {}",
            self.complaints()
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}

/// strace beside a server; gone when dropped.
#[derive(Debug)]
pub(crate) struct Strace(Child);

impl Drop for Strace {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _status = self.0.wait();
    }
}

/// `redress log verify` on the disk: every record of the three logs hashed again. Answers how many.
pub(crate) fn verify(data: &Path) -> u64 {
    let mut command = bare(started::binary());
    command
        .args(["log", "verify", "--output", "json", "--data"])
        .arg(data);
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("it can be started");
    let said = String::from_utf8_lossy(&stdout);
    assert!(
        status.success(),
        "verify: {status}: {said} {}",
        String::from_utf8_lossy(&stderr)
    );
    let found: serde_json::Value = serde_json::from_str(&said).expect("verify speaks JSON");
    let logs = found["logs"].as_array().expect("it tells of each log");
    assert_eq!(logs.len(), 3, "{said}");
    assert!(logs.iter().all(|log| log["problem"].is_null()), "{said}");
    logs.iter().filter_map(|log| log["records"].as_u64()).sum()
}

/// Whether strace may be used here.
pub(crate) fn strace_works() -> bool {
    let tried = Command::new("strace")
        .args(["-D", "-o", "/dev/null", "true"])
        .status();
    let works = tried.is_ok_and(|status| status.success());
    if !works {
        skip("strace is missing or not allowed");
    }
    works
}

/// strace beside the server, which stays the child of the test; it counts for each thread by itself.
pub(crate) fn strace<'a>(trace: &'a str, inject: &'a str) -> [&'a str; 10] {
    [
        "strace",
        "-D",
        "-f",
        "--seccomp-bpf",
        "-qqq",
        "-o/dev/null",
        "-e",
        trace,
        "-e",
        inject,
    ]
}
