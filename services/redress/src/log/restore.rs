//! `redress log restore`: a log from exported lines, whole or not at all.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use redress_envelope::{MAX_RECORD_BYTES, Record};
use redress_event_log::RestoreError;
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

    /// The root that the log had when it was exported, as `redress log status` or `verify` said it
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
    let restored = restored.map_err(|error| refused(&error, service, path))?;
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

/// What is wrong, and the way out. Nothing was left where the log was to be.
fn refused(error: &RestoreError, service: Service, from: &Path) -> Failure {
    if let Some(in_use) = Failure::in_use(error) {
        return in_use;
    }
    let log = service.name();
    let message = format!("the log of {log} was not restored: {error}");
    let refused = |remedy: String| {
        let kind = Kind::FailedPrecondition;
        Failure::new(kind, "RESTORE_REFUSED", message.clone()).with_remedy(remedy)
    };
    let failed = |remedy: &str| {
        Failure::new(Kind::Internal, "RESTORE_FAILED", message.clone()).with_remedy(remedy)
    };
    let file = from.display();
    match error {
        RestoreError::LogThere(_) | RestoreError::NotEmpty(_) => refused(
            "nothing was touched; name another data directory with --data, or move what is there \
             away first"
                .to_owned(),
        ),
        RestoreError::Empty => refused(format!(
            "{file} holds no lines; name the file that `redress log export {log}` wrote"
        )),
        RestoreError::HalfCommand | RestoreError::OtherRoot { .. } => refused(format!(
            "nothing was kept; either {file} is cut short or was changed: take another copy of it; \
             or the root is not that of the moment when it was made: take that one"
        )),
        RestoreError::Record { .. }
        | RestoreError::Order { .. }
        | RestoreError::OtherLog { .. }
        | RestoreError::TooLong { .. }
        | RestoreError::Ending { .. }
        | RestoreError::Time { .. } => refused(format!(
            "nothing was kept; {file} is not as `redress log export {log}` wrote it: take another \
             copy of it"
        )),
        RestoreError::Io(_) => failed("nothing was kept; look whether the export can be read"),
        RestoreError::Folder { .. }
        | RestoreError::Open(_)
        | RestoreError::Seal(_)
        | RestoreError::Write(_) => {
            failed("nothing was kept; look for space and permission in the data directory")
        }
    }
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

#[cfg(test)]
mod tests {
    use redress_evidence::Frontier;

    use super::*;

    fn told(error: &RestoreError) -> (String, String) {
        let failure = refused(error, Service::Intake, Path::new("lines.jsonl"));
        (failure.code().to_owned(), failure.to_string())
    }

    #[test]
    fn each_refusal_names_its_own_way_out() {
        let root = Frontier::new().root();
        let other = RestoreError::OtherRoot {
            records: 2,
            root,
            expected: root,
        };
        let there = || PathBuf::from("data/log");
        for (error, words) in [
            (
                RestoreError::LogThere(there()),
                "there is a log in data/log",
            ),
            (RestoreError::NotEmpty(there()), "nothing was touched"),
            (RestoreError::Empty, "holds no lines"),
            (RestoreError::HalfCommand, "cut short"),
            (other, "or the root is not that of"),
            (RestoreError::OtherLog { line: 3 }, "line 3"),
        ] {
            let (code, text) = told(&error);
            assert_eq!(code, "RESTORE_REFUSED", "{text}");
            assert!(text.contains(words), "{text}");
        }
        let (code, text) = told(&RestoreError::Folder {
            path: there(),
            error: std::io::ErrorKind::StorageFull.into(),
        });
        assert_eq!(code, "RESTORE_FAILED");
        assert!(text.contains("space and permission"), "{text}");
    }
}
