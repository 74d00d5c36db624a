//! `redress policy ..`: policies, what is in force, and what calendars and targets come to.

mod applied;
mod apply;
mod check;
mod deadline;
mod elapsed;
mod interval;
mod list;
mod retire;
mod routing;
mod rules;
mod show;
mod source;
mod when;

use clap::Subcommand;
use jiff::SignedDuration;

use crate::failure::Failure;
use crate::global::Global;

pub(crate) use interval::Clocks;

/// `26:30` hours and minutes.
pub(crate) fn length(seconds: i64) -> String {
    interval::clock(SignedDuration::from_secs(seconds))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Everything that is wrong with a policy, and where
    Check(check::Arguments),
    /// The policies that come with the program
    List,
    /// What a policy says
    Show(show::Arguments),
    /// Put a policy in force
    Apply(apply::Arguments),
    /// Put a policy out of force
    Retire(retire::Arguments),
    /// The policies that are in force, and those that were
    Applied,
    /// When something is due, and why
    Deadline(deadline::Arguments),
    /// How much working time passed, and why
    Elapsed(elapsed::Arguments),
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Check(arguments) => check::run(global.output, &arguments),
        Verb::List => list::run(global.output),
        Verb::Show(arguments) => show::run(global.output, &arguments),
        Verb::Apply(arguments) => apply::run(global, arguments).await,
        Verb::Retire(arguments) => retire::run(global, arguments).await,
        Verb::Applied => applied::run(global).await,
        Verb::Deadline(arguments) => deadline::run(global.output, &arguments),
        Verb::Elapsed(arguments) => elapsed::run(global.output, &arguments),
    }
}
