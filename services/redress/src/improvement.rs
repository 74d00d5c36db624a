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
use crate::complaint::{id_of, is_reference};
use crate::failure::Failure;
use crate::feedback::{Page, more};
use crate::global::Global;
use crate::json::{day, text, time};
use crate::moment::Seen;
use crate::paging::{Listed, up_to};
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

    /// What it was opened from: signal, complaint, audit, risk, supplier, review or person, and which
    /// one, as in `complaint/RD-2026-000123-7`
    #[arg(
        long,
        value_name = "KIND[/ID]",
        default_value = "",
        hide_default_value = true
    )]
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
    let source = source(global, &arguments.from).await?;
    let filter = ImprovementFilter {
        statuses: arguments.status,
        owners: arguments.owner,
        source_kind: source.kind,
        source_id: source.id,
    };
    let page = arguments.page;
    let mut client = Client::of(global)?.improvement().await?;
    let listed = up_to(page.limit, page.after, async |page_size, page_token| {
        let request = ListImprovementsRequest {
            filter: Some(filter.clone()),
            order: order.into(),
            page_size,
            page_token,
            wait_for: page.wait_for.clone(),
        };
        let answer = client.list_improvements(request).await?.into_inner();
        Ok(Listed {
            items: answer.improvements,
            next_page_token: answer.next_page_token,
            token: answer.token,
            incomplete_from: answer.incomplete_from,
        })
    });
    let listed = listed.await?;
    global.output.print(
        || {
            json!({
                "improvements": listed.items.iter().map(json::improvement).collect::<Vec<_>>(),
                "next_page_token": text(&listed.next_page_token),
                "token": text(&listed.token),
                "incomplete_from": text(&listed.incomplete_from),
            })
        },
        || {
            format!(
                "{}{}",
                table(&listed.items).render(),
                more(&listed.next_page_token)
            )
        },
    );
    Ok(())
}

/// `audit/A-7`: a kind, and which one. A complaint is also named by its reference.
async fn source(global: &Global, text: &str) -> Result<ImprovementSource, Failure> {
    let (kind, id) = match text.split_once('/') {
        Some(parts) => parts,
        None if is_reference(text) => ("complaint", text),
        None => (text, ""),
    };
    let id = if kind == "complaint" && is_reference(id) {
        id_of(&mut Client::of(global)?.workflow().await?, id).await?
    } else {
        id.to_owned()
    };
    Ok(ImprovementSource {
        kind: kind.to_owned(),
        id,
        ..ImprovementSource::default()
    })
}

pub(crate) fn table(improvements: &[Improvement]) -> Table {
    let head = [
        "id", "opened", "status", "from", "title", "signals", "latest", "owner", "due",
    ];
    let mut table = Table::new(&head);
    for it in improvements {
        let source = it.source.clone().unwrap_or_default();
        let is_signal = !source.month.is_empty();
        let signals = it.further_signals.len() + usize::from(is_signal);
        let months = it.further_signals.iter().map(|it| it.month.as_str());
        let latest = months.chain([&*source.month]).max().unwrap_or_default();
        table.row([
            it.improvement_id.clone(),
            day!(it.opened_at),
            it.status.clone(),
            source.kind.clone(),
            it.title.clone(),
            if is_signal {
                signals.to_string()
            } else {
                String::new()
            },
            latest.to_owned(),
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
    let pair = |first: &str, second: &str| format!("{first} {second}").trim().to_owned();
    let further = it.further_signals.iter().map(further);
    fields(&[
        ("id", it.improvement_id.clone()),
        ("status", it.status.clone()),
        ("etag", it.etag.clone()),
        ("title", it.title.clone()),
        ("opened", day!(it.opened_at)),
        ("from", pair(&source.kind, &source.id)),
        ("slice", pair(&source.dimension, &source.value)),
        ("month", source.month),
        ("rule", source.rule),
        ("figures", figures.collect::<Vec<_>>().join("\n")),
        ("further signals", further.collect::<Vec<_>>().join("\n")),
        ("accepted", day!(it.accepted_at)),
        ("owner", it.owner.clone()),
        ("due", it.due.clone()),
        ("dismissed", day!(it.dismissed_at)),
        ("dismissed because", it.dismissal_reason.clone()),
        ("planned", day!(it.planned_at)),
        ("actions", actions.collect::<Vec<_>>().join("\n")),
        ("implemented", day!(it.implemented_at)),
        ("evidence", it.evidence.clone()),
        ("closed", day!(it.closed_at)),
        ("summary", it.summary.clone()),
        ("verdict", it.verdict.clone()),
        ("last recorded", time!(it.updated_at).unwrap_or_default()),
    ])
}

/// `2026-11: 41 received, upper limit 20.1143`
fn further(signal: &ImprovementSource) -> String {
    let figure = |name: &str| signal.figures.get(name).cloned().unwrap_or_default();
    let (month, observed, upper) = (&signal.month, figure("observed"), figure("upper"));
    format!(
        "{month}: {observed} received, upper limit {upper}, by {}",
        signal.rule
    )
}
