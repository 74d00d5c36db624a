//! The commands on one person of the register, a verb each.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1 as wire;

use crate::client::Client;
use crate::complaint::{Given, tell};
use crate::failure::Failure;
use crate::global::Global;
use crate::moment::{end, instant};

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Put somebody into the register
    Register(Register),
    /// Take somebody out of the register
    Retire(Retire),
    /// Take complaints from a queue
    Join(Queue),
    /// Take no more complaints from a queue
    Leave(Queue),
    /// How many open complaints a policy may give
    Limit(Limit),
    /// Somebody is, or will be, away
    Absent(Absent),
    /// Somebody is there again
    Present(Present),
    /// What somebody is competent in
    #[command(subcommand)]
    Skill(Skill),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Skill {
    /// Somebody is competent in something, or goes on being so
    Grant(Grant),
    /// A competence counts no more
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(crate) struct Target {
    /// `user:<pseudonym>`
    handler: String,
    #[command(flatten)]
    given: Given,
}

#[derive(Debug, Args)]
pub(crate) struct Register {
    #[command(flatten)]
    target: Target,
    /// What the person is called; it is sealed
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
    /// A queue that the person takes complaints from; may be given several times
    #[arg(long)]
    queue: Vec<String>,
    /// How many open complaints a policy may give the person
    #[arg(long)]
    limit: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Retire {
    #[command(flatten)]
    target: Target,
    /// A code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Queue {
    #[command(flatten)]
    target: Target,
    /// As you call it
    queue: String,
}

#[derive(Debug, Args)]
pub(crate) struct Limit {
    #[command(flatten)]
    target: Target,
    /// How many; any number, if absent
    load: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Absent {
    #[command(flatten)]
    target: Target,
    /// The first moment: a time, or a day in UTC; now, if absent
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Option<Timestamp>,
    /// When the person is there again: a time, or the last day away, in UTC; nobody knows, if absent
    #[arg(long, value_name = "TIME", value_parser = end)]
    to: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Present {
    #[command(flatten)]
    target: Target,
    /// The absence that begins then, also one to come; those of the moment, if absent
    #[arg(long, value_name = "TIME", value_parser = instant)]
    absence_from: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Grant {
    #[command(flatten)]
    target: Target,
    /// A code of your own
    skill: String,
    /// From when on it counts no more: a time, or the last day on which it counts, in UTC; never, if absent
    #[arg(long, value_name = "TIME", value_parser = end)]
    expires: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    target: Target,
    /// A code of your own
    skill: String,
    /// Why: a code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// Sends a request to the method of its name, and tells what it left behind.
macro_rules! send {
    ($global:expr, $target:expr, $method:ident, $request:expr) => {{
        let mut request = $request;
        $target.given.fill($target.handler.clone(), &mut request);
        let mut client = Client::of($global)?.handler().await?;
        let answer = client.$method(request).await?.into_inner();
        tell($global, answer.recorded.as_ref(), &[]);
        Ok(())
    }};
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Register(it) => {
            let request = wire::RegisterHandlerRequest {
                name: it.name,
                queues: it.queue,
                load_limit: it.limit,
                ..wire::RegisterHandlerRequest::default()
            };
            send!(global, it.target, register_handler, request)
        }
        Verb::Retire(it) => {
            let request = wire::RetireHandlerRequest {
                reason: it.reason,
                ..wire::RetireHandlerRequest::default()
            };
            send!(global, it.target, retire_handler, request)
        }
        Verb::Join(it) => {
            let request = wire::JoinQueueRequest {
                queue: it.queue,
                ..wire::JoinQueueRequest::default()
            };
            send!(global, it.target, join_queue, request)
        }
        Verb::Leave(it) => {
            let request = wire::LeaveQueueRequest {
                queue: it.queue,
                ..wire::LeaveQueueRequest::default()
            };
            send!(global, it.target, leave_queue, request)
        }
        Verb::Limit(it) => {
            let request = wire::LimitLoadRequest {
                load_limit: it.load,
                ..wire::LimitLoadRequest::default()
            };
            send!(global, it.target, limit_load, request)
        }
        Verb::Absent(it) => {
            let request = wire::AnnounceAbsenceRequest {
                from: it.from.map(time_to_wire),
                to: it.to.map(time_to_wire),
                ..wire::AnnounceAbsenceRequest::default()
            };
            send!(global, it.target, announce_absence, request)
        }
        Verb::Present(it) => {
            let request = wire::EndAbsenceRequest {
                from: it.absence_from.map(time_to_wire),
                ..wire::EndAbsenceRequest::default()
            };
            send!(global, it.target, end_absence, request)
        }
        Verb::Skill(verb) => skill(global, verb).await,
    }
}

async fn skill(global: &Global, verb: Skill) -> Result<(), Failure> {
    match verb {
        Skill::Grant(it) => {
            let request = wire::GrantSkillRequest {
                skill: it.skill,
                expires_at: it.expires.map(time_to_wire),
                ..wire::GrantSkillRequest::default()
            };
            send!(global, it.target, grant_skill, request)
        }
        Skill::Revoke(it) => {
            let request = wire::RevokeSkillRequest {
                skill: it.skill,
                reason: it.reason,
                ..wire::RevokeSkillRequest::default()
            };
            send!(global, it.target, revoke_skill, request)
        }
    }
}
