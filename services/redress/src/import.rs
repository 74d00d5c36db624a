//! `redress import`: files of feedback, row by row, with bounded memory.
//!
//! A file is one import, named by what it holds: run again, it goes on where it was, and rows that
//! are there already are not recorded twice. All imports of a run are open until the last file is
//! read, so that no month is judged on half of its complaints.

mod batch;
mod close;
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
    #[arg(long, value_enum, required_unless_present = "close")]
    format: Option<Format>,

    /// Files, gzipped or not
    #[arg(required_unless_present = "close", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Close an import that was begun and that nobody will run to its end: months are judged again,
    /// and its files take no further rows. Its id is in `redress view status`
    #[arg(long, value_name = "ID", conflicts_with_all = ["format", "files", "rejects"])]
    close: Option<String>,

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
        return with(global, &Client::of(global)?, &arguments).await;
    };
    let config = global.load(vec![("data_dir", data.display().to_string())])?;
    let running = Running::embedded(config).await?;
    let client = Client::at(&running.address(), global.actor.as_deref())?;
    let done = with(global, &client, &arguments).await;
    done.and(running.stop().await)
}

async fn with(global: &Global, client: &Client, arguments: &Arguments) -> Result<(), Failure> {
    match (&arguments.close, arguments.format) {
        (Some(import_id), _) => close::run(global.output, client, import_id).await,
        (None, Some(format)) => run::run(global.output, client, arguments, format).await,
        (None, None) => Err(Failure::usage("USAGE", "--format is missing")),
    }
}
