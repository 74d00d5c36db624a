//! Which complaint a command is about, and what all commands have in common.

use clap::Args;
use jiff::Timestamp;
use redress_service::clock;
use redress_wire::log::v1::Recorded;
use redress_wire::workflow::v1::GetComplaintRequest;
use redress_wire::workflow::v1::get_complaint_request::Key;
use redress_wire::workflow::v1::workflow_service_client::WorkflowServiceClient;
use redress_wire::{CommandRequest, time_from_wire, time_to_wire};
use serde_json::{Value, json};

use crate::client::Door;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{recorded, recorded_line};
use crate::moment::{Told, told};

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

    /// When it happened: a time, or a day; now, if absent
    ///
    /// A step has a time: a day is its first moment in UTC, or that of the receipt or the decision where
    /// these were later on the same day, or some minutes ago where it has not begun in UTC yet. Which
    /// one is looked up when the command is given, so repeat a command with the time that it was
    /// recorded with (`complaint history`).
    #[arg(long, value_name = "TIME", value_parser = told)]
    occurred_at: Option<Told>,
}

impl Given {
    pub(crate) fn fill(&self, id: String, request: &mut impl CommandRequest) {
        self.fill_after(&[], id, request);
    }

    fn fill_after(&self, follows: &[Timestamp], id: String, request: &mut impl CommandRequest) {
        let moment = |told: Told| time_to_wire(told.moment(follows, clock::now()));
        request.set(
            id,
            self.etag.clone().unwrap_or_default(),
            self.request_id.clone().unwrap_or_default(),
            self.occurred_at.map(moment),
        );
    }
}

impl Target {
    pub(crate) async fn fill(
        &self,
        client: &mut WorkflowServiceClient<Door>,
        request: &mut impl CommandRequest,
    ) -> Result<(), Failure> {
        let id = id_of(client, &self.complaint).await?;
        let follows = match self.given.occurred_at {
            Some(Told::On(_)) => steps_before(client, &id).await?,
            Some(Told::At(_)) | None => Vec::new(),
        };
        self.given.fill_after(&follows, id, request);
        Ok(())
    }
}

pub(crate) fn is_reference(text: &str) -> bool {
    text.starts_with("RD-")
}

/// The id of a complaint that is named by its id or its reference.
pub(crate) async fn id_of(
    client: &mut WorkflowServiceClient<Door>,
    complaint: &str,
) -> Result<String, Failure> {
    if !is_reference(complaint) {
        return Ok(complaint.to_owned());
    }
    let key = Some(Key::Reference(complaint.to_owned()));
    let request = GetComplaintRequest {
        key,
        ..GetComplaintRequest::default()
    };
    let answer = client.get_complaint(request).await?.into_inner();
    Ok(answer.complaint.unwrap_or_default().complaint_id)
}

/// What no step may come before.
async fn steps_before(
    client: &mut WorkflowServiceClient<Door>,
    id: &str,
) -> Result<Vec<Timestamp>, Failure> {
    let request = GetComplaintRequest {
        key: Some(Key::ComplaintId(id.to_owned())),
        ..GetComplaintRequest::default()
    };
    let answer = client.get_complaint(request).await?.into_inner();
    let complaint = answer.complaint.unwrap_or_default();
    let times = [complaint.received_at, complaint.decision_communicated_at];
    let times = times.into_iter().flatten().map(time_from_wire);
    Ok(times.filter_map(Result::ok).collect())
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
