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
    ClearComplainedOf(Cleared),
    /// The response may be communicated: whoever acts says so
    Approve(Target),
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
pub(crate) struct Cleared {
    #[command(flatten)]
    person: Person,
    /// Why not: a code of your own
    #[arg(long)]
    reason: String,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::ComplainedOf(it) => {
            let person = it.person;
            let request = wire::NameComplainedOfRequest { person, ..d() };
            send!(global, it.target, name_complained_of, request)
        }
        Verb::ClearComplainedOf(it) => {
            let (Person { target, person }, reason) = (it.person, it.reason);
            let request = wire::ClearComplainedOfRequest {
                person,
                reason,
                ..d()
            };
            send!(global, target, clear_complained_of, request)
        }
        Verb::Approve(target) => {
            let request = wire::ApproveResponseRequest::default();
            send!(global, target, approve_response, request)
        }
    }
}
