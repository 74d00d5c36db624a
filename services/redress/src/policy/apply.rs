//! `redress policy apply`: puts a policy in force.

use clap::Args;
use redress_policy::register::Written;
use redress_wire::workflow::v1::{ApplyPolicyRequest, PolicyFile};
use serde_json::json;

use super::source;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{recorded, recorded_line};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A TOML document, or the name of a policy that comes with the program
    #[arg(value_name = "FILE")]
    policy: String,

    #[command(flatten)]
    given: Given,
}

#[derive(Debug, Args)]
pub(super) struct Given {
    /// Why: a code of your own, as `new_law`
    #[arg(long, value_name = "CODE")]
    pub(super) reason: Option<String>,

    /// Fail if anything was put in force since: the etag of `policy applied`
    #[arg(long)]
    pub(super) etag: Option<String>,

    /// The same again is answered as the first time
    #[arg(long, value_name = "ID")]
    pub(super) request_id: Option<String>,
}

pub(super) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let Arguments { policy, given } = arguments;
    // What would be refused is told here, with the places in the file.
    let Written {
        document, files, ..
    } = source::written(&policy)?;
    let request = ApplyPolicyRequest {
        etag: given.etag.unwrap_or_default(),
        request_id: given.request_id.unwrap_or_default(),
        occurred_at: None,
        document,
        files: files
            .into_iter()
            .map(|file| PolicyFile {
                name: file.name,
                text: file.text,
            })
            .collect(),
        reason: given.reason.unwrap_or_default(),
    };
    let mut client = Client::of(global)?.policy().await?;
    let answer = client.apply_policy(request).await?.into_inner();
    global.output.print(
        || json!({ "version": answer.version, "recorded": recorded(answer.recorded.as_ref()) }),
        || {
            let line = recorded_line(answer.recorded.as_ref());
            format!("{} is in force\n{line}", answer.version)
        },
    );
    Ok(())
}
