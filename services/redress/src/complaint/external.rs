//! The steps of a dispute before another body: `redress complaint external ..`.

use clap::{Args, Subcommand};
use redress_complaint::{Determination, ReferredBy, ResolutionMethod};
use redress_wire::value::v1::Money;
use redress_wire::workflow::v1 as wire;

use super::command::{d, one_of, send, words};
use super::remedy;
use super::target::{Target, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// It is before another body
    Refer(Refer),
    /// The other body told you of it
    Notice(Notice),
    /// You told the other body where you stand
    Position(Position),
    /// The other body begins to resolve it, or goes on in another way
    Attempt(Attempt),
    /// Both agreed
    Settle(Settle),
    /// The other body recommended or decided
    Determine(Determine),
    /// What was settled or determined is done
    Implement(Target),
    /// It is over before the other body
    Close(Close),
}

#[derive(Debug, Args)]
pub(crate) struct Refer {
    #[command(flatten)]
    target: Target,
    /// Which body, as a code of your own: `financial_ombudsman`, court, ..
    #[arg(long)]
    body: String,
    /// Who brought it there; the complainant, if absent
    #[arg(long, value_parser = one_of(ReferredBy::WORDS))]
    by: Option<String>,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Notice {
    #[command(flatten)]
    target: Target,
    /// What it says; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Position {
    #[command(flatten)]
    target: Target,
    /// What you told them; `-` reads it from standard input
    #[arg(long)]
    position: String,
}

#[derive(Debug, Args)]
pub(crate) struct Attempt {
    #[command(flatten)]
    target: Target,
    /// It helps both to agree; says what it thinks; or decides
    #[arg(long, value_parser = one_of(ResolutionMethod::WORDS))]
    method: String,
}

#[derive(Debug, Args)]
pub(crate) struct Settle {
    #[command(flatten)]
    target: Target,
    /// What both agreed on; `-` reads it from standard input
    #[arg(long)]
    terms: String,
    /// What is to be paid, in minor units: `2500EUR`
    #[arg(long, value_name = "AMOUNT", value_parser = remedy::money)]
    award: Option<Money>,
}

#[derive(Debug, Args)]
pub(crate) struct Determine {
    #[command(flatten)]
    target: Target,
    /// What became of your decision
    #[arg(long, value_parser = one_of(Determination::WORDS))]
    determination: String,
    /// What is to be paid, in minor units: `2500EUR`
    #[arg(long, value_name = "AMOUNT", value_parser = remedy::money)]
    award: Option<Money>,
    /// What it says; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Close {
    #[command(flatten)]
    target: Target,
    /// A code of your own; needed where it came to no result
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Refer(it) => {
            let request = wire::ReferExternallyRequest {
                body: it.body,
                referred_by: it.by.unwrap_or_default(),
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, refer_externally, request)
        }
        Verb::Notice(it) => {
            let explanation = words(it.explanation)?;
            let request = wire::RecordExternalNoticeRequest { explanation, ..d() };
            send!(global, it.target, record_external_notice, request)
        }
        Verb::Position(it) => {
            let position = words(Some(it.position))?;
            let request = wire::StateExternalPositionRequest { position, ..d() };
            send!(global, it.target, state_external_position, request)
        }
        Verb::Attempt(it) => {
            let method = it.method;
            let request = wire::BeginExternalResolutionRequest { method, ..d() };
            send!(global, it.target, begin_external_resolution, request)
        }
        Verb::Settle(it) => {
            let request = wire::SettleExternallyRequest {
                terms: words(Some(it.terms))?,
                award: it.award,
                ..d()
            };
            send!(global, it.target, settle_externally, request)
        }
        Verb::Determine(it) => {
            let request = wire::RecordDeterminationRequest {
                determination: it.determination,
                award: it.award,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, record_determination, request)
        }
        Verb::Implement(target) => {
            let request = wire::ImplementExternalResultRequest::default();
            send!(global, target, implement_external_result, request)
        }
        Verb::Close(it) => {
            let request = wire::CloseExternalFileRequest {
                reason: it.reason,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, close_external_file, request)
        }
    }
}
