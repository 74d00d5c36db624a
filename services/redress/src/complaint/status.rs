//! `redress complaint status-token` and `status`: what who complained may see.

use std::fmt::Write;

use clap::{Args, Subcommand};
use redress_wire::workflow::v1 as wire;
use serde_json::{Value, json};

use super::command::{d, words};
use super::message::ask;
use super::target::{Target, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{text, time, when};
use crate::table::{clean, fields};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Give out a token; it is told this once
    Issue(Target),
    /// Let a token open nothing any more, or all of a complaint
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    target: Target,
    /// Its number, as it was given out; all of them, if absent
    #[arg(long)]
    number: Option<u32>,
    /// A code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// As it was given out; `-` reads it from standard input
    token: String,
}

pub(super) async fn token(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Issue(target) => {
            let request = wire::IssueStatusTokenRequest::default();
            let answer = ask!(global, target, issue_status_token, request);
            let told = [
                ("token", text(&answer.token)),
                ("token_number", json!(answer.token_number)),
            ];
            tell(global, answer.recorded.as_ref(), &told);
            Ok(())
        }
        Verb::Revoke(it) => {
            let request = wire::RevokeStatusTokensRequest {
                token_number: it.number.unwrap_or_default(),
                reason: it.reason,
                ..d()
            };
            let answer = ask!(global, it.target, revoke_status_tokens, request);
            tell(global, answer.recorded.as_ref(), &[]);
            Ok(())
        }
    }
}

pub(super) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let token = words(Some(arguments.token))?;
    let mut client = Client::of(global)?.status().await?;
    let request = wire::GetStatusRequest { token };
    let answer = client.get_status(request).await?.into_inner();
    global
        .output
        .print(|| as_json(&answer), || as_text(&answer));
    Ok(())
}

fn as_json(it: &wire::GetStatusResponse) -> Value {
    let next = it
        .next
        .as_ref()
        .map(|next| json!({ "what": next.what, "due_at": time!(next.due_at), "late": next.late }));
    json!({
        "reference": it.reference,
        "stage": it.stage,
        "received_at": time!(it.received_at),
        "received_on": text(&it.received_on),
        "next": next,
        "said": it.said.iter().map(said).collect::<Vec<_>>(),
    })
}

fn said(it: &wire::Said) -> Value {
    json!({
        "said_at": time!(it.said_at),
        "what": it.what,
        "channel": text(&it.channel),
        "outcome": text(&it.outcome),
        "subject": text(&it.subject),
        "text": text(&it.text),
        "unreadable": it.unreadable,
    })
}

fn as_text(it: &wire::GetStatusResponse) -> String {
    let next = it.next.as_ref().map(|next| {
        let due = time!(next.due_at).unwrap_or_default();
        let late = if next.late { ", which is over" } else { "" };
        format!("{} by {due}{late}", next.what)
    });
    let mut told = fields(&[
        ("reference", it.reference.clone()),
        ("stage", it.stage.replace('_', " ")),
        ("received", when!(it.received_at, it.received_on)),
        ("next", next.unwrap_or_default()),
    ]);
    for said in &it.said {
        let at = time!(said.said_at).unwrap_or_default();
        let outcome = if said.outcome.is_empty() {
            String::new()
        } else {
            format!(": {}", said.outcome)
        };
        // Writing to a text cannot fail.
        let _written = write!(
            told,
            "\n{at}  {} by {}{outcome}\n",
            said.what,
            clean(&said.channel)
        );
        let subject = ("subject", said.subject.clone());
        let words = if said.unreadable {
            "(not readable any more)".to_owned()
        } else {
            said.text.clone()
        };
        told.push_str(&fields(&[subject, ("text", words)]));
    }
    told
}
