//! The commands that keep duties apart.

use clap::{Args, Subcommand};
use redress_wire::workflow::v1 as wire;

use super::command::{d, send};
use super::target::{Target, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Somebody of the staff is complained of
    ComplainedOf(Person),
    /// Somebody is not complained of after all
    ClearComplainedOf(Person),
    /// The response may be communicated
    Approve(Approve),
}

#[derive(Debug, Args)]
pub(crate) struct Person {
    #[command(flatten)]
    target: Target,
    /// `user:<pseudonym>`
    #[arg(long)]
    person: String,
}

#[derive(Debug, Args)]
pub(crate) struct Approve {
    #[command(flatten)]
    target: Target,
    /// `user:<pseudonym>`; whoever acts, if absent
    #[arg(long, default_value = "", hide_default_value = true)]
    approver: String,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::ComplainedOf(it) => {
            let person = it.person;
            let request = wire::NameComplainedOfRequest { person, ..d() };
            send!(global, it.target, name_complained_of, request)
        }
        Verb::ClearComplainedOf(it) => {
            let person = it.person;
            let request = wire::ClearComplainedOfRequest { person, ..d() };
            send!(global, it.target, clear_complained_of, request)
        }
        Verb::Approve(it) => {
            let approver = it.approver;
            let request = wire::ApproveResponseRequest { approver, ..d() };
            send!(global, it.target, approve_response, request)
        }
    }
}
