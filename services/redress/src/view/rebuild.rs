//! `redress view rebuild`

use std::time::{Duration, Instant};

use redress_service::Kind;
use redress_wire::log::v1::{RebuildViewRequest, ViewStatus};
use serde_json::{Value, json};

use super::{all, name};
use crate::client::Client;
use crate::failure::Failure;
use crate::progress;

/// A view that was built again.
#[derive(Debug)]
pub(super) struct Rebuilt {
    view: String,
    /// Of all its logs together.
    records: u64,
    took: Duration,
}

impl Rebuilt {
    pub(super) fn as_json(&self) -> Value {
        json!({
            "view": self.view,
            "records": self.records,
            "seconds": format!("{:.3}", self.took.as_secs_f64()),
        })
    }

    pub(super) fn as_line(&self) -> String {
        let (view, records, seconds) = (&self.view, self.records, self.took.as_secs_f64());
        format!("{view} built again from {records} records in {seconds:.1} s\n")
    }
}

/// One after the other: each reads all of its logs.
pub(super) async fn run(client: &Client, only: Option<&str>) -> Result<Vec<Rebuilt>, Failure> {
    let (told, silent) = all(client).await;
    if let Some(failure) = silent {
        return Err(failure);
    }
    let views = told.views;
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
    let mut rebuilt = Vec::new();
    for view in wanted {
        rebuilt.push(rebuild(client, view).await?);
    }
    Ok(rebuilt)
}

async fn rebuild(client: &Client, view: &ViewStatus) -> Result<Rebuilt, Failure> {
    let began = Instant::now();
    let request = RebuildViewRequest {
        service: view.service.clone(),
        view: view.view.clone(),
    };
    let mut door = client.views(&view.service).await?;
    let mut told = door.rebuild_view(request).await?.into_inner();
    let bar = progress::of_counts("rebuilding", 0);
    let mut last = view.clone();
    let done = loop {
        match told.message().await {
            Ok(None) => break Ok(()),
            Err(status) => break Err(status),
            Ok(Some(answer)) => {
                last = answer.view.unwrap_or(last);
                if let Some(it) = &last.rebuilding {
                    bar.set_length(it.total);
                    bar.set_position(it.done);
                }
            }
        }
    };
    bar.finish_and_clear();
    done?;
    Ok(Rebuilt {
        view: name(view),
        records: last.logs.iter().map(|log| log.position).sum(),
        took: began.elapsed(),
    })
}
