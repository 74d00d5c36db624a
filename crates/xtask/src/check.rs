//! `cargo xtask check`: what the compiler cannot see about this repository, and what it can.
//!
//! Each violation is one line: where, which rule, what. The rules that are data stand in `rules`.

mod graph;
mod habits;
mod prose;
mod purity;
mod rules;
mod source;
mod versions;
mod violation;

use std::path::Path;

use anyhow::{Result, bail};

use crate::process;
use graph::Workspace;
use violation::Violation;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only the rules that need no build: directions, purity, versions, habits
    #[arg(long)]
    quick: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = process::root()?;
    let violations = look(&root)?;
    for violation in &violations {
        println!("{violation}");
    }
    let mut failed = Vec::new();
    if !violations.is_empty() {
        failed.push(format!("{} violations of the rules", violations.len()));
    }
    if !arguments.quick {
        for step in [format_is_kept(&root), clippy_is_silent(&root)] {
            failed.extend(step.err().map(|error| error.to_string()));
        }
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("; "));
    }
    eprintln!("every check passed");
    Ok(())
}

fn look(root: &Path) -> Result<Vec<Violation>> {
    let workspace = Workspace::load(root)?;
    let sources = source::all(root)?;
    let mut found = workspace.wrong_arrows();
    found.extend(workspace.impure_closures());
    found.extend(versions::duplicates(root, &workspace)?);
    for source in &sources {
        found.extend(purity::violations(source));
        found.extend(habits::violations(source));
    }
    found.extend(habits::needless_reasons(&sources));
    found.extend(prose::violations(root)?);
    found.sort();
    Ok(found)
}

fn format_is_kept(root: &Path) -> Result<()> {
    process::run(process::cargo(root).args(["fmt", "--all", "--check"]))
}

fn clippy_is_silent(root: &Path) -> Result<()> {
    process::run(process::cargo(root).args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}
