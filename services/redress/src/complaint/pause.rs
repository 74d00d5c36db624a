//! The commands that stop a complaint where it stands, let it go on, and escalate it.

use clap::{Args, Subcommand};
use redress_wire::workflow::v1 as wire;

use super::command::{d, send, words};
use super::target::{Target, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Wait for the complainant
    AwaitComplainant(AwaitComplainant),
    /// Wait for somebody who is neither the complainant nor you
    AwaitThirdParty(AwaitThirdParty),
    /// Wait no longer
    Resume(Ended),
    /// Stop handling it, on a legal basis
    Hold(Hold),
    /// End the hold
    Release(Ended),
    /// Bring it before more eyes, or higher ones
    Escalate(Escalate),
    /// Handle it as any other again
    DeEscalate(Ended),
}

#[derive(Debug, Args)]
pub(crate) struct AwaitComplainant {
    #[command(flatten)]
    target: Target,
    /// A code of your own
    #[arg(long)]
    reason: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AwaitThirdParty {
    #[command(flatten)]
    target: Target,
    /// Who, as a code of your own: laboratory, courier, ..
    #[arg(long)]
    third_party: String,
    /// A code of your own
    #[arg(long)]
    reason: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Hold {
    #[command(flatten)]
    target: Target,
    /// `court_proceedings`, `criminal_investigation`, `regulator_instruction`, `statutory_stay`,
    /// `parallel_proceedings`, insolvency; or a code of your own
    #[arg(long)]
    basis: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Escalate {
    #[command(flatten)]
    target: Target,
    /// From 1 to 9, as you count them
    #[arg(long)]
    level: u32,
    /// A code of your own
    #[arg(long)]
    reason: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Ended {
    #[command(flatten)]
    target: Target,
    /// A code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::AwaitComplainant(it) => {
            let (reason, explanation) = (it.reason, words(it.explanation)?);
            let request = wire::AwaitComplainantRequest {
                reason,
                explanation,
                ..d()
            };
            send!(global, it.target, await_complainant, request)
        }
        Verb::AwaitThirdParty(it) => {
            let request = wire::AwaitThirdPartyRequest {
                third_party: it.third_party,
                reason: it.reason,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, await_third_party, request)
        }
        Verb::Resume(it) => {
            let reason = it.reason;
            let request = wire::ResumeComplaintRequest { reason, ..d() };
            send!(global, it.target, resume_complaint, request)
        }
        Verb::Hold(it) => {
            let (basis, explanation) = (it.basis, words(it.explanation)?);
            let request = wire::HoldComplaintRequest {
                basis,
                explanation,
                ..d()
            };
            send!(global, it.target, hold_complaint, request)
        }
        Verb::Release(it) => {
            let reason = it.reason;
            let request = wire::ReleaseComplaintRequest { reason, ..d() };
            send!(global, it.target, release_complaint, request)
        }
        Verb::Escalate(it) => {
            let request = wire::EscalateComplaintRequest {
                level: it.level,
                reason: it.reason,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, escalate_complaint, request)
        }
        Verb::DeEscalate(it) => {
            let reason = it.reason;
            let request = wire::DeEscalateComplaintRequest { reason, ..d() };
            send!(global, it.target, de_escalate_complaint, request)
        }
    }
}
