//! `redress log verify`: every record hashed again.
//!
//! Offline the records are read back from the disk, and every index with them. Online the service
//! hands out its records and the root that it claims, and the root is computed again here.

use clap::Args;
use redress_event_log::OpenError;
use redress_evidence::{Frontier, leaf_hash};
use redress_service::{Config, Kind};
use redress_wire::log::v1::{GetHeadRequest, ReadEventsRequest};
use serde_json::{Value, json};

use super::place::{self, Service, Where};
use super::status::{Earlier, lives, lives_as_json};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::hex;
use crate::output::Output;
use crate::progress;
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Where,

    /// Only this log
    #[arg(value_enum)]
    log: Option<Service>,
}

/// What was found in one log.
#[derive(Debug)]
struct Found {
    log: &'static str,
    log_id: String,
    earlier: Earlier,
    records: u64,
    root: String,
    segments: Option<usize>,
    bytes_of_records: u64,
    bytes_on_disk: Option<u64>,
    problem: Option<(u64, String)>,
}

/// Where the records are read.
enum Records {
    OnDisk(Box<Config>),
    AtServices(Client),
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let services = arguments
        .log
        .map_or(Service::ALL.to_vec(), |only| vec![only]);
    let records = match arguments.place.offline(global)? {
        Some(config) => Records::OnDisk(Box::new(config)),
        None => Records::AtServices(Client::of(global)?),
    };
    // One that is not there keeps nobody from what was found in the others.
    let (mut all, mut missing) = (Vec::new(), None);
    for service in services {
        let found = match &records {
            Records::OnDisk(config) => offline(config, service).await,
            Records::AtServices(client) => online(client, service).await,
        };
        match found {
            Ok(found) => all.push(found),
            Err(failure) => missing = missing.or(Some(failure)),
        }
    }
    if !all.is_empty() {
        tell(global.output, &all, matches!(records, Records::OnDisk(_)));
    }
    match all
        .iter()
        .find_map(|found| Some((found, found.problem.as_ref()?)))
    {
        None => missing.map_or(Ok(()), Err),
        Some((found, (position, what))) => {
            let message = format!(
                "the log of {} is wrong from position {position} on: {what}",
                found.log
            );
            Err(Failure::new(Kind::DataLoss, "LOG_DAMAGED", message)
                .with_fact("position", position)
                .with_fact("log", found.log)
                .with_remedy(
                    "restore the log from an export or a backup; the end of its folder as it was before is in `tail-before-open`",
                ))
        }
    }
}

async fn offline(config: &Config, service: Service) -> Result<Found, Failure> {
    let folder = place::folder(config, service);
    place::must_be_there(&folder)?;
    let bar = progress::of_unknown("verifying");
    let moving = bar.clone();
    let verified = tokio::task::spawn_blocking(move || {
        redress_event_log::verify(&folder, &mut |records| moving.set_position(records))
    })
    .await;
    bar.finish_and_clear();
    let ended = |_| Failure::new(Kind::Internal, "INTERNAL", "the verification broke off");
    match verified.map_err(ended)? {
        Ok(verified) => Ok(Found {
            log: service.name(),
            log_id: verified.identity.log.to_string(),
            earlier: verified
                .identity
                .earlier
                .iter()
                .map(|life| (life.log.to_string(), life.records))
                .collect(),
            records: verified.records,
            root: verified.root.to_string(),
            segments: Some(verified.segments),
            bytes_of_records: verified.bytes_of_records,
            bytes_on_disk: Some(verified.bytes_on_disk),
            problem: verified
                .problem
                .map(|problem| (problem.position, problem.what)),
        }),
        Err(error @ OpenError::Lock(_)) => Err(place::failed(&error, service)),
        Err(error) => Ok(Found {
            log: service.name(),
            log_id: String::new(),
            earlier: Earlier::new(),
            records: 0,
            root: String::new(),
            segments: None,
            bytes_of_records: 0,
            bytes_on_disk: None,
            problem: Some((error.position().unwrap_or(0), error.to_string())),
        }),
    }
}

async fn online(client: &Client, service: Service) -> Result<Found, Failure> {
    let mut log = client.log(service.name()).await?;
    let request = GetHeadRequest {
        log: Some(service.log_name()),
    };
    let head = log.get_head(request).await?.into_inner();
    let bar = progress::of_counts("verifying", head.head);
    let (mut frontier, mut bytes_of_records, mut problem) = (Frontier::new(), 0, None);
    while frontier.len() < head.head && problem.is_none() {
        let from = frontier.len();
        let limit = (head.head - from).min(1000) as u32;
        let name = Some(service.log_name());
        let request = ReadEventsRequest {
            log: name,
            from_position: from,
            limit,
            filter: None,
        };
        let page = log.read_events(request).await?.into_inner();
        if page.records.is_empty() {
            problem = Some((from, "the service hands out no record here".to_owned()));
        }
        for event in page.records {
            let leaf = leaf_hash(&event.record);
            if event.position != frontier.len() || leaf.as_bytes()[..] != event.leaf_hash[..] {
                let what = "the record is not the one that its hash is of".to_owned();
                problem.get_or_insert((event.position, what));
            }
            bytes_of_records += event.record.len() as u64;
            frontier.push(leaf);
        }
        bar.set_position(frontier.len());
    }
    bar.finish_and_clear();
    let root = frontier.root().to_string();
    if problem.is_none() && root != hex(&head.root_hash) {
        problem = Some((
            0,
            format!("the service claims the root {}", hex(&head.root_hash)),
        ));
    }
    let earlier = head.earlier.into_iter();
    Ok(Found {
        log: service.name(),
        log_id: head.log_id,
        earlier: earlier.map(|life| (life.log_id, life.records)).collect(),
        records: frontier.len(),
        root,
        segments: None,
        bytes_of_records,
        bytes_on_disk: None,
        problem,
    })
}

const ONLINE: &str = "verified as the services hand the records out; \
                      `--data DIR`, with nothing running on it, reads the disk itself";
const OFFLINE: &str = "a tail that was cut off together with head.json beside it shows only \
                       against a root that was kept elsewhere";

fn tell(output: Output, all: &[Found], from_disk: bool) {
    let text = || {
        let mut table = Table::new(&["log", "records", "root", "result"]);
        for found in all {
            let result = match &found.problem {
                None => "whole".to_owned(),
                Some((position, _)) => format!("wrong from {position} on"),
            };
            let records = found.records.to_string();
            table.row_whole([found.log.to_owned(), records, found.root.clone(), result]);
        }
        let note = if from_disk { OFFLINE } else { ONLINE };
        let of = |it: &Found| lives(it.log, &it.earlier, &it.log_id);
        let mut lines: Vec<String> = all.iter().flat_map(of).collect();
        lines.push(note.to_owned());
        table.render() + &lines.join("\n")
    };
    let logs = || all.iter().map(as_json).collect::<Vec<_>>();
    output.print(|| json!({ "logs": logs(), "from_disk": from_disk }), text);
}

fn as_json(found: &Found) -> Value {
    let problem = found.problem.as_ref();
    json!({
        "log": found.log,
        "log_id": found.log_id,
        "earlier": lives_as_json(&found.earlier),
        "records": found.records,
        "root": found.root,
        "segments": found.segments,
        "bytes_of_records": found.bytes_of_records,
        "bytes_on_disk": found.bytes_on_disk,
        "problem": problem.map(|(position, what)| json!({ "position": position, "what": what })),
    })
}
