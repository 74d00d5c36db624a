//! `redress policy ..`: policies, and what their calendars and targets come to. No server is asked.

mod check;
mod deadline;
mod elapsed;
mod interval;
mod list;
mod show;
mod source;
mod when;

use clap::Subcommand;

use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Everything that is wrong with a policy, and where
    Check(check::Arguments),
    /// The policies that come with the program
    List,
    /// The calendars and clocks of a policy
    Show(show::Arguments),
    /// When something is due, and why
    Deadline(deadline::Arguments),
    /// How much working time passed, and why
    Elapsed(elapsed::Arguments),
}

pub(crate) fn run(global: &Global, verb: &Verb) -> Result<(), Failure> {
    match verb {
        Verb::Check(arguments) => check::run(global.output, arguments),
        Verb::List => list::run(global.output),
        Verb::Show(arguments) => show::run(global.output, arguments),
        Verb::Deadline(arguments) => deadline::run(global.output, arguments),
        Verb::Elapsed(arguments) => elapsed::run(global.output, arguments),
    }
}
