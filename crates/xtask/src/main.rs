//! `cargo xtask`: the checks, the test run, the benchmarks and the schemas of this repository.

mod bench;
mod check;
mod process;
mod schemas;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    about = "Checks, tests, benchmarks and schemas of this repository"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Format, lints, dependency directions, purity and the habits of the house
    Check(check::Arguments),
    /// Every test, with the independent clients that the end-to-end tests use
    Test(test::Arguments),
    /// Figures, each beside its limit measured in the same run
    Bench(bench::Arguments),
    /// The JSON Schemas of what is stored, and the `AsyncAPI` document: `proto/events`
    Schemas(schemas::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Check(arguments) => check::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Schemas(arguments) => schemas::run(&arguments),
    };
    exit_code(done)
}

fn exit_code(done: Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
