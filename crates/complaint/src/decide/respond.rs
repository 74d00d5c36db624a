//! What is offered, or why nothing is; and keeping what was promised.

use jiff::Timestamp;
use redress_envelope::{Money, earliest_today};

use super::{field, in_hand, occurred, ruled, too_early};
use crate::command::{FulfilRemedy, ProposeResponse};
use crate::event::{NumberedRemedy, RemedyFulfilled, ResponseProposed};
use crate::{
    Cause, Event, File, Refusal, RemedyCourse, RemedyOffer, Response, Rules, Stage, State,
};

pub(super) const MAX_REMEDIES: usize = 32;

pub(super) fn propose(
    complaint: &State,
    command: &ProposeResponse,
    rules: &Rules,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let proposed = proposed_so_far(file, stage)?;
    let cause = check(command)?;
    if proposed.is_some_and(|response| says_the_same(response, command)) {
        return Ok(Vec::new());
    }
    ruled::are_allowed(&command.remedies, rules)?;
    ruled::nothing_is_left_to_find(complaint, rules)?;
    let number = |((index, offer), remedy): ((usize, &RemedyOffer), u32)| {
        let others = command.remedies.iter().enumerate();
        let beside = others.filter(|(other, _)| *other != index);
        NumberedRemedy {
            remedy,
            offer: offer.clone(),
            approval_limit: ruled::limit_exceeded(offer, beside.map(|(_, it)| it), rules),
        }
    };
    let numbers = file.remedies_numbered.saturating_add(1)..;
    let occurred_at = occurred::after_receipt(command.occurred_at, at, file)?;
    not_promised_in_the_past(&command.remedies, occurred_at)?;
    let offers = command.remedies.iter().enumerate();
    let remedies: Vec<NumberedRemedy> = offers.zip(numbers).map(number).collect();
    let needs_approval = remedies.iter().any(|it| it.approval_limit.is_some());
    Ok(vec![Event::ResponseProposed(ResponseProposed {
        remedies,
        offered_by: rules.caller.clone().filter(|_| needs_approval),
        refusal: command.refusal.clone(),
        cause: cause.clone(),
        occurred_at,
    })])
}

pub(super) fn not_promised_in_the_past(
    offers: &[RemedyOffer],
    at: Timestamp,
) -> Result<(), Refusal> {
    let today = earliest_today(at);
    let days = offers.iter().filter_map(|offer| offer.promised_by);
    match days.min() {
        Some(day) if day < today => Err(Refusal::PromisedInThePast { day }),
        Some(_) | None => Ok(()),
    }
}

/// Whether a response can be proposed, and the one that this would replace.
fn proposed_so_far<'a>(file: &File, stage: &'a Stage) -> Result<Option<&'a Response>, Refusal> {
    match stage {
        Stage::Received | Stage::Acknowledged(_) => Err(too_early(file, stage)),
        Stage::Assessed {
            not_required: None, ..
        } => Err(Refusal::InvestigationNotStarted),
        Stage::Assessed {
            not_required: Some(_),
            ..
        } => Ok(None),
        Stage::Investigating(investigating) => match investigating.inquiry {
            None => Err(Refusal::InvestigationNotStarted),
            Some(_) => Ok(None),
        },
        Stage::ResponseProposed(proposal) => Ok(Some(&proposal.response)),
        Stage::DecisionCommunicated { .. } => Err(Refusal::DecisionAlreadyCommunicated),
        Stage::Disputed { .. } => Err(Refusal::DisputeNotInvestigated),
    }
}

fn check(command: &ProposeResponse) -> Result<&Cause, Refusal> {
    if command.remedies.is_empty() && command.refusal.is_none() {
        return Err(Refusal::ResponseEmpty);
    }
    let count = command.remedies.len();
    if count > MAX_REMEDIES {
        let max = MAX_REMEDIES;
        return Err(Refusal::TooManyRemedies { count, max });
    }
    check_offers(&command.remedies)?;
    if let Some(refusal) = &command.refusal {
        field::title("refusal", &refusal.reason)?;
    }
    let cause = command.cause.as_ref().ok_or(Refusal::CauseMissing)?;
    match cause {
        Cause::NoCauseEstablished => {}
        Cause::Established { code } => field::code("cause", code)?,
        Cause::Other { .. } => field::known("cause", false)?,
    }
    Ok(cause)
}

pub(super) fn check_offers(offers: &[RemedyOffer]) -> Result<(), Refusal> {
    for offer in offers {
        field::code("remedies", offer.kind.as_str())?;
        if let Some(Money {
            minor_units,
            currency,
        }) = &offer.amount
        {
            Money::new(*minor_units, currency).map_err(|error| Refusal::AmountInvalid { error })?;
        }
    }
    Ok(())
}

fn says_the_same(response: &Response, command: &ProposeResponse) -> bool {
    response.offers().eq(&command.remedies)
        && response.refusal == command.refusal
        && Some(&response.cause) == command.cause.as_ref()
}

/// Allowed wherever the promise stands, also after closing or withdrawal: it is a fact.
pub(super) fn fulfil(
    complaint: &State,
    command: &FulfilRemedy,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let file = complaint.file().ok_or(Refusal::NotOpened)?;
    let number = command.remedy;
    let remedy = complaint
        .response()
        .and_then(|response| response.remedies.get(&number))
        .ok_or(Refusal::RemedyUnknown { remedy: number })?;
    match remedy.course {
        RemedyCourse::Fulfilled { at, .. } if occurred::agrees(command.occurred_at, at) => {
            Ok(Vec::new())
        }
        RemedyCourse::Fulfilled { at, .. } => {
            Err(Refusal::RemedyAlreadyFulfilled { remedy: number, at })
        }
        RemedyCourse::Declined { .. } => Err(Refusal::RemedyDeclined { remedy: number }),
        RemedyCourse::Offered | RemedyCourse::Accepted { .. } => {
            remedy.is_approved(number)?;
            Ok(vec![Event::RemedyFulfilled(RemedyFulfilled {
                remedy: number,
                occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
            })])
        }
    }
}
