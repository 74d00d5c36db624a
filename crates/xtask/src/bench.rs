//! `cargo xtask bench`: the benchmarks of the tests package, built for speed.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::process;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Handed on to the benchmark program; `--help` there lists what it knows
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    passed_on: Vec<String>,
}

const BENCH: &str = "redress-bench";

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let root = process::root()?;
    // The program itself is measured too, as a process. One build for both: each alone would build
    // what they share once more, with other features.
    let mut build = process::cargo(&root);
    build.args(["build", "--release"]);
    build.args(["--package", "redress", "--package", "redress-tests"]);
    process::run(build.args(["--bin", "redress", "--bin", BENCH]))?;
    let mut bench = Command::new(process::built(&root, "release", BENCH));
    process::run(bench.args(&arguments.passed_on))
}
