//! Which complaint a command is about, and what all commands have in common.

use clap::Args;
use jiff::Timestamp;
use redress_wire::log::v1::Recorded;
use redress_wire::workflow::v1::GetComplaintRequest;
use redress_wire::workflow::v1::get_complaint_request::Key;
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use redress_wire::{CommandRequest, time_to_wire};
use serde_json::{Value, json};

use crate::client::Door;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{recorded, recorded_line};
use crate::moment::instant;

#[derive(Debug, Clone, Args)]
pub(crate) struct Target {
    /// Its id, or its reference (`RD-2026-000123-7`)
    complaint: String,

    #[command(flatten)]
    pub(crate) given: Given,
}

/// What a command on any resource takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Given {
    /// Fail if somebody was faster: the etag that you decided by
    #[arg(long)]
    etag: Option<String>,

    /// The same again is answered as the first time
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,

    /// When it happened; now, if absent
    #[arg(long, value_name = "TIME", value_parser = instant)]
    occurred_at: Option<Timestamp>,
}

impl Given {
    pub(crate) fn fill(&self, id: String, request: &mut impl CommandRequest) {
        request.set(
            id,
            self.etag.clone().unwrap_or_default(),
            self.request_id.clone().unwrap_or_default(),
            self.occurred_at.map(time_to_wire),
        );
    }
}

impl Target {
    pub(crate) async fn fill(
        &self,
        client: &mut WorkflowServiceClient<Door>,
        request: &mut impl CommandRequest,
    ) -> Result<(), Failure> {
        let id = if is_reference(&self.complaint) {
            id_of(client, &self.complaint).await?
        } else {
            self.complaint.clone()
        };
        self.given.fill(id, request);
        Ok(())
    }
}

pub(crate) fn is_reference(text: &str) -> bool {
    text.starts_with("RD-")
}

async fn id_of(
    client: &mut WorkflowServiceClient<Door>,
    reference: &str,
) -> Result<String, Failure> {
    let key = Some(Key::Reference(reference.to_owned()));
    let request = GetComplaintRequest {
        key,
        ..GetComplaintRequest::default()
    };
    let answer = client.get_complaint(request).await?.into_inner();
    Ok(answer.complaint.unwrap_or_default().complaint_id)
}

/// Tells what a command left behind; `more` fields stand beside it.
pub(crate) fn tell(global: &Global, done: Option<&Recorded>, more: &[(&str, Value)]) {
    global.output.print(
        || {
            let mut all = json!({ "recorded": recorded(done) });
            for (name, value) in more {
                all[*name] = value.clone();
            }
            all
        },
        || {
            let more = more
                .iter()
                .map(|(name, value)| format!("\n{name}: {value}"));
            recorded_line(done) + &more.collect::<String>()
        },
    );
}
