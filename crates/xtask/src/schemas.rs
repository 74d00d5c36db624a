//! `cargo xtask schemas`: what strangers can check our records against, in `proto/events`.
//!
//! A package of its own makes it, so that neither this program nor the shipped one is built with what
//! derives schemas.

use anyhow::Result;
use clap::Args;

use crate::process;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Write nothing, and fail where a file is not what would be written
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = process::root()?;
    let mut command = process::cargo(&root);
    command.args(["run", "--quiet", "--package", "redress-schemas", "--"]);
    if arguments.check {
        command.arg("--check");
    }
    process::run(&mut command)
}
