//! `cargo xtask bench`: the benchmarks of the tests package, built for speed.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::{process, tools};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Handed on to the benchmark program; `--help` there lists what it knows
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    passed_on: Vec<String>,
}

const BENCH: &str = "redress-bench";
/// What is measured as processes.
const PROGRAMS: [&str; 4] = [
    "redress",
    "redress-intake",
    "redress-workflow",
    "redress-reporting",
];
/// Where the NATS server is that some of it is measured with.
const TOOLS: &str = "REDRESS_TOOLS";

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = process::root()?;
    // One build for all: each alone would build what they share once more, with other features.
    let mut build = process::cargo(&root);
    build.args([
        "build",
        "--release",
        "--package",
        "redress-tests",
        "--bin",
        BENCH,
    ]);
    for program in PROGRAMS {
        build.args(["--package", program, "--bin", program]);
    }
    process::run(&mut build)?;
    let mut bench = Command::new(process::built(&root, "release", BENCH));
    match tools::prepare(&root) {
        Ok(tools) => drop(bench.env(TOOLS, tools)),
        // Most is measured without; what needs it says so.
        Err(error) => eprintln!("the NATS server cannot be installed: {error:#}"),
    }
    process::run(bench.args(&arguments.passed_on))
}
