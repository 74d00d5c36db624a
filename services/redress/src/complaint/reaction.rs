//! `redress complaint failed` and `redress complaint retry`: what was to follow from feedback or a
//! signal, and was not done.

use clap::Args;
use redress_wire::workflow::v1::{
    FailedReaction, ListFailedReactionsRequest, RetryReactionRequest,
};
use serde_json::{Value, json};

use super::tell;
use crate::client::Client;
use crate::failure::Failure;
use crate::feedback::more;
use crate::global::Global;
use crate::json::{text, time};
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Failed {
    /// How many, 1 to 500; with 0 the server chooses
    #[arg(long, default_value_t = 50)]
    limit: u32,

    /// Go on where the page before ended
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    page_token: String,

    /// Answer only when everything that this token covers has been seen
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    wait_for: String,
}

#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// Its id, as `failed` lists it
    reaction: String,

    /// The same again is answered as the first time
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    request_id: String,
}

pub(super) async fn failed(global: &Global, arguments: Failed) -> Result<(), Failure> {
    let request = ListFailedReactionsRequest {
        page_size: arguments.limit,
        page_token: arguments.page_token,
        wait_for: arguments.wait_for,
    };
    let mut client = Client::of(global)?.workflow().await?;
    let page = client.list_failed_reactions(request).await?.into_inner();
    global.output.print(
        || {
            json!({
                "reactions": page.reactions.iter().map(as_json).collect::<Vec<_>>(),
                "next_page_token": text(&page.next_page_token),
                "token": text(&page.token),
                "incomplete_from": text(&page.incomplete_from),
            })
        },
        || {
            let mut table = Table::new(&["id", "failed", "reaction", "about", "because"]);
            for it in &page.reactions {
                table.row_whole([
                    it.reaction_id.clone(),
                    time!(it.failed_at).unwrap_or_default(),
                    it.reaction.clone(),
                    it.about.clone(),
                    it.message.clone(),
                ]);
            }
            format!("{}{}", table.render(), more(&page.next_page_token))
        },
    );
    Ok(())
}

fn as_json(it: &FailedReaction) -> Value {
    json!({
        "reaction_id": it.reaction_id,
        "reaction": it.reaction,
        "cause": it.cause,
        "about": text(&it.about),
        "code": it.code,
        "facts": it.facts,
        "message": it.message,
        "failed_at": time!(it.failed_at),
    })
}

pub(super) async fn retry(global: &Global, arguments: Retry) -> Result<(), Failure> {
    let request = RetryReactionRequest {
        reaction_id: arguments.reaction,
        request_id: arguments.request_id,
    };
    let mut client = Client::of(global)?.workflow().await?;
    let answer = client.retry_reaction(request).await?.into_inner();
    tell(global, answer.recorded.as_ref(), &[]);
    Ok(())
}
