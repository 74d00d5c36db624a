//! `redress policy retire`: puts a policy out of force.

use clap::Args;
use redress_wire::workflow::v1::RetirePolicyRequest;
use serde_json::json;

use super::apply::Given;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{recorded, recorded_line};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The name of a policy in force
    #[arg(value_name = "NAME")]
    policy: String,

    #[command(flatten)]
    given: Given,
}

pub(super) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { policy, given } = arguments;
    let request = RetirePolicyRequest {
        etag: given.etag.unwrap_or_default(),
        request_id: given.request_id.unwrap_or_default(),
        occurred_at: None,
        policy,
        reason: given.reason.unwrap_or_default(),
    };
    let mut client = Client::of(global)?.policy().await?;
    let answer = client.retire_policy(request).await?.into_inner();
    global.output.print(
        || json!({ "recorded": recorded(answer.recorded.as_ref()) }),
        || recorded_line(answer.recorded.as_ref()),
    );
    Ok(())
}
