//! What is found out while somebody investigates. As of notes, no two are the same; evidence may stand in
//! the place of other evidence, on which no finding rests from then on.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{field, in_hand, occurred, too_early};
use crate::command::{RecordEvidence, RecordFinding};
use crate::event::{EvidenceRecorded, FindingRecorded};
use crate::{Event, File, Inquiry, Refusal, Stage, State};

pub(super) fn record_evidence(
    complaint: &State,
    command: &RecordEvidence,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let file = investigated(complaint)?;
    field::code("kind", &command.kind)?;
    if let Some(source) = &command.source {
        field::code("source", source)?;
    }
    if let Some(superseded) = command.supersedes {
        stands(file, superseded)?;
    }
    Ok(vec![Event::EvidenceRecorded(EvidenceRecorded {
        evidence: file.evidence_numbered.saturating_add(1),
        kind: command.kind.clone(),
        source: command.source.clone(),
        description: command.description.clone(),
        supersedes: command.supersedes,
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

/// It was recorded, and nothing stands in its place.
fn stands(file: &File, evidence: u32) -> Result<(), Refusal> {
    if !(1..=file.evidence_numbered).contains(&evidence) {
        return Err(Refusal::EvidenceUnknown { evidence });
    }
    if file.superseded.contains(&evidence) {
        return Err(Refusal::EvidenceSuperseded { evidence });
    }
    Ok(())
}

pub(super) fn record_finding(
    complaint: &State,
    command: &RecordFinding,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let file = investigated(complaint)?;
    field::known("result", command.result.is_known())?;
    let evidence: BTreeSet<u32> = command.evidence.iter().copied().collect();
    for number in &evidence {
        stands(file, *number)?;
    }
    Ok(vec![Event::FindingRecorded(FindingRecorded {
        finding: file.findings_numbered.saturating_add(1),
        result: command.result.clone(),
        description: command.description.clone(),
        evidence: evidence.into_iter().collect(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

/// The file of a complaint that somebody investigates, or answers from what was found out: what comes to
/// light then is recorded, too, and whether it changes the decision is for a dispute or a reopening.
fn investigated(complaint: &State) -> Result<&File, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    match stage {
        Stage::Received | Stage::Acknowledged(_) => Err(too_early(file, stage)),
        Stage::Assessed { .. } => Err(Refusal::InvestigationNotStarted),
        Stage::Investigating(investigating) => match &investigating.inquiry {
            Some(Inquiry::Started { .. }) if investigating.reopened.is_none() => Ok(file),
            Some(Inquiry::Started { .. } | Inquiry::NotRequired(_)) | None => {
                Err(Refusal::InvestigationNotStarted)
            }
        },
        Stage::ResponseProposed(_) | Stage::DecisionCommunicated { .. } => Ok(file),
        Stage::Disputed { .. } => Err(Refusal::DisputeNotInvestigated),
    }
}
