//! `redress feedback rejected ..`

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use redress_feedback::rejected::codes;
use redress_wire::intake::v1::{
    DiscardRejectedRequest, GetRejectedRequest, GetRejectedResponse, ListRejectedRequest,
    RejectedFilter, RejectedInput, RejectedMessage, RejectedState,
};
use serde_json::{Value, json};

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{day, recorded, recorded_line, text, time};
use crate::paging::{Listed, up_to};
use crate::table::{Table, fields};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    list: Wanted,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Pages of what was rejected, the newest first
    List(Wanted),
    /// One of it, with what came
    Show {
        /// Its id
        id: String,
    },
    /// It is not feedback: what came is erased
    Discard {
        /// Its id
        id: String,

        /// Why, as a code: `test_message`, `duplicate`, `not_feedback`
        #[arg(long, value_name = "CODE")]
        reason: String,

        /// Only if nobody was faster
        #[arg(long)]
        etag: Option<String>,

        /// The same again is answered as the first time
        #[arg(long, value_name = "ID")]
        request_id: Option<String>,
    },
}

#[derive(Debug, Args)]
struct Wanted {
    /// Who sent it: the last part of the subject
    #[arg(long)]
    source: Vec<String>,

    /// Why it was rejected
    #[arg(long, value_name = "CODE", value_parser = PossibleValuesParser::new(codes()))]
    reason: Vec<String>,

    /// open, accepted or discarded
    #[arg(long, value_parser = state)]
    state: Option<RejectedState>,

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

fn state(text: &str) -> Result<RejectedState, String> {
    let known = [
        RejectedState::Open,
        RejectedState::Accepted,
        RejectedState::Discarded,
    ];
    let found = known.into_iter().find(|it| word(*it) == text);
    found.ok_or_else(|| "write open, accepted or discarded".to_owned())
}

fn word(state: RejectedState) -> &'static str {
    match state {
        RejectedState::Unspecified => "unknown",
        RejectedState::Open => "open",
        RejectedState::Accepted => "accepted",
        RejectedState::Discarded => "discarded",
    }
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    match arguments.verb.unwrap_or(Verb::List(arguments.list)) {
        Verb::List(wanted) => list(global, wanted).await,
        Verb::Show { id } => show(global, id).await,
        Verb::Discard {
            id,
            reason,
            etag,
            request_id,
        } => {
            let request = DiscardRejectedRequest {
                rejected_id: id,
                reason,
                etag: etag.unwrap_or_default(),
                request_id: request_id.unwrap_or_default(),
            };
            discard(global, request).await
        }
    }
}

async fn list(global: &Global, wanted: Wanted) -> Result<(), Failure> {
    let client = Client::of(global)?;
    let intake = client.intake().await?;
    let filter = RejectedFilter {
        sources: wanted.source,
        reasons: wanted.reason,
        state: wanted.state.unwrap_or(RejectedState::Unspecified).into(),
    };
    let listed = up_to(
        wanted.limit,
        wanted.page_token,
        async |page_size, page_token| {
            let request = ListRejectedRequest {
                filter: Some(filter.clone()),
                page_size,
                page_token,
                wait_for: wanted.wait_for.clone(),
            };
            let page = intake.clone().list_rejected(request).await?.into_inner();
            Ok(Listed {
                items: page.rejected,
                next_page_token: page.next_page_token,
                token: page.token,
                incomplete_from: page.incomplete_from,
            })
        },
    );
    let listed = listed.await?;
    global.output.print(
        || {
            json!({
                "rejected": listed.items.iter().map(rejected).collect::<Vec<_>>(),
                "next_page_token": text(&listed.next_page_token),
                "token": text(&listed.token),
                "incomplete_from": text(&listed.incomplete_from),
            })
        },
        || {
            let mut table = Table::new(&["received", "id", "source", "state", "reason", "field"]);
            for it in &listed.items {
                let first = it.reasons.first().cloned().unwrap_or_default();
                let state = word(it.state()).to_owned();
                let (received, id) = (day!(it.received_at), it.rejected_id.clone());
                table.row([
                    received,
                    id,
                    it.source.clone(),
                    state,
                    first.code,
                    first.field,
                ]);
            }
            format!("{}{}", table.render(), super::more(&listed.next_page_token))
        },
    );
    Ok(())
}

