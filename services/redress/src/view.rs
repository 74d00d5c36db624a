//! `redress view ..`: what can be deleted at any time, and is built again.

mod json;
mod rebuild;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use redress_wire::intake::v1::{ListOpenImportsRequest, OpenImport};
use redress_wire::log::v1::{ListViewsRequest, ViewStatus};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::time;
use crate::running::Running;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// How far each view has come, and which imports keep months from being judged
    Status(Place),
    /// Fold views again beside the served rows, from the first record
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
    let running = Running::embedded(config).await?;
    let client = Client::at(&running.address(), global.actor.as_deref())?;
    let done = ask(global, &verb, &client).await;
    done.and(running.stop().await)
}

async fn ask(global: &Global, verb: &Verb, client: &Client) -> Result<(), Failure> {
    if let Verb::Rebuild(wanted) = verb {
        rebuild::run(client, wanted.view.as_deref()).await?;
    }
    let views = all(client).await?;
    let request = ListOpenImportsRequest {};
    let open = client.intake().await?.list_open_imports(request).await?;
    let open = open.into_inner().imports;
    global.output.print(
        || {
            let views: Vec<_> = views.iter().map(json::view).collect();
            let imports: Vec<_> = open.iter().map(json::open_import).collect();
            json!({ "views": views, "open_imports": imports })
        },
        || render(&views, &open),
    );
    Ok(())
}

/// The views of all services, wherever these are.
async fn all(client: &Client) -> Result<Vec<ViewStatus>, Failure> {
    let mut views = Vec::new();
    for service in client.places() {
        let mut door = client.views(service).await?;
        views.extend(
            door.list_views(ListViewsRequest {})
                .await?
                .into_inner()
                .views,
        );
    }
    Ok(views)
}

fn name(view: &ViewStatus) -> String {
    format!("{}/{}", view.service, view.view)
}

fn render(views: &[ViewStatus], open: &[OpenImport]) -> String {
    let mut table = Table::new(&["view", "log", "position", "head", "state"]);
    for view in views {
        let state = if !view.stopped.is_empty() {
            format!("stopped: {}", view.stopped)
        } else if let Some(it) = &view.rebuilding {
            format!("rebuilding, {} of {}", it.done, it.total)
        } else {
            "folding".to_owned()
        };
        for log in &view.logs {
            let head = log.head.map(|it| it.to_string()).unwrap_or_default();
            let (place, position) = (log.log.clone(), log.position.to_string());
            table.row_whole([name(view), place, position, head, state.clone()]);
        }
    }
    let mut text = table.render();
    if !open.is_empty() {
        text.push_str("\nno month is judged while these imports are open: run them again, or close them with\n`redress import --close ID`\n\n");
        let mut table = Table::new(&["import", "format", "source", "started"]);
        for import in open {
            table.row_whole([
                import.import_id.clone(),
                import.format.clone(),
                import.source.clone(),
                time!(import.started_at).unwrap_or_default(),
            ]);
        }
        text.push_str(&table.render());
    }
    text
}
