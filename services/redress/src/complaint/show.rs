//! `redress complaint show`

use clap::Args;
use redress_wire::workflow::v1::get_complaint_request::Key;
use redress_wire::workflow::v1::{Complaint, GetComplaintRequest, Remedy};
use serde_json::json;

use super::remedy;
use super::target::is_reference;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{text, time};
use crate::moment::Seen;
use crate::table::fields;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Its id, or its reference (`RD-2026-000123-7`)
    complaint: String,

    #[command(flatten)]
    seen: Seen,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let key = if is_reference(&arguments.complaint) {
        Key::Reference(arguments.complaint.clone())
    } else {
        Key::ComplaintId(arguments.complaint.clone())
    };
    let request = GetComplaintRequest {
        key: Some(key),
        wait_for: arguments.seen.wait_for(),
        as_of: arguments.seen.as_of()?,
    };
    let client = Client::of(global)?;
    let answer = client
        .workflow()
        .await?
        .get_complaint(request)
        .await?
        .into_inner();
    let complaint = answer.complaint.unwrap_or_default();
    global.output.print(
        || {
            json!({
                "complaint": super::json::complaint(&complaint),
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || render(&complaint),
    );
    Ok(())
}

fn render(it: &Complaint) -> String {
    let about = it.about.clone().unwrap_or_default();
    let assessment = it.assessment.clone().unwrap_or_default();
    let investigation = it.investigation.clone().unwrap_or_default();
    let response = it.response.clone().unwrap_or_default();
    let decision = it.decision.clone().unwrap_or_default();
    let time = |name, time: Option<String>| (name, time.unwrap_or_default());
    let mut all = vec![
        ("reference", it.reference.clone()),
        ("id", it.complaint_id.clone()),
        ("status", it.status.clone()),
        ("etag", it.etag.clone()),
        ("product", about.product),
        ("issue", about.issue),
        ("channel", about.channel),
        ("handler", it.handler.clone()),
        ("queue", it.queue.clone()),
        ("unknown steps", it.unknown_steps.join(", ")),
        time("received", time!(it.received_at)),
        time("acknowledged", time!(it.acknowledged_at)),
        time("assessed", time!(it.assessed_at)),
        ("severity", assessment.severity),
        ("safety", assessment.safety_implication),
        time("investigation", time!(it.investigation_started_at)),
        ("investigator", investigation.investigator),
        ("not required", investigation.not_required_reason),
        time("proposed", time!(it.response_proposed_at)),
        ("cause", response.cause_code),
        ("refusal", response.refusal_reason),
        (
            "remedies",
            response
                .remedies
                .iter()
                .map(remedy_line)
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        time("communicated", time!(it.decision_communicated_at)),
        ("outcome", decision.outcome),
        time("disputed", time!(it.disputed_at)),
        time("closed", time!(it.closed_at)),
        ("basis", it.closing_basis.clone()),
        time("withdrawn", time!(it.withdrawn_at)),
    ];
    if let Some(reported) = &it.reported {
        all.push(("reported by", reported.source.clone()));
        all.push(("reported answer", reported.response.clone()));
        all.push(("reported timely", reported.timely.clone()));
        all.push(("reported disputed", reported.disputed.clone()));
    }
    let notes = it.notes.iter().map(|note| {
        let at = time!(note.recorded_at).unwrap_or_default();
        let words = if note.erased {
            "(erased)"
        } else {
            note.text.as_str()
        };
        format!("{at} {}: {words}", note.actor)
    });
    all.push(("notes", notes.collect::<Vec<_>>().join("\n")));
    fields(&all)
}

fn remedy_line(it: &Remedy) -> String {
    let amount = it
        .amount
        .as_ref()
        .map(|it| format!(" {}", remedy::shown(it)));
    let until = if it.promised_by.is_empty() {
        String::new()
    } else {
        format!(" until {}", it.promised_by)
    };
    let given = time!(it.fulfilled_at).map_or("open".to_owned(), |at| format!("given {at}"));
    format!(
        "{}. {}{}{until}, {given}",
        it.number,
        it.kind,
        amount.unwrap_or_default()
    )
}
