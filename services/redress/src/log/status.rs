//! `redress log status`

use clap::Args;
use redress_service::Kind;
use redress_wire::log::v1::GetHeadRequest;
use serde_json::{Value, json};

use super::place::{self, Service, Where};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::hex;
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Where,
}

struct Status {
    service: &'static str,
    log_id: String,
    earlier: Earlier,
    head: u64,
    sealed: u64,
    root: String,
    token: String,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let (statuses, silent) = match arguments.place.offline(global)? {
        Some(config) => (offline(&config).await?, None),
        None => online(&Client::of(global)?).await,
    };
    if statuses.is_empty()
        && let Some(failure) = silent
    {
        return Err(failure);
    }
    let text = || {
        let mut table = Table::new(&["log", "records", "sealed", "root", "id"]);
        for status in &statuses {
            let (head, sealed) = (status.head.to_string(), status.sealed.to_string());
            let (root, id) = (status.root.clone(), status.log_id.clone());
            table.row_whole([status.service.to_owned(), head, sealed, root, id]);
        }
        let of = |it: &Status| lives(it.service, &it.earlier, &it.log_id);
        table.render() + &statuses.iter().flat_map(of).collect::<Vec<_>>().join("\n")
    };
    global.output.print(
        || json!({ "logs": statuses.iter().map(as_json).collect::<Vec<_>>() }),
        text,
    );
    silent.map_or(Ok(()), Err)
}

/// What the services tell, and why the first of those does not that are silent.
async fn online(client: &Client) -> (Vec<Status>, Option<Failure>) {
    let (mut statuses, mut silent) = (Vec::new(), None);
    for service in Service::ALL {
        match head(client, service).await {
            Ok(status) => statuses.push(status),
            Err(failure) => silent = silent.or(Some(failure)),
        }
    }
    (statuses, silent)
}

async fn head(client: &Client, service: Service) -> Result<Status, Failure> {
    let request = GetHeadRequest {
        log: Some(service.log_name()),
    };
    let mut log = client.log(service.name()).await?;
    let head = log.get_head(request).await?.into_inner();
    let earlier = head.earlier.into_iter();
    let earlier = earlier.map(|life| (life.log_id, life.records));
    Ok(Status {
        service: service.name(),
        log_id: head.log_id,
        earlier: earlier.collect(),
        head: head.head,
        sealed: head.sealed,
        root: hex(&head.root_hash),
        token: head.token,
    })
}

async fn offline(config: &redress_service::Config) -> Result<Vec<Status>, Failure> {
    let mut statuses = Vec::new();
    for service in Service::ALL {
        if place::must_be_there(&place::folder(config, service)).is_err() {
            continue;
        }
        let log = place::open(config, service)?;
        let head = log.head();
        let earlier = log.identity().earlier.iter();
        let earlier = earlier.map(|life| (life.log.to_string(), life.records));
        statuses.push(Status {
            service: service.name(),
            log_id: log.id().to_string(),
            earlier: earlier.collect(),
            head: head.size,
            sealed: log.sealed(),
            root: head.root.to_string(),
            token: log.token(head.size).to_string(),
        });
        let closed = log.close().await;
        closed.map_err(|error| Failure::new(Kind::Internal, "INTERNAL", error.to_string()))?;
    }
    if statuses.is_empty() {
        place::must_be_there(&place::folder(config, Service::Intake))?;
    }
    Ok(statuses)
}

/// Each life before the present one, and how many records were kept when it ended.
pub(super) type Earlier = Vec<(String, u64)>;

/// What was declared lost of a log, a line for each time.
pub(super) fn lives(of: &str, earlier: &Earlier, present: &str) -> Vec<String> {
    let next = earlier.iter().skip(1).map(|(id, _)| id.as_str());
    let next = next.chain(std::iter::once(present));
    let line = |((id, kept), next): (&(String, u64), &str)| {
        format!(
            "{of}: {id} kept {kept} records; the rest was declared lost, and it went on as {next}"
        )
    };
    earlier.iter().zip(next).map(line).collect()
}

pub(super) fn lives_as_json(earlier: &Earlier) -> Value {
    let life = |(id, records): &(String, u64)| json!({ "log_id": id, "records": records });
    earlier.iter().map(life).collect()
}

fn as_json(status: &Status) -> Value {
    json!({
        "log": status.service,
        "log_id": status.log_id,
        "earlier": lives_as_json(&status.earlier),
        "records": status.head,
        "sealed": status.sealed,
        "root": status.root,
        "token": status.token,
    })
}
