//! The commands on one complaint, a verb each.

use std::io::Read;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use redress_complaint::{
    CloseBasis, Level, Outcome, Promises, Revision, SafetyImplication, Severity,
};
use redress_wire::workflow::v1 as wire;
use serde_json::json;

use super::message::Tell;
use super::target::{Target, id_of, tell};
use super::{assign, remedy};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// The complainant has heard that it arrived
    Acknowledge(Acknowledge),
    /// Give it to a person, a queue, or both; with neither the policy chooses
    Assign(assign::Assign),
    /// Say how bad it is
    Assess(Assess),
    /// Begin to look into it
    Investigate(Investigate),
    /// Say why no investigation is needed
    InvestigationNotRequired(InvestigationNotRequired),
    /// Propose remedies or an explained refusal, with a cause or that there is none
    Propose(Propose),
    /// A remedy was given
    Fulfil(Fulfil),
    /// The complainant has been told the decision
    Communicate(Communicate),
    /// The complainant said yes
    Accept(Target),
    /// The complainant said no
    Dispute(Explained),
    /// End it
    Close(Close),
    /// Open a closed one again
    Reopen(Explained),
    /// The complainant took it back
    Withdraw(Withdraw),
    /// Add a note to the case
    Note(Note),
}

#[derive(Debug, Args)]
pub(crate) struct Acknowledge {
    #[command(flatten)]
    target: Target,
    /// How they were told: email, phone, letter, ..
    #[arg(long)]
    channel: String,
    #[command(flatten)]
    tell: Tell,
}

