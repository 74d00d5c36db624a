//! `redress view ..`: what can be deleted at any time, and is built again.

pub(crate) mod json;
mod rebuild;
mod state;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use redress_wire::intake::v1::{ListOpenImportsRequest, OpenImport};
use redress_wire::log::v1::{
    FollowerStatus, ListViewsRequest, ListViewsResponse, RelayStatus, ViewStatus,
};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::time;
use crate::running::{Running, must_hold_logs};
use crate::table::Table;
use rebuild::Rebuilt;
use state::state;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// How far each view, follower and relay has come, and which imports keep months from being judged
    Status(Place),
    /// Build views again from the first record; the old ones answer until the new ones are whole
    Rebuild(Rebuild),
}

#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Open this data directory in this process, instead of asking running services
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Rebuild {
    /// Only this one, as `status` calls it: `workflow/complaints`; all, if absent
    view: Option<String>,

    #[command(flatten)]
    place: Place,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    let place = match &verb {
        Verb::Status(place) => place,
        Verb::Rebuild(rebuild) => &rebuild.place,
    };
    let Some(data) = &place.data else {
        return ask(global, &verb, &Client::of(global)?).await;
    };
    let config = global.load(vec![("data_dir", data.display().to_string())])?;
    must_hold_logs(&config)?;
    let running = Running::embedded(config).await?;
    let client = Client::at(&running.address(), global.actor.as_deref())?;
    let done = ask(global, &verb, &client).await;
    done.and(running.stop().await)
}

async fn ask(global: &Global, verb: &Verb, client: &Client) -> Result<(), Failure> {
    let rebuilt = match verb {
        Verb::Rebuild(wanted) => rebuild::run(client, wanted.view.as_deref()).await?,
        Verb::Status(_) => Vec::new(),
    };
    let (told, silent) = all(client).await;
    let ListViewsResponse {
        views,
        followers,
        relays,
    } = told;
    // What others tell is told also where one is silent.
    let (open, silent) = match (open_now(client).await, silent) {
        (Ok(open), silent) => (Some(open), silent),
        (Err(failure), silent) => (None, silent.or(Some(failure))),
    };
    if views.is_empty()
        && let Some(failure) = silent
    {
        return Err(failure);
    }
    global.output.print(
        || {
            let views: Vec<_> = views.iter().map(json::view).collect();
            let followers: Vec<_> = followers.iter().map(json::follower).collect();
            let relays: Vec<_> = relays.iter().map(json::relay).collect();
            let imports = open.as_ref().map(|open| {
                let imports = open.iter().map(json::open_import);
                imports.collect::<Vec<_>>()
            });
            let rebuilt: Vec<_> = rebuilt.iter().map(Rebuilt::as_json).collect();
            json!({
                "views": views,
                "followers": followers,
                "relays": relays,
                "open_imports": imports,
                "rebuilt": rebuilt,
            })
        },
        || match verb {
            Verb::Status(_) => render(&views, &followers, &relays, open.as_deref().unwrap_or(&[])),
            Verb::Rebuild(_) => rebuilt.iter().map(Rebuilt::as_line).collect(),
        },
    );
    silent.map_or(Ok(()), Err)
}

/// What all services tell, wherever these are, and why the first of those does not that are silent.
async fn all(client: &Client) -> (ListViewsResponse, Option<Failure>) {
    let (mut all, mut silent) = (ListViewsResponse::default(), None);
    for service in client.places().await {
        match ask_one(client, service).await {
            Ok(told) => {
                all.views.extend(told.views);
                all.followers.extend(told.followers);
                all.relays.extend(told.relays);
            }
            Err(failure) => silent = silent.or(Some(failure)),
        }
    }
    (all, silent)
}

async fn ask_one(client: &Client, service: &str) -> Result<ListViewsResponse, Failure> {
    let mut door = client.views(service).await?;
    Ok(door.list_views(ListViewsRequest {}).await?.into_inner())
}

async fn open_now(client: &Client) -> Result<Vec<OpenImport>, Failure> {
    let request = ListOpenImportsRequest {};
    let open = client.intake().await?.list_open_imports(request).await?;
    Ok(open.into_inner().imports)
}

fn name(view: &ViewStatus) -> String {
    format!("{}/{}", view.service, view.view)
}

fn render(
    views: &[ViewStatus],
    followers: &[FollowerStatus],
    relays: &[RelayStatus],
    open: &[OpenImport],
) -> String {
    let mut table = Table::new(&["view", "log", "read", "of", "state"]);
    for view in views {
        for log in &view.logs {
            let head = log.head.map(|it| it.to_string()).unwrap_or_default();
            let (place, position) = (log.log.clone(), log.position.to_string());
            table.row_whole([name(view), place, position, head, state(view, log)]);
        }
    }
    let mut text = table.render();
    if !followers.is_empty() || !relays.is_empty() {
        text.push('\n');
        text.push_str(&render_links(followers, relays));
    }
    if !open.is_empty() {
        text.push_str("\nno month is judged while these imports are open: run them again, or close them with\n`redress import --close ID`\n\n");
        text.push_str(&open_imports(open));
    }
    text
}

pub(crate) fn open_imports(open: &[OpenImport]) -> String {
    let mut table = Table::new(&["import", "format", "source", "label", "started"]);
    for import in open {
        table.row_whole([
            import.import_id.clone(),
            import.format.clone(),
            import.source.clone(),
            import.label.clone(),
            time!(import.started_at).unwrap_or_default(),
        ]);
    }
    table.render()
}

/// A line per follower, and per relay into a stream.
fn render_links(followers: &[FollowerStatus], relays: &[RelayStatus]) -> String {
    let mut table = Table::new(&["from", "to", "done", "of", "lag", "state"]);
    for it in followers {
        let lag = it.head.map(|head| head.saturating_sub(it.consumed));
        let state = if it.stopped.is_empty() {
            match it.via.as_str() {
                "log" => "following".to_owned(),
                "stream" => "following over NATS".to_owned(),
                "owner" => "following, read from its owner".to_owned(),
                _ => "following; nobody has told of more lately".to_owned(),
            }
        } else {
            format!("stopped: {}", it.stopped)
        };
        table.row_whole([
            it.log.clone(),
            it.service.clone(),
            it.consumed.to_string(),
            it.head.map(|head| head.to_string()).unwrap_or_default(),
            lag.map(|lag| lag.to_string()).unwrap_or_default(),
            state,
        ]);
    }
    for it in relays {
        let published = it.asked.then_some(it.published);
        let lag = published.map(|published| it.head.saturating_sub(published));
        table.row_whole([
            it.log.clone(),
            "NATS".to_owned(),
            published.map(|it| it.to_string()).unwrap_or_default(),
            it.head.to_string(),
            lag.map(|lag| lag.to_string()).unwrap_or_default(),
            it.state.clone(),
        ]);
    }
    table.render()
}
