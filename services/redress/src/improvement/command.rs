//! The commands on one improvement, a verb each.

use clap::{Args, Subcommand};
use redress_wire::workflow::v1 as wire;

use crate::client::Client;
use crate::complaint::{Given, tell};
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Take the candidate on
    Accept(Accept),
    /// Put the candidate aside
    Dismiss(Dismiss),
    /// Say what will be done, by whom and until when
    Plan(Plan),
    /// It was done
    Implemented(Implemented),
    /// End it
    Close(Close),
}

#[derive(Debug, Args)]
pub(crate) struct Target {
    /// Its id
    improvement: String,
    #[command(flatten)]
    given: Given,
}

#[derive(Debug, Args)]
pub(crate) struct Accept {
    #[command(flatten)]
    target: Target,
    /// Who answers for it: `user:<pseudonym>`
    #[arg(long)]
    owner: String,
    /// Until when: 2026-06-30
    #[arg(long)]
    due: String,
}

#[derive(Debug, Args)]
pub(crate) struct Dismiss {
    #[command(flatten)]
    target: Target,
    /// Why; your own words, without personal data
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(flatten)]
    target: Target,
    /// `corrective;user:anna;2026-06-30;Change the seal`: kind, owner, day, what
    ///
    /// Kinds: immediate, containment, corrective, preventive, improvement.
    #[arg(long = "action", value_name = "ACTION", required = true, value_parser = action)]
    actions: Vec<wire::ImprovementAction>,
}

#[derive(Debug, Args)]
pub(crate) struct Implemented {
    #[command(flatten)]
    target: Target,
    /// What shows it: a document, a change number
    #[arg(long)]
    evidence: String,
}

#[derive(Debug, Args)]
pub(crate) struct Close {
    #[command(flatten)]
    target: Target,
    /// What came of it
    #[arg(long)]
    summary: String,
}

fn action(text: &str) -> Result<wire::ImprovementAction, String> {
    let parts: Vec<&str> = text.splitn(4, ';').collect();
    let [kind, owner, due, description] = parts[..] else {
        return Err("write it as in `corrective;user:anna;2026-06-30;Change the seal`".to_owned());
    };
    Ok(wire::ImprovementAction {
        kind: kind.trim().to_owned(),
        owner: owner.trim().to_owned(),
        due: due.trim().to_owned(),
        description: description.trim().to_owned(),
    })
}

/// Sends a request to the method of its name, and tells what it left behind.
macro_rules! send {
    ($global:expr, $target:expr, $method:ident, $request:expr) => {{
        let mut request = $request;
        $target
            .given
            .fill($target.improvement.clone(), &mut request);
        let mut client = Client::of($global)?.improvement().await?;
        let answer = client.$method(request).await?.into_inner();
        tell($global, answer.recorded.as_ref(), &[]);
        Ok(())
    }};
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Accept(it) => {
            let (owner, due) = (it.owner, it.due);
            let request = wire::AcceptImprovementRequest {
                owner,
                due,
                ..wire::AcceptImprovementRequest::default()
            };
            send!(global, it.target, accept_improvement, request)
        }
        Verb::Dismiss(it) => {
            let reason = it.reason;
            let request = wire::DismissImprovementRequest {
                reason,
                ..wire::DismissImprovementRequest::default()
            };
            send!(global, it.target, dismiss_improvement, request)
        }
        Verb::Plan(it) => {
            let actions = it.actions;
            let request = wire::PlanImprovementRequest {
                actions,
                ..wire::PlanImprovementRequest::default()
            };
            send!(global, it.target, plan_improvement, request)
        }
        Verb::Implemented(it) => {
            let evidence = it.evidence;
            let request = wire::MarkImplementedRequest {
                evidence,
                ..wire::MarkImplementedRequest::default()
            };
            send!(global, it.target, mark_implemented, request)
        }
        Verb::Close(it) => {
            let summary = it.summary;
            let request = wire::CloseImprovementRequest {
                summary,
                ..wire::CloseImprovementRequest::default()
            };
            send!(global, it.target, close_improvement, request)
        }
    }
}
