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
use crate::output::{self, Output};
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

    /// At most so many records that the filters let through
    #[arg(long, default_value_t = 50)]
    limit: u64,

    /// Only this subject, or this kind with its slash: `complaint/`
    #[arg(long, default_value = "", hide_default_value = true)]
    subject: String,

    /// Only these event types
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
}

const PAGE: u64 = 1000;
const PAGE_BYTES: usize = 1 << 20;

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let lines = Lines::new(global.output);
    match arguments.place.offline(global)? {
        Some(config) => offline(lines, &config, &arguments).await,
        None => online(lines, &Client::of(global)?, &arguments).await,
    }
}

async fn online(mut lines: Lines, client: &Client, arguments: &Arguments) -> Result<(), Failure> {
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
            lines.tell(event.position, &event.record)?;
        }
        from = page.next;
        if page.next >= page.head {
            lines.end(None);
            return Ok(());
        }
    }
    lines.end(Some(from));
    Ok(())
}

async fn offline(
    mut lines: Lines,
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
            if left == 0 {
                break;
            }
            from = stored.position + 1;
            if arguments.wants(&stored.bytes) {
                lines.tell(stored.position, &stored.bytes)?;
                left -= 1;
            }
        }
    }
    lines.end((from < log.head().size).then_some(from));
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

/// JSON: the stored bytes themselves. A table: what a person looks for first, line by line, because
/// nobody knows how long the log is.
struct Lines {
    output: Output,
    any: bool,
}

impl Lines {
    fn new(output: Output) -> Self {
        Self { output, any: false }
    }

    fn tell(&mut self, position: u64, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        let is_first = !std::mem::replace(&mut self.any, true);
        let written = match self.output {
            Output::Json => out.write_all(bytes).and_then(|()| out.write_all(b"\n")),
            Output::Table => {
                let head = is_first.then(head).into_iter();
                let mut lines = head.chain([line(position, bytes)]);
                lines.try_for_each(|line| writeln!(out, "{line}"))
            }
        };
        written.map_err(|error| Failure::new(Kind::Cancelled, "OUTPUT_CLOSED", error.to_string()))
    }

    /// `next` is where the rest begins, if there is one.
    fn end(&self, next: Option<u64>) {
        match (self.output, next) {
            (Output::Table, Some(next)) => output::print(&format!("more: --from {next}")),
            (Output::Table, None) if !self.any => output::print("no such records"),
            (Output::Table, None) | (Output::Json, _) => {}
        }
    }
}

fn head() -> String {
    columns("POSITION", ["RECORDED AT", "TYPE", "SUBJECT", "ACTOR"])
}

fn line(position: u64, bytes: &[u8]) -> String {
    match Record::decode(bytes) {
        Ok(record) => {
            let time = redress_envelope::format_timestamp(record.time);
            let (subject, actor) = (record.subject.to_string(), record.context.actor.to_string());
            let texts: [&str; 4] = [&time, &record.kind, &subject, &actor];
            let texts = texts.map(clean);
            columns(&position.to_string(), texts.each_ref().map(String::as_str))
        }
        Err(error) => format!("{position:>8}  unreadable: {error}"),
    }
}

fn columns(position: &str, [time, kind, subject, actor]: [&str; 4]) -> String {
    format!("{position:>8}  {time:27}  {kind:44}  {subject:45}  {actor}")
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_a_line_and_no_end() {
        assert_eq!(head().find("RECORDED AT"), Some(10));
        let line = line(7, b"{");
        assert!(line.starts_with("       7  unreadable: "), "{line}");
    }
}