#[derive(Debug, Args)]
pub(crate) struct Assess {
    #[command(flatten)]
    target: Target,
    /// How bad it is; what the policies propose for the rest, if absent
    #[arg(long, value_parser = one_of(Severity::WORDS))]
    severity: Option<String>,
    /// Whether somebody could come, or came, to harm
    #[arg(long, value_parser = one_of(SafetyImplication::WORDS))]
    safety_implication: Option<String>,
    /// How much there is to find out
    #[arg(long, value_parser = one_of(Level::WORDS))]
    complexity: Option<String>,
    /// On the complainant and others
    #[arg(long, value_parser = one_of(Level::WORDS))]
    impact: Option<String>,
    /// What must be done at once; `-` reads it from standard input
    #[arg(long, conflicts_with = "no_immediate_action")]
    immediate_action: Option<String>,
    /// Nothing must be done at once
    #[arg(long)]
    no_immediate_action: bool,
    /// Why it is of this severity, where the policies propose another: a code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// Why it is assessed again: it was seen wrongly, or more is known
    #[arg(long, value_parser = one_of(Revision::WORDS))]
    because: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Investigate {
    #[command(flatten)]
    target: Target,
    /// `user:<pseudonym>`; whoever acts, if absent
    #[arg(long, default_value = "", hide_default_value = true)]
    investigator: String,
    /// What the investigator declared about a conflict of interest
    #[arg(long, value_parser = ["no_conflict", "conflict"])]
    declaration: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct InvestigationNotRequired {
    #[command(flatten)]
    target: Target,
    /// A code of your own, without personal data
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// `user:<pseudonym>`
    #[arg(long, default_value = "", hide_default_value = true)]
    decided_by: String,
    /// The complaint whose investigation covers this one: its id, or its reference
    #[arg(long, default_value = "", hide_default_value = true)]
    relies_on: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Propose {
    #[command(flatten)]
    target: Target,
    /// `refund:1250EUR@2026-06-30`: kind, amount in minor units, promised day
    ///
    /// Kinds: refund, replacement, repair, substitute, `financial_assistance` and compensation, which
    /// make good; `technical_assistance`, information, referral, apology, goodwill and
    /// `change_of_practice`; or a code of your own.
    #[arg(long = "remedy", value_name = "REMEDY", value_parser = remedy::parse)]
    remedies: Vec<wire::ProposedRemedy>,
    /// A "no": its reason as a code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    refusal_reason: String,
    /// What the complainant is told of the "no"; `-` reads it from standard input
    #[arg(long)]
    refusal_explanation: Option<String>,
    /// The cause as a code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    cause: String,
    /// No cause could be established
    #[arg(long)]
    no_cause_established: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Fulfil {
    #[command(flatten)]
    target: Target,
    /// The remedy's number, from 1
    #[arg(long)]
    remedy: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Communicate {
    #[command(flatten)]
    target: Target,
    /// It must agree with the response: what is upheld has a remedy, what is not has a refusal
    #[arg(long, value_parser = one_of(&decisions()))]
    outcome: String,
    /// How they were told
    #[arg(long)]
    channel: String,
    /// The ways on, inside and outside, were explained
    #[arg(long)]
    recourse_explained: bool,
    /// The body outside that was named as one to turn to, as a code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    external_recourse: String,
    #[command(flatten)]
    tell: Tell,
}

#[derive(Debug, Args)]
pub(crate) struct Explained {
    #[command(flatten)]
    target: Target,
    /// A code of your own
    #[arg(long)]
    reason: String,
    /// In the complainant's words; `-` reads them from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Close {
    #[command(flatten)]
    target: Target,
    /// The complainant accepted; was silent long enough after recourse was explained; or has no option
    /// left, inside and outside
    #[arg(long, value_parser = one_of(CloseBasis::WORDS))]
    basis: String,
}

#[derive(Debug, Args)]
pub(crate) struct Withdraw {
    #[command(flatten)]
    target: Target,
    /// A code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// In the complainant's words; `-` reads them from standard input
    #[arg(long)]
    explanation: Option<String>,
    /// What becomes of what was promised and is not fulfilled: you still owe it, or the complainant
    /// releases you
    #[arg(long, value_parser = one_of(Promises::WORDS))]
    promises: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Note {
    #[command(flatten)]
    target: Target,
    /// `-` reads it from standard input
    #[arg(long)]
    text: String,
}

/// Sends a request to the method of its name, and tells what it left behind.
macro_rules! send {
    ($global:expr, $target:expr, $method:ident, $request:expr) => {{
        let mut client = Client::of($global)?.workflow().await?;
        let mut request = $request;
        $target.fill(&mut client, &mut request).await?;
        let answer = client.$method(request).await?.into_inner();
        tell($global, answer.recorded.as_ref(), &[]);
        Ok(())
    }};
}

pub(super) use send;

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::Acknowledge(it) => {
            let request = wire::AcknowledgeComplaintRequest {
                channel: it.channel,
                message: it.tell.message()?,
                ..d()
            };
            send!(global, it.target, acknowledge_complaint, request)
        }
        Verb::Assign(it) => assign::run(global, it).await,
        Verb::Assess(it) => assess(global, it).await,
        Verb::Investigate(it) => {
            let investigator = it.investigator;
            let declaration = it.declaration.unwrap_or_default();
            let request = wire::StartInvestigationRequest {
                investigator,
                declaration,
                ..d()
            };
            send!(global, it.target, start_investigation, request)
        }
        Verb::InvestigationNotRequired(it) => not_required(global, it).await,
        Verb::Propose(it) => propose(global, it).await,
        Verb::Fulfil(it) => {
            let request = wire::FulfilRemedyRequest {
                remedy_number: it.remedy,
                ..d()
            };
            send!(global, it.target, fulfil_remedy, request)
        }
        Verb::Communicate(it) => {
            let (channel, outcome) = (it.channel, it.outcome);
            let recourse_explained = it.recourse_explained;
            let request = wire::CommunicateDecisionRequest {
                channel,
                outcome,
                recourse_explained,
                external_recourse: it.external_recourse,
                message: it.tell.message()?,
                ..d()
            };
            send!(global, it.target, communicate_decision, request)
        }
        Verb::Accept(target) => {
            send!(
                global,
                target,
                record_acceptance,
                wire::RecordAcceptanceRequest::default()
            )
        }
        Verb::Dispute(it) => {
            let (reason, explanation) = (it.reason, words(it.explanation)?);
            let request = wire::DisputeDecisionRequest {
                reason,
                explanation,
                ..d()
            };
            send!(global, it.target, dispute_decision, request)
        }
        Verb::Close(it) => {
            let request = wire::CloseComplaintRequest {
                basis: it.basis,
                ..d()
            };
            send!(global, it.target, close_complaint, request)
        }
        Verb::Reopen(it) => {
            let (reason, explanation) = (it.reason, words(it.explanation)?);
            let request = wire::ReopenComplaintRequest {
                reason,
                explanation,
                ..d()
            };
            send!(global, it.target, reopen_complaint, request)
        }
        Verb::Withdraw(it) => withdraw(global, it).await,
        Verb::Note(it) => {
            let request = wire::AddNoteRequest {
                text: words(Some(it.text))?,
                ..d()
            };
            send!(global, it.target, add_note, request)
        }
    }
}

async fn assess(global: &Global, it: Assess) -> Result<(), Failure> {
    let immediate_action = match (&it.immediate_action, it.no_immediate_action) {
        (Some(_), _) => "needed",
        (None, true) => "not_needed",
        (None, false) => "",
    };
    let request = wire::AssessComplaintRequest {
        severity: it.severity.unwrap_or_default(),
        safety_implication: it.safety_implication.unwrap_or_default(),
        complexity: it.complexity.unwrap_or_default(),
        impact: it.impact.unwrap_or_default(),
        immediate_action: immediate_action.to_owned(),
        immediate_action_what: words(it.immediate_action)?,
        reason: it.reason,
        because: it.because.unwrap_or_default(),
        ..d()
    };
    send!(global, it.target, assess_complaint, request)
}

async fn not_required(global: &Global, it: InvestigationNotRequired) -> Result<(), Failure> {
    let mut client = Client::of(global)?.workflow().await?;
    let mut request = wire::RecordInvestigationNotRequiredRequest {
        reason: it.reason,
        decided_by: it.decided_by,
        relies_on: id_of(&mut client, &it.relies_on).await?,
        explanation: words(it.explanation)?,
        ..d()
    };
    it.target.fill(&mut client, &mut request).await?;
    let answer = client.record_investigation_not_required(request).await?;
    tell(global, answer.into_inner().recorded.as_ref(), &[]);
    Ok(())
}

async fn withdraw(global: &Global, it: Withdraw) -> Result<(), Failure> {
    let request = wire::WithdrawComplaintRequest {
        reason: it.reason,
        explanation: words(it.explanation)?,
        promises: it.promises.unwrap_or_default(),
        ..d()
    };
    send!(global, it.target, withdraw_complaint, request)
}

async fn propose(global: &Global, it: Propose) -> Result<(), Failure> {
    let mut client = Client::of(global)?.workflow().await?;
    let mut request = wire::ProposeResponseRequest {
        remedies: it.remedies,
        refusal_reason: it.refusal_reason,
        refusal_explanation: words(it.refusal_explanation)?,
        cause_code: it.cause,
        no_cause_established: it.no_cause_established,
        ..d()
    };
    it.target.fill(&mut client, &mut request).await?;
    let answer = client.propose_response(request).await?.into_inner();
    let numbers = ("remedy_numbers", json!(answer.remedy_numbers));
    tell(global, answer.recorded.as_ref(), &[numbers]);
    Ok(())
}

/// What can be decided: that the complainant took it back cannot.
fn decisions() -> Vec<&'static str> {
    let words = Outcome::WORDS.iter().copied();
    words
        .filter(|word| *word != Outcome::Withdrawn.as_str())
        .collect()
}

/// The words of a closed list.
pub(super) fn one_of(words: &[&'static str]) -> PossibleValuesParser {
    PossibleValuesParser::new(words.to_vec())
}

pub(super) fn d<T: Default>() -> T {
    T::default()
}

/// People's words need not stand in the list of processes: `-` reads them from standard input.
pub(super) fn words(given: Option<String>) -> Result<String, Failure> {
    match given.as_deref() {
        Some("-") => {
            let mut text = String::new();
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|error| Failure::file(std::path::Path::new("-"), error))?;
            Ok(text.trim_end().to_owned())
        }
        Some(_) | None => Ok(given.unwrap_or_default()),
    }
}
