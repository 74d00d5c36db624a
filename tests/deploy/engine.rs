//! A Docker engine of the test's own, with its own data, socket and network: what else runs on the
//! machine is left alone, and nothing of it stays. Its loopback is another than the machine's, so that
//! its ports are free; whoever wants to be outside of the containers has to go [there](Engine::beside).

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::site::program;
use crate::started::{Answer, skip};

const STARTS_WITHIN: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(crate) struct Engine {
    folder: TempDir,
    daemon: Child,
}

impl Engine {
    /// `None` where none can be started, and that may be.
    pub(crate) fn start() -> Option<Self> {
        match Self::begin() {
            Ok(engine) => Some(engine),
            Err(why) => {
                skip(&format!("no containers: {why}"));
                None
            }
        }
    }

    fn begin() -> Result<Self, String> {
        if !geteuid().is_root() {
            return Err("only root can start an engine".to_owned());
        }
        let found = |name| program(name).ok_or_else(|| format!("{name} is missing"));
        let daemon = found("dockerd")?;
        for name in ["docker", "busybox", "nsenter", "unshare"] {
            found(name)?;
        }
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = |name: &str| folder.path().join(name);
        let log = fs::File::create(path("log")).map_err(|error| error.to_string())?;
        let socket = format!("unix://{}", path("docker.sock").display());
        let mut command = Command::new("unshare");
        command.args(["--net", "sh", "-c"]);
        command.arg("busybox ip link set lo up && exec \"$@\"");
        command.arg("sh").arg(daemon);
        command.arg("--data-root").arg(path("data"));
        command.arg("--exec-root").arg(path("exec"));
        command.arg("--pidfile").arg(path("pid"));
        command.args(["--host", &socket, "--bridge", "none"]);
        command.args(["--iptables=false", "--ip-forward=false", "--ip-masq=false"]);
        command.env("PATH", search_path()).stdin(Stdio::null());
        command.stdout(log.try_clone().map_err(|error| error.to_string())?);
        let daemon = command.stderr(log).spawn();
        let daemon = daemon.map_err(|error| error.to_string())?;
        let mut engine = Self { folder, daemon };
        engine.wait()?;
        if engine.docker(["compose", "version"]).code != 0 && program("docker-compose").is_none() {
            return Err("neither `docker compose` nor docker-compose is there".to_owned());
        }
        Ok(engine)
    }

    fn wait(&mut self) -> Result<(), String> {
        let until = Instant::now() + STARTS_WITHIN;
        while Instant::now() < until {
            if self.docker(["version"]).code == 0 {
                return Ok(());
            }
            if let Ok(Some(status)) = self.daemon.try_wait() {
                return Err(format!(
                    "dockerd ended with {status}: {}",
                    self.last_words()
                ));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("dockerd does not answer: {}", self.last_words()))
    }

    fn last_words(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        log.lines().last().unwrap_or_default().to_owned()
    }

    /// A command whose `docker` is the system's, and whose engine is this one.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let socket = self.folder.path().join("docker.sock");
        let mut command = Command::new(program);
        command.env("PATH", search_path());
        command.env("DOCKER_HOST", format!("unix://{}", socket.display()));
        command.env("DOCKER_CONFIG", self.folder.path().join("client"));
        command.env_remove("DOCKER_CONTEXT");
        command
    }

    pub(crate) fn docker<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Answer {
        let mut docker = self.command("docker");
        Answer::of(docker.args(arguments))
    }

    /// What the engine says of a container.
    pub(crate) fn inspect(&self, container: &str) -> Value {
        self.docker(["inspect", container]).json()[0].clone()
    }

    /// A program that finds the published ports of containers on its loopback.
    pub(crate) fn beside(&self, inner: &Command) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/proc/{}/ns/net", self.daemon.id()));
        command.arg("--").arg(inner.get_program());
        command.args(inner.get_args());
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(folder) = inner.get_current_dir() {
            command.current_dir(folder);
        }
        command
    }

    /// A folder beside the engine's own.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }
}

/// The system's programs come first: a client of another origin may lack what builds images.
fn search_path() -> String {
    let others = std::env::var("PATH").unwrap_or_default();
    format!("/usr/sbin:/usr/bin:/sbin:/bin:{others}")
}

impl Drop for Engine {
    fn drop(&mut self) {
        let running = self.docker(["ps", "--all", "--quiet"]).out;
        let containers: Vec<&str> = running.split_whitespace().collect();
        if !containers.is_empty() {
            self.docker(["rm", "--force", "--volumes"].iter().chain(&containers));
        }
        if let Some(pid) = i32::try_from(self.daemon.id()).ok().and_then(Pid::from_raw) {
            let _gone = kill_process(pid, Signal::TERM);
        }
        let _status = self.daemon.wait();
    }
}
