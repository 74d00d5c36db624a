//! Redress in one process, and the operator's command line.

mod assemble;
mod client;
mod complaint;
mod demo;
mod failure;
mod feedback;
mod global;
mod handler;
mod import;
mod improvement;
mod json;
mod log;
mod moment;
mod output;
mod paging;
mod policy;
mod progress;
mod ready;
mod report;
mod running;
mod serve;
mod settle;
mod submission;
mod table;
mod usage;
mod view;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;
use global::Global;

/// The system of record for what customers say and what is done about it.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    global: Global,

    #[command(subcommand)]
    noun: Noun,
}

const AFTER_HELP: &str = "\
Settings come from redress.toml, then REDRESS_* in the environment, then flags.
Exit codes: 0 done, 1 failed, 2 usage, 3 refused by a rule, 4 unreachable.";

#[derive(Debug, Subcommand)]
enum Noun {
    /// Run the three services in one process
    Serve(serve::Arguments),
    /// Make years of an invented company's feedback, run it through the whole loop, and serve it
    Demo(demo::Arguments),
    /// Ask a process beside this one whether it can do its work
    Ready(ready::Arguments),
    /// Take in files; safe to interrupt and to run again
    Import(import::Arguments),
    /// What customers said
    #[command(subcommand)]
    Feedback(feedback::Verb),
    /// Complaints, from receipt to closing
    #[command(subcommand)]
    Complaint(complaint::Verb),
    /// Who handles complaints: queues, skills, absences
    #[command(subcommand)]
    Handler(handler::Verb),
    /// Corrective and preventive action
    #[command(subcommand)]
    Improvement(improvement::Verb),
    /// Policies, and what their calendars and targets come to; no server is asked
    #[command(subcommand)]
    Policy(policy::Verb),
    /// Figures, charts and signals
    #[command(subcommand)]
    Report(report::Verb),
    /// The event logs themselves
    #[command(subcommand)]
    Log(log::Verb),
    /// Read models, which can be deleted and are built again
    #[command(subcommand)]
    View(view::Verb),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { global, noun } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error),
    };
    match run(&global, noun).await {
        Ok(code) => code,
        Err(failure) => failure.report(global.output),
    }
}

async fn run(global: &Global, noun: Noun) -> Result<ExitCode, Failure> {
    let done = match noun {
        Noun::Serve(arguments) => return serve::run(global, arguments).await,
        Noun::Demo(arguments) => return demo::run(global, arguments).await,
        Noun::Ready(arguments) => ready::run(global, arguments).await,
        Noun::Import(arguments) => import::run(global, arguments).await,
        Noun::Feedback(verb) => feedback::run(global, verb).await,
        Noun::Complaint(verb) => complaint::run(global, verb).await,
        Noun::Handler(verb) => handler::run(global, verb).await,
        Noun::Improvement(verb) => improvement::run(global, verb).await,
        Noun::Policy(verb) => policy::run(global, verb).await,
        Noun::Report(verb) => report::run(global, verb).await,
        Noun::Log(verb) => log::run(global, verb).await,
        Noun::View(verb) => view::run(global, verb).await,
    };
    done.map(|()| ExitCode::SUCCESS)
}
