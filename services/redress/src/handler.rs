//! `redress handler ..`: the register of those who handle complaints.

mod command;
mod json;

use clap::{Args, Subcommand};
use redress_wire::workflow::v1::{
    GetHandlerRequest, Handler, HandlerAbsence, HandlerFilter, HandlerSkill, ListHandlersRequest,
};
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::feedback::more;
use crate::global::Global;
use crate::json::{text, time};
use crate::moment::Seen;
use crate::paging::{Listed, up_to};
use crate::table::{Table, fields};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Pages of the register
    List(List),
    /// One person of the register
    Show(Show),
    #[command(flatten)]
    Command(command::Verb),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Those who take complaints from it; may be given several times
    #[arg(long)]
    queue: Vec<String>,

    /// Those who have it, expired or not; may be given several times
    #[arg(long)]
    skill: Vec<String>,

    /// Those, too, who were taken out of the register
    #[arg(long)]
    retired: bool,

    /// How many, 1 to 500; with 0 the server chooses
    #[arg(long, default_value_t = 50)]
    limit: u32,

    /// Go on where the page before ended
    #[arg(
        long = "page-token",
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    after: String,

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
pub(crate) struct Show {
    /// `user:<pseudonym>`
    handler: String,

    #[command(flatten)]
    seen: Seen,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::List(arguments) => list(global, arguments).await,
        Verb::Show(arguments) => show(global, arguments).await,
        Verb::Command(verb) => command::run(global, verb).await,
    }
}

async fn list(global: &Global, arguments: List) -> Result<(), Failure> {
    let filter = HandlerFilter {
        queues: arguments.queue,
        skills: arguments.skill,
        include_retired: arguments.retired,
    };
    let mut client = Client::of(global)?.handler().await?;
    let listed = up_to(
        arguments.limit,
        arguments.after,
        async |page_size, page_token| {
            let request = ListHandlersRequest {
                filter: Some(filter.clone()),
                page_size,
                page_token,
                wait_for: arguments.wait_for.clone(),
            };
            let answer = client.list_handlers(request).await?.into_inner();
            Ok(Listed {
                items: answer.handlers,
                next_page_token: answer.next_page_token,
                token: answer.token,
                incomplete_from: answer.incomplete_from,
            })
        },
    );
    let listed = listed.await?;
    global.output.print(
        || {
            json!({
                "handlers": listed.items.iter().map(json::listed).collect::<Vec<_>>(),
                "next_page_token": text(&listed.next_page_token),
                "token": text(&listed.token),
                "incomplete_from": text(&listed.incomplete_from),
            })
        },
        || {
            let (table, more) = (table(&listed.items), more(&listed.next_page_token));
            format!("{}{more}", table.render())
        },
    );
    Ok(())
}

fn table(handlers: &[Handler]) -> Table {
    let mut table = Table::new(&["handler", "load", "limit", "queues", "skills", "absent"]);
    for it in handlers {
        let number = |it: Option<u32>| it.map_or(String::new(), |it| it.to_string());
        let skills: Vec<&str> = it.skills.iter().map(|it| &*it.skill).collect();
        let absences: Vec<String> = it.absences.iter().map(absence).collect();
        table.row([
            it.handler.clone(),
            number(it.load),
            number(it.load_limit),
            it.queues.join(", "),
            if it.retired {
                "retired".to_owned()
            } else {
                skills.join(", ")
            },
            absences.join(", "),
        ]);
    }
    table
}

async fn show(global: &Global, arguments: Show) -> Result<(), Failure> {
    let request = GetHandlerRequest {
        wait_for: arguments.seen.wait_for(),
        as_of: arguments.seen.as_of()?,
        handler: arguments.handler,
    };
    let mut client = Client::of(global)?.handler().await?;
    let answer = client.get_handler(request).await?.into_inner();
    let handler = answer.handler.unwrap_or_default();
    global.output.print(
        || {
            json!({
                "handler": json::handler(&handler),
                "token": text(&answer.token),
                "incomplete_from": text(&answer.incomplete_from),
            })
        },
        || render(&handler),
    );
    Ok(())
}

fn render(it: &Handler) -> String {
    let number = |it: Option<u32>| it.map_or(String::new(), |it| it.to_string());
    let skills: Vec<String> = it.skills.iter().map(skill).collect();
    let absences: Vec<String> = it.absences.iter().map(absence).collect();
    let name = it.name.as_ref().map_or(String::new(), |it| {
        if it.erased {
            "(erased)".to_owned()
        } else if it.missing {
            "(lost)".to_owned()
        } else {
            it.text.clone()
        }
    });
    fields(&[
        ("handler", it.handler.clone()),
        ("name", name),
        ("etag", it.etag.clone()),
        ("retired", if it.retired { "yes" } else { "" }.to_owned()),
        ("queues", it.queues.join(", ")),
        ("skills", skills.join("\n")),
        ("absent", absences.join("\n")),
        ("open complaints", number(it.load)),
        ("at most", number(it.load_limit)),
        ("registered", time!(it.registered_at).unwrap_or_default()),
        ("last recorded", time!(it.updated_at).unwrap_or_default()),
    ])
}

fn skill(it: &HandlerSkill) -> String {
    let until = time!(it.expires_at).map(|at| format!(" until {at}"));
    format!("{}{}", it.skill, until.unwrap_or_default())
}

fn absence(it: &HandlerAbsence) -> String {
    let from = time!(it.from).unwrap_or_default();
    let to = time!(it.to).unwrap_or_else(|| "nobody knows".to_owned());
    format!("{from} to {to}")
}
