//! One remedy at a time: another is offered, or the complainant says of one whether it is wanted. What is
//! declined is neither owed nor in the way of closing; until a remedy is given the complainant may think
//! better of it, either way.

use jiff::Timestamp;

use super::respond::{MAX_REMEDIES, check_offers, not_promised_in_the_past};
use super::{contradiction, field, in_hand, occurred, ruled, too_early};
use crate::command::{AcceptRemedy, ApproveRemedy, DeclineRemedy, OfferRemedy};
use crate::event::{NumberedRemedy, RemedyAccepted, RemedyApproved, RemedyDeclined, RemedyOffered};
use crate::{
    Approval, Event, External, ExternalResult, File, Proposal, Refusal, Remedy, RemedyCourse,
    RemedyOffer, Rules, Stage, State,
};

pub(super) fn offer(
    complaint: &State,
    command: &OfferRemedy,
    rules: &Rules,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let proposal = proposal(file, stage)?;
    let offer = &command.offer;
    check_offers(std::slice::from_ref(offer))?;
    let remedies = &proposal.response.remedies;
    let is_it = |remedy: &Remedy| remedy.offer == *offer && remedy.is_open();
    if remedies.values().any(is_it) {
        return Ok(Vec::new());
    }
    let (count, max) = (remedies.len() + 1, MAX_REMEDIES);
    if count > max {
        return Err(Refusal::TooManyRemedies { count, max });
    }
    let number = file.remedies_numbered.saturating_add(1);
    ruled::are_allowed(std::slice::from_ref(offer), rules)?;
    if !is_made_good(file) {
        agrees_with_the_decision(stage, proposal, number, offer)?;
    }
    // What was declined, too: the complainant may think better of it.
    let beside = remedies.values().map(|it| &it.offer);
    let approval_limit = ruled::limit_exceeded(offer, beside, rules);
    let occurred_at = occurred::after_receipt(command.occurred_at, at, file)?;
    not_promised_in_the_past(std::slice::from_ref(offer), occurred_at)?;
    Ok(vec![Event::RemedyOffered(RemedyOffered {
        remedy: NumberedRemedy {
            remedy: number,
            offer: offer.clone(),
            approval_limit: approval_limit.clone(),
        },
        offered_by: rules.caller.clone().filter(|_| approval_limit.is_some()),
        occurred_at,
    })])
}

/// The proposal to which a remedy can be added.
fn proposal<'a>(file: &File, stage: &'a Stage) -> Result<&'a Proposal, Refusal> {
    match stage {
        Stage::Received | Stage::Acknowledged(_) => Err(too_early(file, stage)),
        Stage::Assessed { .. } | Stage::Investigating(_) => Err(Refusal::ResponseNotProposed),
        Stage::ResponseProposed(proposal)
        | Stage::DecisionCommunicated { proposal, .. }
        | Stage::Disputed { proposal, .. } => Ok(proposal),
    }
}

/// Whether what another body determined, or what was settled before it, is being made good, whatever had
/// been decided here.
fn is_made_good(file: &File) -> bool {
    let result = file.external.as_deref().and_then(External::result);
    result.is_some_and(ExternalResult::is_to_be_implemented)
}

/// What was decided is not turned round by an offer.
fn agrees_with_the_decision(
    stage: &Stage,
    proposal: &Proposal,
    number: u32,
    offer: &RemedyOffer,
) -> Result<(), Refusal> {
    let Some(decision) = stage.decision() else {
        return Ok(());
    };
    let remedy = Remedy {
        offer: offer.clone(),
        course: RemedyCourse::Offered,
        approval: Approval::NotNeeded,
    };
    let mut proposal = proposal.clone();
    proposal.response.remedies.insert(number, remedy);
    contradiction::check(&decision.outcome, &proposal)
}

pub(super) fn accept(
    complaint: &State,
    command: &AcceptRemedy,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let number = command.remedy;
    let remedy = told(stage, number)?;
    match remedy.course {
        RemedyCourse::Accepted { .. } => return Ok(Vec::new()),
        RemedyCourse::Fulfilled { at, .. } => {
            return Err(Refusal::RemedyAlreadyFulfilled { remedy: number, at });
        }
        RemedyCourse::Offered | RemedyCourse::Declined { .. } => remedy.is_approved(number)?,
    }
    Ok(vec![Event::RemedyAccepted(RemedyAccepted {
        remedy: number,
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

pub(super) fn decline(
    complaint: &State,
    command: &DeclineRemedy,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let number = command.remedy;
    match told(stage, number)?.course {
        RemedyCourse::Declined { .. } => return Ok(Vec::new()),
        RemedyCourse::Fulfilled { at, .. } => {
            return Err(Refusal::RemedyAlreadyFulfilled { remedy: number, at });
        }
        RemedyCourse::Offered | RemedyCourse::Accepted { .. } => {}
    }
    if let Some(reason) = &command.reason {
        field::code("reason", reason)?;
    }
    Ok(vec![Event::RemedyDeclined(RemedyDeclined {
        remedy: number,
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

/// Another person than who offered it stands for an amount above the limit.
pub(super) fn approve(
    complaint: &State,
    command: &ApproveRemedy,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let number = command.remedy;
    let offered = stage.response().and_then(|it| it.remedies.get(&number));
    let remedy = offered.ok_or(Refusal::RemedyUnknown { remedy: number })?;
    match (&remedy.approval, &remedy.course) {
        (Approval::NotNeeded | Approval::Given { .. }, _) => return Ok(Vec::new()),
        (Approval::Pending { .. }, RemedyCourse::Declined { .. }) => {
            return Err(Refusal::RemedyDeclined { remedy: number });
        }
        (Approval::Pending { offered_by, .. }, _) => {
            if offered_by.as_ref() == Some(&command.approver) {
                return Err(Refusal::ApproverIsOfferer { remedy: number });
            }
            if file.has_conflict(&command.approver) {
                return Err(Refusal::ApproverHasConflict { remedy: number });
            }
        }
    }
    Ok(vec![Event::RemedyApproved(RemedyApproved {
        remedy: number,
        approved_by: command.approver.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

/// A remedy that the complainant was told of.
fn told(stage: &Stage, number: u32) -> Result<&Remedy, Refusal> {
    let known = stage
        .response()
        .and_then(|response| response.remedies.get(&number))
        .ok_or(Refusal::RemedyUnknown { remedy: number })?;
    if stage.promised().is_some() {
        Ok(known)
    } else {
        Err(Refusal::DecisionNotCommunicated)
    }
}
