//! Writes what strangers can check our records against: a JSON Schema for each type of event and the
//! `AsyncAPI` document of the bus. `cargo xtask schemas` runs it.
//!
//! Nothing here says what an event looks like: that is derived from the types that are stored. Which types
//! there are, the golden files say, because each type must have one.

mod asyncapi;
mod cases;
mod event;
mod files;
mod golden;
mod house;
mod json;
mod yaml;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// Where the files belong, below the root of the repository.
const FOLDER: &str = "proto/events";

#[derive(Debug, Parser)]
#[command(
    name = "redress-schemas",
    about = "JSON Schemas of what is stored, and the AsyncAPI document"
)]
struct Arguments {
    /// Write nothing, and fail where a file is not what would be written
    #[arg(long, conflicts_with = "cases")]
    check: bool,

    /// Print records, one a line, each with whether our own readers take it
    #[arg(long)]
    cases: bool,

    /// The folder of the files, instead of proto/events
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("redress-schemas: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let root = root();
    let goldens = golden::all(&root)?;
    if arguments.cases {
        return cases::print(&goldens);
    }
    let files = files::all(&goldens)?;
    let folder = arguments
        .folder
        .clone()
        .unwrap_or_else(|| root.join(FOLDER));
    if arguments.check {
        files::check(&folder, &files)
    } else {
        files::write(&folder, &files)
    }
}

/// Two folders above this package.
fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}

#[cfg(test)]
mod tests;
