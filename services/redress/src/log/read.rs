//! `redress log read`: stored bytes, a line each.

use std::io::Write;

use clap::Args;
use redress_envelope::Record;
use redress_event_log::ReadError;
use redress_service::Kind;
use redress_wire::log::v1::{EventFilter, ReadEventsRequest};

use super::place::{self, Service, Where};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::output::Output;
use crate::table::clean;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Whose log
    #[arg(value_enum)]
    log: Service,

    /// The first position
    #[arg(long, default_value_t = 0)]
    from: u64,

    /// At most so many records
    #[arg(long, default_value_t = 50)]
    limit: u64,

    /// Only this subject, or this kind with its slash: `complaint/`
    #[arg(long, default_value = "")]
    subject: String,

    /// Only these event types
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
}

const PAGE: u64 = 1000;
const PAGE_BYTES: usize = 1 << 20;

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    match arguments.place.offline(global)? {
        Some(config) => offline(global.output, &config, &arguments).await,
        None => online(global.output, &Client::of(global)?, &arguments).await,
    }
}

async fn online(output: Output, client: &Client, arguments: &Arguments) -> Result<(), Failure> {
    let mut log = client.log(arguments.log.name()).await?;
    let (mut from, mut left) = (arguments.from, arguments.limit);
    while left > 0 {
        let request = ReadEventsRequest {
            log: Some(arguments.log.log_name()),
            from_position: from,
            limit: left.min(PAGE) as u32,
            filter: Some(EventFilter {
                subject: arguments.subject.clone(),
                types: arguments.types.clone(),
            }),
        };
        let page = log.read_events(request).await?.into_inner();
        left -= (page.records.len() as u64).min(left);
        for event in &page.records {
            tell(output, event.position, &event.record)?;
        }
        if page.next >= page.head {
            break;
        }
        from = page.next;
    }
    Ok(())
}

async fn offline(
    output: Output,
    config: &redress_service::Config,
    arguments: &Arguments,
) -> Result<(), Failure> {
    let log = place::open(config, arguments.log)?;
    let (mut from, mut left) = (arguments.from, arguments.limit);
    while left > 0 && from < log.head().size {
        let page = log
            .read(from, PAGE as usize, PAGE_BYTES)
            .await
            .map_err(|e| damaged(&e))?;
        for stored in page {
            from = stored.position + 1;
            if left > 0 && arguments.wants(&stored.bytes) {
                tell(output, stored.position, &stored.bytes)?;
                left -= 1;
            }
        }
    }
    log.close().await.map_err(|error| damaged(&error))
}

impl Arguments {
    /// As the services filter.
    fn wants(&self, bytes: &[u8]) -> bool {
        // A record that cannot be read is not hidden by a filter.
        let Ok(record) = Record::decode(bytes) else {
            return true;
        };
        let subject = record.subject.to_string();
        let is_subject = if self.subject.ends_with('/') {
            subject.starts_with(&self.subject)
        } else {
            self.subject.is_empty() || subject == self.subject
        };
        is_subject && (self.types.is_empty() || self.types.contains(&record.kind))
    }
}

pub(super) fn damaged(error: &ReadError) -> Failure {
    let failure = Failure::new(Kind::DataLoss, "RECORD_DAMAGED", error.to_string())
        .with_remedy("run `redress log verify --data ..`, and restore the log from a copy");
    match error.position() {
        Some(position) => failure.with_fact("position", position),
        None => failure,
    }
}

/// JSON: the stored bytes themselves. A table: what a person looks for first.
fn tell(output: Output, position: u64, bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = match (output, Record::decode(bytes)) {
        (Output::Table, Ok(record)) => {
            let time = redress_envelope::format_timestamp(record.time);
            let (subject, kind) = (&record.subject, &record.kind);
            let actor = clean(&record.context.actor.to_string());
            writeln!(out, "{position:>8}  {time}  {kind}  {subject}  {actor}")
        }
        (Output::Table, Err(error)) => writeln!(out, "{position:>8}  unreadable: {error}"),
        (Output::Json, _) => out.write_all(bytes).and_then(|()| out.write_all(b"\n")),
    };
    written.map_err(|error| Failure::new(Kind::Cancelled, "OUTPUT_CLOSED", error.to_string()))
}
