//! `cargo xtask bench`: the benchmarks of the tests package, built for speed.

use anyhow::Result;
use clap::Args;

use crate::process;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Handed on to the benchmark program; `--help` there lists what it knows
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    passed_on: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    // The program itself is measured too, as a process.
    let mut program = process::cargo(&process::root()?);
    program.args([
        "build",
        "--release",
        "--package",
        "redress",
        "--bin",
        "redress",
    ]);
    process::run(&mut program)?;
    let mut command = process::cargo(&process::root()?);
    command.args([
        "run",
        "--release",
        "--package",
        "redress-tests",
        "--bin",
        "redress-bench",
        "--",
    ]);
    process::run(command.args(&arguments.passed_on))
}
