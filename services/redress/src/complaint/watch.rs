//! `redress complaint watch`: a line for each change, until interrupted.

use clap::Args;
use redress_wire::workflow::v1::WatchComplaintsRequest;
use serde_json::json;

use super::list::Filter;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{text, time};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    filter: Filter,

    /// The token of the last change that was dealt with; from now on, if absent
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    resume_after: String,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let request = WatchComplaintsRequest {
        filter: Some(arguments.filter.to_wire()),
        resume_after: arguments.resume_after,
    };
    let mut client = Client::of(global)?.workflow().await?;
    let mut changes = client.watch_complaints(request).await?.into_inner();
    while let Some(change) = changes.message().await? {
        // A heartbeat.
        let Some(complaint) = &change.complaint else {
            continue;
        };
        global.output.print_line(
            || {
                json!({
                    "complaint": super::json::complaint(complaint),
                    "event_type": text(&change.event_type),
                    "token": text(&change.token),
                })
            },
            || {
                let at = time!(complaint.updated_at).unwrap_or_default();
                let (reference, status) = (&complaint.reference, &complaint.status);
                format!(
                    "{at}  {reference}  {status}  {}  {}",
                    change.event_type, change.token
                )
            },
        );
    }
    Ok(())
}
