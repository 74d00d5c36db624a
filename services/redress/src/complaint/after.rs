//! The commands on a complaint that is over, and those that make one of several.

use clap::{Args, Subcommand};
use redress_complaint::SatisfactionMeasure;
use redress_wire::workflow::v1 as wire;

use super::command::{d, one_of, send, words};
use super::target::{Target, id_of, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Ask, after the closing, whether all is well
    FollowUp(FollowUp),
    /// Keep how satisfied the complainant is with how it was handled
    Satisfaction(Satisfaction),
    /// Let another complaint answer this one, too
    Merge(Merge),
    /// Let it be a complaint of its own again, as it was
    Unmerge(Unmerge),
}

#[derive(Debug, Args)]
pub(crate) struct FollowUp {
    #[command(flatten)]
    target: Target,
    /// How they were asked: email, phone, ..
    #[arg(long)]
    channel: String,
    /// What was heard, as a code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    result: String,
    /// The same in words; `-` reads them from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Satisfaction {
    #[command(flatten)]
    target: Target,
    /// Recommendation, 0 to 10; satisfaction, 1 to 5; ease, 1 to 7
    #[arg(long, value_parser = one_of(SatisfactionMeasure::WORDS))]
    measure: String,
    /// As the complainant gave it
    #[arg(long)]
    score: u32,
    /// In the complainant's words; `-` reads them from standard input
    #[arg(long)]
    words: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Merge {
    #[command(flatten)]
    target: Target,
    /// The complaint that stays: its id, or its reference
    #[arg(long)]
    into: String,
    /// A code of your own
    #[arg(long)]
    reason: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Unmerge {
    #[command(flatten)]
    target: Target,
    /// A code of your own
    #[arg(long)]
    reason: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::FollowUp(it) => {
            let request = wire::FollowUpComplaintRequest {
                channel: it.channel,
                result: it.result,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, follow_up_complaint, request)
        }
        Verb::Satisfaction(it) => {
            let request = wire::RecordSatisfactionRequest {
                measure: it.measure,
                score: Some(it.score),
                words: words(it.words)?,
                ..d()
            };
            send!(global, it.target, record_satisfaction, request)
        }
        Verb::Merge(it) => merge(global, it).await,
        Verb::Unmerge(it) => {
            let (reason, explanation) = (it.reason, words(it.explanation)?);
            let request = wire::UnmergeComplaintRequest {
                reason,
                explanation,
                ..d()
            };
            send!(global, it.target, unmerge_complaint, request)
        }
    }
}

async fn merge(global: &Global, it: Merge) -> Result<(), Failure> {
    let mut client = Client::of(global)?.workflow().await?;
    let mut request = wire::MergeComplaintRequest {
        into: id_of(&mut client, &it.into).await?,
        reason: it.reason,
        explanation: words(it.explanation)?,
        ..d()
    };
    it.target.fill(&mut client, &mut request).await?;
    let answer = client.merge_complaint(request).await?.into_inner();
    tell(global, answer.recorded.as_ref(), &[]);
    Ok(())
}
