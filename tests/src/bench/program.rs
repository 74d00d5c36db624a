//! The program itself, beside this one in the same folder.

use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};

use super::child::{Memory, memory_of};

const PATIENCE: Duration = Duration::from_mins(10);

pub(crate) fn path() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("redress");
    ensure!(
        path.exists(),
        "there is no {}: build it as this program was built (`cargo xtask bench` does)",
        path.display()
    );
    Ok(path)
}

/// Without settings from the environment.
pub(crate) fn command() -> Result<Command> {
    let mut command = Command::new(path()?);
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

/// `redress serve`; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: RefCell<Child>,
    begun: Instant,
    said: PathBuf,
}

impl Server {
    /// On a data directory; what it says goes to files in `folder`.
    pub(crate) fn start(data: &Path, folder: &Path) -> Result<Self> {
        let said = folder.join("stdout");
        let mut command = command()?;
        command
            .args(["serve", "--output", "json"])
            .args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data"])
            .arg(data)
            .current_dir(folder)
            .stdout(File::create(&said)?)
            .stderr(File::create(folder.join("stderr"))?);
        let begun = Instant::now();
        Ok(Self {
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
            if let Some(status) = self.child.borrow_mut().try_wait()? {
                bail!("`redress serve` ended with {status} before it was ready");
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("`redress serve` was not ready in {PATIENCE:?}")
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
        ensure!(status.success(), "`redress serve` ended with {status}");
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
