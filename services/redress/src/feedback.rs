//! `redress feedback ..`

mod json;
mod list;
mod rejected;
mod retry;
mod show;
mod submit;

use clap::Subcommand;

use crate::failure::Failure;
use crate::global::Global;

pub(crate) use json::reported as reported_json;
pub(crate) use list::{Page, more};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Hand in one piece of feedback
    Submit(Box<submit::Arguments>),
    /// One piece of feedback, with the customer's words
    Get(show::Arguments),
    /// Pages of feedback, without the words
    List(Box<list::Arguments>),
    /// What could not be accepted: list it, look at it, discard it
    Rejected(rejected::Arguments),
    /// Try again what was rejected, as it came or corrected
    Retry(retry::Arguments),
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Submit(arguments) => submit::run(global, *arguments).await,
        Verb::Get(arguments) => show::run(global, arguments).await,
        Verb::List(arguments) => list::run(global, *arguments).await,
        Verb::Rejected(arguments) => rejected::run(global, arguments).await,
        Verb::Retry(arguments) => retry::run(global, arguments).await,
    }
}
