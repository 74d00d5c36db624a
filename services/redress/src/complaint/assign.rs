//! `redress complaint assign`: to whom, by name or by policy.

use clap::Args;
use redress_wire::workflow::v1::AssignComplaintRequest;
use serde_json::json;

use super::command::d;
use super::target::Target;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{recorded, recorded_line, text};
use crate::table::fields;

#[derive(Debug, Args)]
pub(crate) struct Assign {
    #[command(flatten)]
    target: Target,
    /// `user:<pseudonym>`; with neither this nor a queue, whom the policy chooses
    #[arg(long, default_value = "", hide_default_value = true)]
    handler: String,
    /// The queue that it waits in, as you call it
    #[arg(long, default_value = "", hide_default_value = true)]
    queue: String,
}

pub(super) async fn run(global: &Global, it: Assign) -> Result<(), Failure> {
    let mut request = AssignComplaintRequest {
        handler: it.handler,
        queue: it.queue,
        ..d()
    };
    let mut client = Client::of(global)?.workflow().await?;
    it.target.fill(&mut client, &mut request).await?;
    let answer = client.assign_complaint(request).await?.into_inner();
    let done = answer.recorded.as_ref();
    global.output.print(
        || {
            json!({
                "recorded": recorded(done),
                "handler": text(&answer.handler),
                "queue": text(&answer.queue),
            })
        },
        || {
            let told = fields(&[
                ("handler", answer.handler.clone()),
                ("queue", answer.queue.clone()),
            ]);
            format!("{told}{}", recorded_line(done))
        },
    );
    Ok(())
}
