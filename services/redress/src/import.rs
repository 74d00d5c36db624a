//! `redress import`: files of feedback, row by row, with bounded memory.
//!
//! A file is one import, named by what it holds: run again, it goes on where it was, and rows that
//! are there already are not recorded twice. All imports of a run are open until the last file is
//! read, so that no month is judged on half of its complaints.

mod batch;
mod file;
mod reject;
mod row;
mod run;
mod summary;
mod text;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::running::Running;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What a row is
    #[arg(long, value_enum)]
    format: Format,

    /// Files, gzipped or not
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Run the services in this process, on this data directory, instead of asking running ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Where rows go that cannot be taken; `<file>.rejected.jsonl` in the working directory, if
    /// absent
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,

    /// Of `--format feedback`: who reports, as a code
    #[arg(long, value_name = "SOURCE", default_value = "file")]
    source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The US Consumer Complaint Database: CSV or JSON Lines
    Cfpb,
    /// JSON Lines of submissions: the fields of `redress feedback submit --file`
    Feedback,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let Some(data) = &arguments.data else {
        return run::run(global.output, &Client::of(global)?, &arguments).await;
    };
    let config = global.load(vec![("data_dir", data.display().to_string())])?;
    let running = Running::embedded(config).await?;
    let client = Client::at(&running.address(), global.actor.as_deref())?;
    let done = run::run(global.output, &client, &arguments).await;
    done.and(running.stop().await)
}
