//! `redress view rebuild`

use redress_service::Kind;
use redress_wire::log::v1::{RebuildViewRequest, ViewStatus};

use super::{all, name};
use crate::client::Client;
use crate::failure::Failure;
use crate::progress;

/// One after the other: each reads all of its logs.
pub(super) async fn run(client: &Client, only: Option<&str>) -> Result<(), Failure> {
    let views = all(client).await?;
    let wanted = |view: &&ViewStatus| only.is_none_or(|only| name(view) == only);
    let wanted: Vec<&ViewStatus> = views.iter().filter(wanted).collect();
    if wanted.is_empty() {
        let names: Vec<String> = views.iter().map(name).collect();
        return Err(
            Failure::new(Kind::NotFound, "VIEW_UNKNOWN", "there is no such view")
                .with_field("view")
                .with_remedy(format!("take one of {}", names.join(", "))),
        );
    }
    for view in wanted {
        rebuild(client, view).await?;
    }
    Ok(())
}

async fn rebuild(client: &Client, view: &ViewStatus) -> Result<(), Failure> {
    let request = RebuildViewRequest {
        service: view.service.clone(),
        view: view.view.clone(),
    };
    let mut door = client.views(&view.service).await?;
    let mut told = door.rebuild_view(request).await?.into_inner();
    let bar = progress::of_counts("rebuilding", 0);
    let done = loop {
        match told.message().await {
            Ok(None) => break Ok(()),
            Err(status) => break Err(status.into()),
            Ok(Some(answer)) => {
                if let Some(it) = answer.view.and_then(|view| view.rebuilding) {
                    bar.set_length(it.total);
                    bar.set_position(it.done);
                }
            }
        }
    };
    bar.finish_and_clear();
    done
}
