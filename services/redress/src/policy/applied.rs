//! `redress policy applied`: what is in force, and what was.

use redress_wire::workflow::v1::{ListPoliciesRequest, PolicyVersion};
use serde_json::{Value, json};

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::text;
use crate::table::Table;

pub(super) async fn run(global: &Global) -> Result<(), Failure> {
    let mut client = Client::of(global)?.policy().await?;
    let answer = client.list_policies(ListPoliciesRequest {}).await?;
    let answer = answer.into_inner();
    global.output.print(
        || {
            let all: Vec<Value> = answer.policies.iter().map(as_json).collect();
            json!({ "policies": all, "etag": answer.etag, "token": text(&answer.token) })
        },
        || {
            let mut table = Table::new(&["version", "in force", "clocks", "about"]);
            for policy in &answer.policies {
                table.row_whole([
                    policy.version.clone(),
                    if policy.in_force { "yes" } else { "no" }.to_owned(),
                    policy.clocks.join(", "),
                    match &*policy.unreadable {
                        "" => policy.about.clone(),
                        why => format!("cannot be read by this program: {why}"),
                    },
                ]);
            }
            table.render()
        },
    );
    Ok(())
}

fn as_json(policy: &PolicyVersion) -> Value {
    json!({
        "policy": policy.policy,
        "version": policy.version,
        "in_force": policy.in_force,
        "about": text(&policy.about),
        "clocks": policy.clocks,
        "unreadable": text(&policy.unreadable),
    })
}
