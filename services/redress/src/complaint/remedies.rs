//! The commands on one remedy at a time.

use clap::{Args, Subcommand};
use redress_wire::workflow::v1 as wire;
use serde_json::json;

use super::command::{d, send, words};
use super::remedy;
use super::target::{Target, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Offer a remedy more
    Offer(Offer),
    /// The complainant takes a remedy
    AcceptRemedy(AcceptRemedy),
    /// The complainant does not want a remedy
    DeclineRemedy(DeclineRemedy),
    /// Stand for a remedy above what one person may offer, as another than who offered it
    ApproveRemedy(AcceptRemedy),
}

#[derive(Debug, Args)]
pub(crate) struct Offer {
    #[command(flatten)]
    target: Target,
    /// `refund:1250EUR@2026-06-30`: kind, amount in minor units, promised day; see `propose`
    #[arg(long, value_name = "REMEDY", value_parser = remedy::parse)]
    remedy: wire::ProposedRemedy,
}

#[derive(Debug, Args)]
pub(crate) struct AcceptRemedy {
    #[command(flatten)]
    target: Target,
    /// The remedy's number, from 1
    #[arg(long)]
    remedy: u32,
}

#[derive(Debug, Args)]
pub(crate) struct DeclineRemedy {
    #[command(flatten)]
    target: Target,
    /// The remedy's number, from 1
    #[arg(long)]
    remedy: u32,
    /// A code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// In the complainant's words; `-` reads them from standard input
    #[arg(long)]
    explanation: Option<String>,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Offer(it) => offer(global, it).await,
        Verb::AcceptRemedy(it) => {
            let request = wire::AcceptRemedyRequest {
                remedy_number: it.remedy,
                ..d()
            };
            send!(global, it.target, accept_remedy, request)
        }
        Verb::ApproveRemedy(it) => {
            let request = wire::ApproveRemedyRequest {
                remedy_number: it.remedy,
                ..d()
            };
            send!(global, it.target, approve_remedy, request)
        }
        Verb::DeclineRemedy(it) => {
            let request = wire::DeclineRemedyRequest {
                remedy_number: it.remedy,
                reason: it.reason,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, decline_remedy, request)
        }
    }
}

async fn offer(global: &Global, it: Offer) -> Result<(), Failure> {
    let mut client = Client::of(global)?.workflow().await?;
    let mut request = wire::OfferRemedyRequest {
        remedy: Some(it.remedy),
        ..d()
    };
    it.target.fill(&mut client, &mut request).await?;
    let answer = client.offer_remedy(request).await?.into_inner();
    let number = ("remedy_number", json!(answer.remedy_number));
    tell(global, answer.recorded.as_ref(), &[number]);
    Ok(())
}
