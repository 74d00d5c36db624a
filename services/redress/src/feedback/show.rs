//! `redress feedback get`

use clap::Args;
use redress_wire::intake::v1::get_feedback_request::Key;
use redress_wire::intake::v1::{Feedback, GetFeedbackRequest, InboundKey};
use serde_json::json;

use super::submit::key;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{text, time, when};
use crate::moment::Seen;
use crate::table::fields;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Its id, or the reference of its complaint (`RD-2026-000123-7`)
    #[arg(required_unless_present = "inbound_key")]
    feedback: Option<String>,

    /// Its name in another system: `crm:4711`
    #[arg(long, value_name = "SOURCE:ID", value_parser = key, conflicts_with = "feedback")]
    inbound_key: Option<(String, String)>,

    #[command(flatten)]
    seen: Seen,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let key = match (arguments.feedback.clone(), arguments.inbound_key.clone()) {
        (Some(reference), _) if reference.starts_with("RD-") => Key::Reference(reference),
        (Some(id), _) => Key::FeedbackId(id),
        (None, key) => {
            let (source, id) = key.unwrap_or_default();
            Key::InboundKey(InboundKey { source, id })
        }
    };
    let request = GetFeedbackRequest {
        key: Some(key),
        wait_for: arguments.seen.wait_for(),
        as_of: arguments.seen.as_of()?,
    };
    let client = Client::of(global)?;
    let answer = client
        .intake()
        .await?
        .get_feedback(request)
        .await?
        .into_inner();
    let feedback = answer.feedback.unwrap_or_default();
    global.output.print(
        || json!({ "feedback": super::json::feedback(&feedback), "token": text(&answer.token) }),
        || render(&feedback),
    );
    Ok(())
}

fn render(feedback: &Feedback) -> String {
    let given = feedback.submission.clone().unwrap_or_default();
    let scores = given
        .scores
        .iter()
        .map(|it| format!("{} {}", it.measure, it.value));
    let customer = given.customer.unwrap_or_default();
    let asked = |is: Option<bool>| is.map_or("", |is| if is { "yes" } else { "no" }).to_owned();
    let words = if feedback.missing {
        "(lost)".to_owned()
    } else {
        given.description
    };
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    fields(&[
        ("id", feedback.feedback_id.clone()),
        ("reference", feedback.reference.clone()),
        ("kind", given.kind),
        ("channel", given.channel),
        ("received", when!(given.received_at, given.received_on)),
        ("occurred", when!(given.occurred_at, given.occurred_on)),
        ("recorded", time!(feedback.recorded_at).unwrap_or_default()),
        ("recorded by", feedback.recorded_by.clone()),
        ("product", given.product),
        ("issue", given.issue),
        ("site", given.site),
        ("supplier", given.supplier),
        ("language", given.language),
        ("tags", given.tags.join(", ")),
        ("scores", scores.collect::<Vec<_>>().join(", ")),
        ("vulnerable", asked(given.vulnerable)),
        ("accessibility need", asked(given.accessibility_need)),
        ("customer", customer.reference),
        ("name", customer.name),
        ("erased", yes(feedback.erased)),
        ("words", words),
    ])
}
