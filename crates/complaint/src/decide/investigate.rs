//! Somebody without a conflict of interest investigates, or somebody says why nobody need.
//!
//! That somebody with one was to investigate is a fact of its own, and is recorded: whoever asked is
//! told `CONFLICT_OF_INTEREST` all the same. A declaration is about one investigation: after a dispute or
//! a reopening everybody declares anew, and is recorded anew. Who declares a conflict while
//! investigating no longer does, and somebody else has to. A conflict that was declared for the complaint
//! itself keeps its holder out of every investigation, whatever is declared then, until it is cleared.

use jiff::Timestamp;

use super::{field, in_hand, occurred, too_early};
use crate::command::{RecordInvestigationNotRequired, StartInvestigation};
use crate::event::{InvestigationNotRequired, InvestigationRefused, InvestigationStarted};
use crate::{
    ConflictDeclaration, Event, File, Inquiry, KeptOut, NotRequired, Refusal, Stage, State,
};

pub(super) fn start(
    complaint: &State,
    command: &StartInvestigation,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    match stage {
        Stage::Received | Stage::Acknowledged(_) => return Err(too_early(file, stage)),
        Stage::ResponseProposed(_) => return Err(Refusal::ResponseAlreadyProposed),
        Stage::DecisionCommunicated { .. } => return Err(Refusal::DecisionAlreadyCommunicated),
        Stage::Assessed { .. } | Stage::Investigating(_) | Stage::Disputed { .. } => {}
    }
    match &command.declaration {
        ConflictDeclaration::NoConflict if file.has_conflict(&command.investigator) => {
            return keep_out(file, command, at);
        }
        ConflictDeclaration::NoConflict => {}
        ConflictDeclaration::NotMade => return Err(Refusal::ConflictNotDeclared),
        ConflictDeclaration::Conflict => return keep_out(file, command, at),
        ConflictDeclaration::Other(_) => field::known("declaration", false)?,
    }
    if is_investigating(stage, command) && !file.kept_out.contains(&command.investigator) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::InvestigationStarted(InvestigationStarted {
        investigator: command.investigator.clone(),
        declaration: command.declaration.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

/// Recorded once for each investigator and investigation, until the same one declares that there is
/// none.
fn keep_out(
    file: &File,
    command: &StartInvestigation,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if file.kept_out.contains(&command.investigator) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::InvestigationRefused(InvestigationRefused {
        investigator: command.investigator.clone(),
        declaration: command.declaration.clone(),
        reason: KeptOut::ConflictOfInterest,
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

/// Whether the same person is at it. After a reopening it starts anew, with a new declaration.
fn is_investigating(stage: &Stage, command: &StartInvestigation) -> bool {
    let Stage::Investigating(investigating) = stage else {
        return false;
    };
    let investigator = command.investigator.clone();
    investigating.reopened.is_none()
        && investigating.inquiry == Some(Inquiry::Started { investigator })
}

pub(super) fn not_required(
    complaint: &State,
    command: &RecordInvestigationNotRequired,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let recorded = match stage {
        Stage::Received | Stage::Acknowledged(_) => return Err(too_early(file, stage)),
        Stage::Assessed { not_required, .. } => not_required.as_ref(),
        Stage::Investigating(investigating) => match &investigating.inquiry {
            None => None,
            Some(Inquiry::NotRequired(recorded)) => Some(recorded),
            Some(Inquiry::Started { .. }) => return Err(Refusal::InvestigationAlreadyStarted),
        },
        Stage::ResponseProposed(_) => return Err(Refusal::ResponseAlreadyProposed),
        Stage::DecisionCommunicated { .. } => return Err(Refusal::DecisionAlreadyCommunicated),
        Stage::Disputed { .. } => return Err(Refusal::DisputeNotInvestigated),
    };
    field::title("reason", &command.reason)?;
    let Some(decided_by) = command.decided_by.clone() else {
        return Err(Refusal::DecidedByMissing);
    };
    if file.has_conflict(&decided_by) || file.kept_out.contains(&decided_by) {
        return Err(Refusal::DeciderHasConflict);
    }
    if command.relies_on == Some(file.feedback) {
        return Err(Refusal::ReliesOnItself);
    }
    let decided = NotRequired {
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        decided_by,
        relies_on: command.relies_on,
    };
    if recorded == Some(&decided) {
        return Ok(Vec::new());
    }
    let occurred_at = occurred::after_receipt(command.occurred_at, at, file)?;
    Ok(vec![Event::InvestigationNotRequired(
        InvestigationNotRequired {
            reason: decided.reason,
            explanation: decided.explanation,
            decided_by: decided.decided_by,
            relies_on: decided.relies_on,
            occurred_at,
        },
    )])
}
