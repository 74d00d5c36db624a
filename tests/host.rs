//! Where a program runs: here, or in a network namespace of its own.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};

/// A place with an address.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    namespace: Option<String>,
    pub(crate) address: Ipv4Addr,
}

impl Host {
    /// This machine, as far as only it can be reached.
    pub(crate) fn here() -> Self {
        Self {
            namespace: None,
            address: Ipv4Addr::LOCALHOST,
        }
    }

    pub(crate) fn in_namespace(name: String, address: Ipv4Addr) -> Self {
        Self {
            namespace: Some(name),
            address,
        }
    }

    /// A program there, without anybody's settings. Its process id is that of the program itself:
    /// `ip` becomes what it is told to run.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = match &self.namespace {
            None => Command::new(program),
            Some(name) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", name]).arg(program);
                command
            }
        };
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REDRESS_") {
                command.env_remove(name);
            }
        }
        command.stdin(Stdio::null());
        command
    }
}
