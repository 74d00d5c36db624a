//! `redress import`: files of feedback, row by row, with bounded memory.
//!
//! A file is one import, named by what it holds: run again, it takes what is not there yet, whether
//! it was broken off, closed or completed. All imports of a run are open until the last file is read,
//! so that no month is judged on half of its complaints.

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
use crate::running::{Running, must_hold_logs};

const ENDS: &str = "\
Run it again whenever you like: rows that are there are not recorded twice, and what is not there is
taken, whether the import was interrupted, closed or completed. A row of a complaint that is there with
other contents is an update.

Exit code 0: the files were read to their end; rows that were rejected are counted, and kept in a file
with their reasons. 1: of a file every row was rejected, or it could not be read to its end, or somebody
interrupted. 2: a file is not in the format; then nothing was begun.";

#[derive(Debug, Args)]
#[command(after_help = ENDS)]
pub(crate) struct Arguments {
    /// What a row is
    #[arg(long, value_enum, required_unless_present = "close")]
    format: Option<Format>,

    /// Files, gzipped or not. Their names are not recorded: they may name a customer
    #[arg(required_unless_present = "close", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Close an import that was begun and that nobody will run to its end: months are judged again.
    /// Its id is in `redress view status`. Running its file later takes what is not there yet
    #[arg(long, value_name = "ID", conflicts_with_all = ["format", "files", "rejects"])]
    close: Option<String>,

    /// Run the services in this process, on this data directory, instead of asking running ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Where rows go that cannot be taken, after what is there already; if absent,
    /// `<file>.rejected.jsonl` in the working directory, or `<file>.rejected.2.jsonl` and so on where
    /// that is from an earlier run
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,

    /// What the import is called where imports are listed. It is recorded for ever, so it names no customer
    #[arg(long, value_name = "TEXT", conflicts_with = "close")]
    label: Option<String>,

    /// Of `--format feedback`: who reports, 1 to 40 of a-z 0-9 -; the same line of another source is
    /// other feedback
    #[arg(long, value_name = "SOURCE", default_value = "file", value_parser = source)]
    source: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// The US Consumer Complaint Database: CSV or JSON Lines
    Cfpb,
    /// JSON Lines of submissions: the fields of `redress feedback submit --file`
    Feedback,
}

/// Said once of the command, and not of each of its rows.
fn source(text: &str) -> Result<String, String> {
    match redress_feedback::is_source(text) {
        Ok(()) => Ok(text.to_owned()),
        Err(expected) => Err(format!("it is not {expected}")),
    }
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let Some(data) = &arguments.data else {
        return with(global, &Client::of(global)?, &arguments).await;
    };
    let config = global.load(vec![("data_dir", data.display().to_string())])?;
    // Before a data directory is made that nobody has a use for.
    match arguments.format {
        Some(format) => run::must_be_readable(&arguments, format)?,
        None => must_hold_logs(&config)?,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_is_none_is_refused_before_any_row() {
        for right in ["file", "cfpb", "demo", "crm-2", "7"] {
            assert_eq!(source(right).as_deref(), Ok(right));
        }
        let long = "x".repeat(41);
        for wrong in [
            "",
            "CRM",
            "my crm",
            "crm.eu",
            "crm_eu",
            "jane@example.org",
            "größe",
            &long,
        ] {
            assert!(
                source(wrong).is_err_and(|it| it.contains("1 to 40")),
                "{wrong}"
            );
        }
    }
}
