//! `redress log restore`: a log from exported lines. Nothing may run on the data directory.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;

use clap::Args;
use redress_envelope::{MAX_RECORD_BYTES, Record};
use redress_evidence::Hash;
use redress_service::Kind;
use serde_json::json;

use super::place::{self, Service};
use crate::failure::Failure;
use crate::global::Global;
use crate::progress;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The data directory
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// Whose log
    #[arg(value_enum)]
    log: Service,

    /// The file of exported lines
    #[arg(long, value_name = "FILE")]
    from: PathBuf,

    /// The root that the log had, as `redress log status` or `verify` said it
    #[arg(long, value_name = "HEX", required_unless_present = "unchecked")]
    root: Option<Hash>,

    /// Restore without a root: whether records are missing at the end cannot be told then
    #[arg(long, conflicts_with = "root")]
    unchecked: bool,
}

pub(crate) fn run(global: &Global, arguments: &Arguments) -> Result<(), Failure> {
    let data = arguments.data.display().to_string();
    let config = global.load(vec![("data_dir", data)])?;
    let path = &arguments.from;
    let file = File::open(path).map_err(|error| Failure::file(path, error))?;
    let mut lines = BufReader::new(file);
    let first = first_line(&mut lines).map_err(|error| Failure::file(path, error))?;
    let service = arguments.log;
    check_owner(&first, service, &config.tenant)?;

    let bar = progress::of_unknown("restoring");
    let mut all = Cursor::new(first).chain(lines);
    let settings = place::log_config(&config, service);
    let restored = redress_event_log::restore(&settings, &mut all, arguments.root, &mut |line| {
        bar.set_position(line);
    });
    bar.finish_and_clear();
    let restored = restored.map_err(|error| {
        let message = format!("the log of {} cannot be restored: {error}", service.name());
        Failure::new(Kind::FailedPrecondition, "RESTORE_REFUSED", message)
            .with_remedy("restore a whole export into a place where there is no log")
    })?;
    global.output.print(
        || {
            json!({
                "log": service.name(),
                "log_id": restored.identity.log.to_string(),
                "records": restored.records,
                "root": restored.root.to_string(),
            })
        },
        || {
            let (records, root) = (restored.records, restored.root);
            format!(
                "{records} records of {} restored; the root is {root}",
                service.name()
            )
        },
    );
    Ok(())
}

fn first_line(lines: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut first = Vec::new();
    lines
        .take(MAX_RECORD_BYTES as u64 + 2)
        .read_until(b'\n', &mut first)?;
    Ok(first)
}

/// Before anything is written: the folder decides whose log it is.
fn check_owner(first: &[u8], service: Service, tenant: &str) -> Result<(), Failure> {
    let line = first.strip_suffix(b"\n").unwrap_or(first);
    // What cannot be read here is named with its line by the restoring itself.
    let Ok(record) = Record::decode(line) else {
        return Ok(());
    };
    if record.service == service.name() && record.tenant == tenant {
        return Ok(());
    }
    let message = format!(
        "the lines are of the log of {} of tenant {}",
        record.service, record.tenant
    );
    Err(
        Failure::new(Kind::FailedPrecondition, "RESTORE_OTHER_LOG", message)
            .with_remedy("name that log, and that tenant with --set tenant=.."),
    )
}
