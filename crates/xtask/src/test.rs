//! `cargo xtask test`: every test of the workspace, with the clients that we did not write.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{process, tools};

/// Where the tests look for real records; without it the tests that need them say SKIPPED.
const REAL_DATA: &str = "REDRESS_REAL_DATA";
/// Set where a skipped test counts as a failed one.
const FORBID_SKIP: &str = "REDRESS_FORBID_SKIP";
const TOOLS: &str = "REDRESS_TOOLS";
const CRASH_ROUNDS: &str = "REDRESS_CRASH_ROUNDS";
/// The program that the end-to-end tests start.
const BINARY: &str = "REDRESS_TEST_BINARY";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Rounds of each crash test: kills, power-loss images, flipped bits
    #[arg(long, env = CRASH_ROUNDS)]
    crash_rounds: Option<u32>,

    /// Leave out the clients that we did not write; the tests that use them say SKIPPED
    #[arg(long)]
    no_python: bool,

    /// Handed on to `cargo test`, e.g. `-p redress-store` or `-- a_test_name`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    passed_on: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = process::root()?;
    let mut command = process::cargo(&root);
    command.arg("test");
    if !names_a_package(&arguments.passed_on) {
        command.arg("--workspace");
        // One build makes the tests and the program that they start; `cargo test` makes no program
        // for the tests of another package.
        let mut build = process::cargo(&root);
        build.args(["build", "--quiet", "--workspace", "--all-targets"]);
        process::run(&mut build)?;
        command.env(BINARY, process::built(&root, "debug", "redress"));
    }
    command.args(&arguments.passed_on);
    say_where_real_data_is(&root, &mut command)?;
    if arguments.no_python {
        leave_tools_out(&mut command)?;
    } else {
        command.env(TOOLS, tools::prepare(&root)?);
    }
    if let Some(rounds) = arguments.crash_rounds {
        command.env(CRASH_ROUNDS, rounds.to_string());
    }
    process::run(&mut command)
}

fn leave_tools_out(command: &mut Command) -> Result<()> {
    if forbids_skips() {
        bail!("--no-python skips tests, and {FORBID_SKIP} says that a skip is a failure");
    }
    println!("SKIPPED the clients that we did not write: --no-python");
    command.env_remove(TOOLS);
    Ok(())
}

pub(crate) fn forbids_skips() -> bool {
    std::env::var_os(FORBID_SKIP).is_some()
}

/// The tests run in their own folders, so a relative path is made absolute here.
fn say_where_real_data_is(root: &Path, command: &mut Command) -> Result<()> {
    let Some(given) = std::env::var_os(REAL_DATA) else {
        println!("SKIPPED the tests on real records: {REAL_DATA} is not set");
        return Ok(());
    };
    let folder = root.join(&given);
    if !folder.is_dir() {
        bail!(
            "{REAL_DATA} names {}, which is not a folder",
            given.display()
        );
    }
    let folder = folder
        .canonicalize()
        .with_context(|| format!("failed to resolve {}", folder.display()))?;
    command.env(REAL_DATA, folder);
    Ok(())
}

fn names_a_package(passed_on: &[String]) -> bool {
    passed_on
        .iter()
        .take_while(|argument| *argument != "--")
        .any(|argument| argument.starts_with("-p") || argument.starts_with("--package"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(arguments: &[&str]) -> bool {
        let owned: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        names_a_package(&owned)
    }

    #[test]
    fn a_named_package_replaces_the_whole_workspace() {
        assert!(given(&["-p", "redress-store"]));
        assert!(given(&["--package=redress-store"]));
        assert!(!given(&["--", "-p"]));
        assert!(!given(&["reopening"]));
    }
}
