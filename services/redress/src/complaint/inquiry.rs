//! The commands that say what was found out about a complaint, and who may find it out.

use clap::{Args, Subcommand};
use redress_complaint::{Clearance, FindingResult, Level, Revision, SafetyImplication, Severity};
use redress_wire::workflow::v1 as wire;
use serde_json::json;

use super::command::{d, one_of, send, words};
use super::target::{Target, tell};
use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Somebody has a conflict of interest in it
    DeclareConflict(Conflict),
    /// Somebody has none any more, or had none
    ClearConflict(ClearConflict),
    /// Keep what an investigation has seen or heard
    Evidence(Evidence),
    /// Keep what an investigation found
    Finding(Finding),
    /// See otherwise what was assessed; what is left out stays as it was
    Reclassify(Reclassify),
}

#[derive(Debug, Args)]
pub(crate) struct Conflict {
    #[command(flatten)]
    target: Target,
    /// `user:<pseudonym>`; whoever acts, if absent
    #[arg(long, default_value = "", hide_default_value = true)]
    person: String,
    /// What it is; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ClearConflict {
    #[command(flatten)]
    target: Target,
    /// `user:<pseudonym>`; whoever acts, if absent
    #[arg(long, default_value = "", hide_default_value = true)]
    person: String,
    /// There was one and it is over, or there never was one
    #[arg(long, value_parser = one_of(Clearance::WORDS))]
    because: String,
    /// Why there is none; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Evidence {
    #[command(flatten)]
    target: Target,
    /// A code of your own: photograph, statement, measurement, ..
    #[arg(long)]
    kind: String,
    /// Where it comes from, as a code of your own
    #[arg(long, default_value = "", hide_default_value = true)]
    source: String,
    /// What it says; `-` reads it from standard input
    #[arg(long)]
    description: String,
    /// The number of the evidence in whose place it stands
    #[arg(long, value_name = "NUMBER")]
    supersedes: Option<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Finding {
    #[command(flatten)]
    target: Target,
    /// What it says of what was complained of
    #[arg(long, value_parser = one_of(FindingResult::WORDS))]
    result: String,
    /// The finding in words; `-` reads it from standard input
    #[arg(long)]
    description: String,
    /// The number of evidence that it rests on; may be given several times
    #[arg(long)]
    evidence: Vec<u32>,
}

#[derive(Debug, Args)]
pub(crate) struct Reclassify {
    #[command(flatten)]
    target: Target,
    /// How bad it is
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
    /// It was seen wrongly, or more is known
    #[arg(long, value_parser = one_of(Revision::WORDS))]
    because: String,
    /// A code of your own
    #[arg(long)]
    reason: String,
    /// More of it; `-` reads it from standard input
    #[arg(long)]
    explanation: Option<String>,
}

pub(crate) async fn run(global: &Global, verb: Verb) -> Result<(), Failure> {
    match verb {
        Verb::DeclareConflict(it) => {
            let request = wire::DeclareConflictRequest {
                person: it.person,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, declare_conflict, request)
        }
        Verb::ClearConflict(it) => {
            let request = wire::ClearConflictRequest {
                person: it.person,
                because: it.because,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, clear_conflict, request)
        }
        Verb::Evidence(it) => evidence(global, it).await,
        Verb::Finding(it) => finding(global, it).await,
        Verb::Reclassify(it) => {
            let request = wire::ReclassifyComplaintRequest {
                severity: it.severity.unwrap_or_default(),
                safety_implication: it.safety_implication.unwrap_or_default(),
                complexity: it.complexity.unwrap_or_default(),
                impact: it.impact.unwrap_or_default(),
                because: it.because,
                reason: it.reason,
                explanation: words(it.explanation)?,
                ..d()
            };
            send!(global, it.target, reclassify_complaint, request)
        }
    }
}

async fn evidence(global: &Global, it: Evidence) -> Result<(), Failure> {
    let mut client = Client::of(global)?.workflow().await?;
    let mut request = wire::RecordEvidenceRequest {
        kind: it.kind,
        source: it.source,
        description: words(Some(it.description))?,
        supersedes: it.supersedes.unwrap_or_default(),
        ..d()
    };
    it.target.fill(&mut client, &mut request).await?;
    let answer = client.record_evidence(request).await?.into_inner();
    let number = ("evidence_number", json!(answer.evidence_number));
    tell(global, answer.recorded.as_ref(), &[number]);
    Ok(())
}

async fn finding(global: &Global, it: Finding) -> Result<(), Failure> {
    let mut client = Client::of(global)?.workflow().await?;
    let mut request = wire::RecordFindingRequest {
        result: it.result,
        description: words(Some(it.description))?,
        evidence: it.evidence,
        ..d()
    };
    it.target.fill(&mut client, &mut request).await?;
    let answer = client.record_finding(request).await?.into_inner();
    let number = ("finding_number", json!(answer.finding_number));
    tell(global, answer.recorded.as_ref(), &[number]);
    Ok(())
}
