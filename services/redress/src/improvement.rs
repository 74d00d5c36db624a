//! `redress improvement ..`

mod command;
mod json;
mod open;

use clap::{Args, Subcommand};
use redress_wire::workflow::v1::{
    GetImprovementRequest, Improvement, ImprovementFilter, ImprovementOrder, ImprovementSource,
    ListImprovementsRequest,
};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::feedback::{Page, more};
use crate::global::Global;
use crate::json::{day, text};
use crate::moment::Seen;
use crate::table::{Table, fields};

pub(crate) use json::improvement as as_json;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Pages of improvements
    List(List),
    /// One improvement as it stands
    Show(Show),
    /// A candidate that you open
    Open(open::Open),
    #[command(flatten)]
    Command(command::Verb),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// candidate, accepted, dismissed, planned, implemented, closed
    #[arg(long)]
    status: Vec<String>,

    /// `user:<pseudonym>`
    #[arg(long)]
    owner: Vec<String>,

    /// What it was opened from: `signal`, or `complaint/0-0192..`
    #[arg(long, value_name = "KIND[/ID]", default_value = "")]
    from: String,

    #[command(flatten)]
    page: Page,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Its id
    improvement: String,

    #[command(flatten)]
    seen: Seen,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::List(arguments) => list(global, arguments).await,
        Verb::Show(arguments) => show(global, arguments).await,
        Verb::Open(arguments) => open::run(global, arguments).await,
        Verb::Command(verb) => command::run(global, verb).await,
    }
}

async fn list(global: &Global, arguments: List) -> Result<(), Failure> {
    let order = if arguments.page.oldest_first {
        ImprovementOrder::OpenedAsc
    } else {
        ImprovementOrder::OpenedDesc
    };
    let source = source(&arguments.from);
    let request = ListImprovementsRequest {
        order: order.into(),
        page_size: arguments.page.limit,
        page_token: arguments.page.after,
        wait_for: arguments.page.wait_for,
        filter: Some(ImprovementFilter {
            statuses: arguments.status,
            owners: arguments.owner,
            source_kind: source.kind,
            source_id: source.id,
        }),
    };
    let client = Client::of(global)?;
    let page = client
        .improvement()
        .await?
        .list_improvements(request)
        .await?
        .into_inner();
    global.output.print(
        || {
            json!({
                "improvements": page.improvements.iter().map(json::improvement).collect::<Vec<_>>(),
                "next_page_token": text(&page.next_page_token),
                "token": text(&page.token),
                "incomplete_from": text(&page.incomplete_from),
            })
        },
        || {
            format!(
                "{}{}",
                table(&page.improvements).render(),
                more(&page.next_page_token)
            )
        },
    );
    Ok(())
}

/// `complaint/0-0192..`: a kind, and which one.
fn source(text: &str) -> ImprovementSource {
    let (kind, id) = text.split_once('/').unwrap_or((text, ""));
    ImprovementSource {
        kind: kind.to_owned(),
        id: id.to_owned(),
        ..ImprovementSource::default()
    }
}

pub(crate) fn table(improvements: &[Improvement]) -> Table {
    let mut table = Table::new(&["id", "opened", "status", "from", "title", "owner", "due"]);
    for it in improvements {
        let source = it.source.clone().unwrap_or_default();
        table.row([
            it.improvement_id.clone(),
            day!(it.opened_at),
            it.status.clone(),
            source.kind,
            it.title.clone(),
            it.owner.clone(),
            it.due.clone(),
        ]);
    }
    table
}

async fn show(global: &Global, arguments: Show) -> Result<(), Failure> {
    let request = GetImprovementRequest {
        wait_for: arguments.seen.wait_for(),
        as_of: arguments.seen.as_of()?,
        improvement_id: arguments.improvement,
    };
    let client = Client::of(global)?;
    let answer = client
        .improvement()
        .await?
        .get_improvement(request)
        .await?
        .into_inner();
    let improvement = answer.improvement.unwrap_or_default();
    global.output.print(
        || {
            json!({
                "improvement": json::improvement(&improvement),
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || render(&improvement),
    );
    Ok(())
}

fn render(it: &Improvement) -> String {
    let source = it.source.clone().unwrap_or_default();
    let figures = source
        .figures
        .iter()
        .map(|(name, value)| format!("{name} {value}"));
    let actions = it.actions.iter().map(|action| {
        let (kind, owner, due) = (&action.kind, &action.owner, &action.due);
        format!("{kind}, {owner}, until {due}: {}", action.description)
    });
    fields(&[
        ("id", it.improvement_id.clone()),
        ("status", it.status.clone()),
        ("etag", it.etag.clone()),
        ("title", it.title.clone()),
        ("opened", day!(it.opened_at)),
        ("from", format!("{} {}", source.kind, source.id)),
        ("slice", format!("{} {}", source.dimension, source.value)),
        ("month", source.month),
        ("rule", source.rule),
        ("figures", figures.collect::<Vec<_>>().join("\n")),
        ("owner", it.owner.clone()),
        ("due", it.due.clone()),
        ("actions", actions.collect::<Vec<_>>().join("\n")),
        ("evidence", it.evidence.clone()),
        ("dismissed because", it.dismissal_reason.clone()),
        ("summary", it.summary.clone()),
        ("verdict", it.verdict.clone()),
    ])
}
