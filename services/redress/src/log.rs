//! `redress log ..`: the event logs themselves, in their folders or from the services that hold them.

mod declare_lost;
mod export;
mod place;
mod read;
mod restore;
mod status;
mod take_back;
mod target;
mod verify;

use clap::Subcommand;

use crate::failure::Failure;
use crate::global::Global;

pub(crate) use place::Service;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Where each log ends, and the root of its Merkle tree
    Status(status::Arguments),
    /// Records, as they are stored
    Read(read::Arguments),
    /// Hash every record again, and name the first one that is wrong
    Verify(verify::Arguments),
    /// The stored bytes of every record, one a line
    Export(export::Arguments),
    /// Make a log again from exported lines, where there is none; whole or not at all
    Restore(restore::Arguments),
    /// Append what a restored log lacks, from its stream on NATS; whole or not at all
    TakeBack(take_back::Arguments),
    /// Go on without what a log has lost, as another life of it; whole or not at all
    DeclareLost(declare_lost::Arguments),
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Status(arguments) => status::run(global, arguments).await,
        Verb::Read(arguments) => read::run(global, arguments).await,
        Verb::Verify(arguments) => verify::run(global, arguments).await,
        Verb::Export(arguments) => export::run(global, arguments).await,
        Verb::Restore(arguments) => restore::run(global, &arguments),
        Verb::TakeBack(arguments) => take_back::run(global, &arguments).await,
        Verb::DeclareLost(arguments) => declare_lost::run(global, &arguments).await,
    }
}
