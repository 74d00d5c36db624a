//! `redress complaint history`

use clap::Args;
use redress_wire::workflow::v1::get_complaint_history_request::Key;
use redress_wire::workflow::v1::{GetComplaintHistoryRequest, HistoryEntry};
use serde_json::{Value, json};

use super::show::words_of;
use super::target::is_reference;
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{hex, text, time};
use crate::moment::Seen;
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Its id, or its reference (`RD-2026-000123-7`)
    complaint: String,

    #[command(flatten)]
    seen: Seen,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let mut client = Client::of(global)?.workflow().await?;
    let (mut entries, mut page_token) = (Vec::new(), String::new());
    let (complaint_id, token) = loop {
        let key = if is_reference(&arguments.complaint) {
            Key::Reference(arguments.complaint.clone())
        } else {
            Key::ComplaintId(arguments.complaint.clone())
        };
        let request = GetComplaintHistoryRequest {
            key: Some(key),
            wait_for: arguments.seen.wait_for(),
            as_of: arguments.seen.as_of()?,
            page_size: 0,
            page_token,
        };
        let page = client.get_complaint_history(request).await?.into_inner();
        entries.extend(page.entries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break (page.complaint_id, page.token);
        }
    };
    global.output.print(
        || {
            json!({
                "complaint_id": complaint_id,
                "entries": entries.iter().map(as_json).collect::<Vec<_>>(),
                "token": text(&token),
            })
        },
        || render(&entries),
    );
    Ok(())
}

fn as_json(it: &HistoryEntry) -> Value {
    json!({
        "version": it.version,
        "position": it.position,
        "type": it.r#type,
        "recorded_at": time!(it.recorded_at),
        "occurred_at": time!(it.occurred_at),
        "actor": text(&it.actor),
        "summary": text(&it.summary),
        // The stored bytes are JSON: a program hashes them with `redress log read --output json`.
        "record": serde_json::from_slice::<Value>(&it.record).unwrap_or(Value::Null),
        "leaf_hash": hex(&it.leaf_hash),
        "words": it.words.as_ref().map(super::json::note),
    })
}

fn render(entries: &[HistoryEntry]) -> String {
    let mut table = Table::new(&["occurred", "recorded", "who", "what"]);
    for entry in entries {
        let what = if entry.summary.is_empty() {
            &entry.r#type
        } else {
            &entry.summary
        };
        let words = entry.words.as_ref();
        let words = words.map(|it| format!(" \"{}\"", words_of(it)));
        table.row_whole([
            time!(entry.occurred_at).unwrap_or_default(),
            time!(entry.recorded_at).unwrap_or_default(),
            entry.actor.clone(),
            what.clone() + &words.unwrap_or_default(),
        ]);
    }
    table.render()
}
