//! `redress complaint ..`: one verb for each command and question of the domain.

mod after;
mod assign;
mod clock;
mod command;
mod duty;
mod explain;
mod external;
mod history;
mod inquiry;
mod json;
mod list;
mod message;
mod pause;
mod reaction;
mod remedies;
mod remedy;
mod separate;
mod show;
mod status;
mod target;
mod watch;

use clap::Subcommand;

use crate::failure::Failure;
use crate::global::Global;

pub(crate) use target::{Given, id_of, is_reference, tell};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Pages of complaints
    List(Box<list::Arguments>),
    /// One complaint as it stands, with its notes
    Show(show::Arguments),
    /// Why it has its severity, its handler and its deadlines, and whether it may be closed
    Explain(explain::Arguments),
    /// Everything that was recorded of one complaint
    History(history::Arguments),
    /// Each complaint that changes, as it changes
    Watch(Box<watch::Arguments>),
    /// What was to be opened from feedback or a signal, and was not
    Failed(reaction::Failed),
    /// Try that again
    Retry(reaction::Retry),
    /// A token by which who complained sees where it stands
    #[command(subcommand)]
    StatusToken(status::Verb),
    /// What who complained sees with such a token
    Status(status::Arguments),
    /// What is said to who complained, and heard back
    #[command(subcommand)]
    Message(Box<message::Verb>),
    #[command(flatten)]
    Command(command::Verb),
    #[command(flatten)]
    Inquiry(inquiry::Verb),
    #[command(flatten)]
    Remedies(remedies::Verb),
    #[command(flatten)]
    Pause(pause::Verb),
    #[command(flatten)]
    Separate(separate::Verb),
    #[command(flatten)]
    Clock(clock::Verb),
    /// The steps of a dispute before another body
    #[command(subcommand)]
    External(external::Verb),
    #[command(flatten)]
    After(after::Verb),
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::List(arguments) => list::run(global, *arguments).await,
        Verb::Show(arguments) => show::run(global, arguments).await,
        Verb::Explain(arguments) => explain::run(global, arguments).await,
        Verb::History(arguments) => history::run(global, arguments).await,
        Verb::Watch(arguments) => watch::run(global, *arguments).await,
        Verb::Failed(arguments) => reaction::failed(global, arguments).await,
        Verb::Retry(arguments) => reaction::retry(global, arguments).await,
        Verb::StatusToken(verb) => status::token(global, verb).await,
        Verb::Status(arguments) => status::run(global, arguments).await,
        Verb::Message(verb) => message::run(global, *verb).await,
        Verb::Command(verb) => command::run(global, verb).await,
        Verb::Inquiry(verb) => inquiry::run(global, verb).await,
        Verb::Remedies(verb) => remedies::run(global, verb).await,
        Verb::Pause(verb) => pause::run(global, verb).await,
        Verb::Separate(verb) => separate::run(global, verb).await,
        Verb::Clock(verb) => clock::run(global, verb).await,
        Verb::External(verb) => external::run(global, verb).await,
        Verb::After(verb) => after::run(global, verb).await,
    }
}
