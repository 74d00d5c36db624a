//! `redress log export`: the lines that `restore` takes, and that anybody can hash.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use redress_service::Kind;
use redress_wire::log::v1::{GetHeadRequest, ReadEventsRequest};
use serde_json::json;

use super::place::{self, Service, Where};
use super::target::Target;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::progress;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Whose log
    #[arg(value_enum)]
    log: Service,

    /// The file that is written, which must not be there yet; without it standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

const PAGE: u32 = 1000;

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let Some(path) = &arguments.to else {
        let mut out = BufWriter::new(std::io::stdout());
        return records(global, &arguments, &mut out).await.map(|_count| ());
    };
    let mut target = Target::begin(path)?;
    let records = records(global, &arguments, &mut target.out).await?;
    target.finish()?;
    let (log, file) = (arguments.log.name(), path.display().to_string());
    global.output.print(
        || json!({ "log": log, "records": records, "file": file }),
        || format!("{records} records of {log} in {file}"),
    );
    Ok(())
}

async fn records(
    global: &Global,
    arguments: &Arguments,
    out: &mut (dyn Write + Send),
) -> Result<u64, Failure> {
    match arguments.place.offline(global)? {
        Some(config) => offline(&config, arguments.log, out).await,
        None => online(&Client::of(global)?, arguments.log, out).await,
    }
}

pub(super) fn unwritable(error: &dyn std::fmt::Display) -> Failure {
    let message = format!("the export cannot be written: {error}");
    Failure::new(Kind::Internal, "EXPORT_UNWRITABLE", message)
        .with_remedy("look for space and permission where it is written")
}

async fn offline(
    config: &redress_service::Config,
    service: Service,
    out: &mut (dyn Write + Send),
) -> Result<u64, Failure> {
    let log = place::open(config, service)?;
    let bar = progress::of_counts("exporting", log.head().size);
    let done = log
        .export(0, u64::MAX, out, &mut |next| bar.set_position(next))
        .await;
    bar.finish_and_clear();
    let records = done.map_err(|error| unwritable(&error))?;
    log.close()
        .await
        .map_err(|error| super::read::damaged(&error))?;
    Ok(records)
}

async fn online(
    client: &Client,
    service: Service,
    out: &mut (dyn Write + Send),
) -> Result<u64, Failure> {
    let mut log = client.log(service.name()).await?;
    let request = GetHeadRequest {
        log: Some(service.log_name()),
    };
    let head = log.get_head(request).await?.into_inner().head;
    let bar = progress::of_counts("exporting", head);
    let mut next = 0;
    while next < head {
        let limit = u32::try_from(head - next).unwrap_or(PAGE).min(PAGE);
        let name = Some(service.log_name());
        let request = ReadEventsRequest {
            log: name,
            from_position: next,
            limit,
            filter: None,
        };
        let page = log.read_events(request).await?.into_inner();
        for event in &page.records {
            let written = out
                .write_all(&event.record)
                .and_then(|()| out.write_all(b"\n"));
            written.map_err(|error| unwritable(&error))?;
        }
        next = page.next;
        bar.set_position(next);
    }
    bar.finish_and_clear();
    out.flush().map_err(|error| unwritable(&error))?;
    Ok(head)
}
