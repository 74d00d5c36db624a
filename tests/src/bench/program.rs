//! The programs themselves, beside this one in the same folder.

use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::child::{Memory, memory_of};
use super::cores::confine;

const PATIENCE: Duration = Duration::from_mins(10);

/// Where a program is: `redress`, `redress-intake` and so on.
pub(crate) fn path(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name);
    ensure!(
        path.exists(),
        "there is no {}: build it as this program was built (`cargo xtask bench` does)",
        path.display()
    );
    Ok(path)
}

/// `redress` without settings from the environment.
pub(crate) fn command() -> Result<Command> {
    command_of("redress")
}

/// The same of any of the programs.
pub(crate) fn command_of(name: &str) -> Result<Command> {
    let mut command = Command::new(path(name)?);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("REDRESS_") {
            command.env_remove(name);
        }
    }
    Ok(command)
}

pub(crate) fn version() -> Result<String> {
    let said = command()?.arg("--version").output()?.stdout;
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}

/// A program that serves; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    name: String,
    child: RefCell<Child>,
    begun: Instant,
    said: PathBuf,
}

impl Server {
    /// `redress serve` on a data directory; what it says goes to files in `folder`.
    pub(crate) fn start(data: &Path, folder: &Path) -> Result<Self> {
        let mut command = command()?;
        command
            .args(["serve", "--grpc", "127.0.0.1:0", "--data"])
            .arg(data);
        Self::spawn(command, "redress", folder)
    }

    /// A program that says when it is ready.
    pub(crate) fn spawn(mut command: Command, name: &str, folder: &Path) -> Result<Self> {
        let said = folder.join(format!("{name}.stdout"));
        command
            .args(["--output", "json", "--http", "127.0.0.1:0"])
            .current_dir(folder)
            .stdout(File::create(&said)?)
            .stderr(File::create(folder.join(format!("{name}.stderr")))?);
        let begun = Instant::now();
        Ok(Self {
            name: name.to_owned(),
            child: RefCell::new(command.spawn()?),
            begun,
            said,
        })
    }

    pub(crate) fn lived(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Waits until it says that it is ready; answers where.
    pub(crate) fn ready(&self) -> Result<String> {
        while self.lived() < PATIENCE {
            let said = std::fs::read_to_string(&self.said)?;
            // A line that is not whole yet is looked at again.
            let line = said.lines().find(|line| line.contains("\"ready\""));
            let line = line.and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
            if let Some(address) = line.as_ref().and_then(|line| line["grpc"].as_str()) {
                return Ok(address.to_owned());
            }
            self.runs()?;
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("{} was not ready in {PATIENCE:?}", self.name)
    }

    /// An error where it has ended.
    pub(crate) fn runs(&self) -> Result<()> {
        if let Some(status) = self.child.borrow_mut().try_wait()? {
            let why = std::fs::read_to_string(self.said.with_extension("stderr"))?;
            bail!("{} ended with {status}: {why}", self.name);
        }
        Ok(())
    }

    /// Leaves it only these cores.
    pub(crate) fn confine(&self, cores: &[usize]) -> Result<()> {
        confine(self.child.borrow().id(), cores)
    }

    pub(crate) fn memory(&self) -> Result<Memory> {
        memory_of(&format!("/proc/{}/status", self.child.borrow().id()))
    }

    /// Ends it in order.
    pub(crate) fn stop(self) -> Result<()> {
        let mut child = self.child.borrow_mut();
        let pid = Pid::from_raw(child.id().cast_signed()).context("a child has a number")?;
        kill_process(pid, Signal::TERM)?;
        let status = child.wait()?;
        ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        let _ended_already = child.kill();
        let _gone = child.wait();
    }
}