async fn show(global: &Global, rejected_id: String) -> Result<(), Failure> {
    let client = Client::of(global)?;
    let request = GetRejectedRequest {
        rejected_id,
        wait_for: String::new(),
    };
    let answer = client
        .intake()
        .await?
        .get_rejected(request)
        .await?
        .into_inner();
    let found = answer.rejected.clone().unwrap_or_default();
    global.output.print(
        || {
            json!({
                "rejected": [rejected(&found)],
                "message": answer.message.as_ref().map(message),
                "missing": answer.missing,
                "token": text(&answer.token),
            })
        },
        || render(&found, &answer),
    );
    Ok(())
}

async fn discard(global: &Global, request: DiscardRejectedRequest) -> Result<(), Failure> {
    let client = Client::of(global)?;
    let answer = client
        .intake()
        .await?
        .discard_rejected(request)
        .await?
        .into_inner();
    global.output.print(
        || json!({ "recorded": recorded(answer.recorded.as_ref()) }),
        || recorded_line(answer.recorded.as_ref()),
    );
    Ok(())
}

fn rejected(it: &RejectedInput) -> Value {
    let reason = |it: &redress_wire::intake::v1::RejectionReason| {
        json!({
            "code": it.code,
            "field": text(&it.field),
            "reason": text(&it.reason),
            "remedy": text(&it.remedy),
        })
    };
    json!({
        "rejected_id": it.rejected_id,
        "etag": text(&it.etag),
        "door": text(&it.door),
        "source": text(&it.source),
        "reasons": it.reasons.iter().map(reason).collect::<Vec<_>>(),
        "more_reasons": it.more_reasons,
        "state": word(it.state()),
        "received_at": time!(it.received_at),
        "recorded_at": time!(it.recorded_at),
        "position": it.position,
        "size": it.bytes,
        "feedback_id": text(&it.feedback_id),
        "corrected": it.corrected,
        "discard_reason": text(&it.discard_reason),
        "settled_at": time!(it.settled_at),
        "settled_by": text(&it.settled_by),
    })
}

/// A body that is no text is shown as far as it is one.
fn message(it: &RejectedMessage) -> Value {
    json!({
        "id": text(&it.id),
        "headers": it.headers,
        "body": String::from_utf8_lossy(&it.body),
    })
}

fn render(it: &RejectedInput, answer: &GetRejectedResponse) -> String {
    let message = answer.message.as_ref();
    let reasons = it
        .reasons
        .iter()
        .map(|it| format!("{}: {}; {}", it.code, it.reason, it.remedy));
    let more = (it.more_reasons > 0).then(|| format!("and {} more", it.more_reasons));
    let reasons: Vec<String> = reasons.chain(more).collect();
    let body = match message {
        Some(it) => String::from_utf8_lossy(&it.body).into_owned(),
        None if answer.missing => "(lost)".to_owned(),
        None => "(erased)".to_owned(),
    };
    fields(&[
        ("id", it.rejected_id.clone()),
        ("source", it.source.clone()),
        ("state", word(it.state()).to_owned()),
        ("reasons", reasons.join(", ")),
        ("received", time!(it.received_at).unwrap_or_default()),
        ("feedback", it.feedback_id.clone()),
        ("discarded for", it.discard_reason.clone()),
        ("settled by", it.settled_by.clone()),
        (
            "message id",
            message.map(|it| it.id.clone()).unwrap_or_default(),
        ),
        ("body", body),
    ])
}
