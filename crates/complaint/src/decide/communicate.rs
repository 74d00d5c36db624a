//! The complainant is told. The same outcome may be told again, by another channel or to explain
//! recourse; another outcome needs another response. What the outcome and the response say together
//! is checked when it is told first: see [`contradiction`](super::contradiction).

use jiff::Timestamp;

use super::{contradiction, field, in_hand, occurred, ruled, too_early};
use crate::command::CommunicateDecision;
use crate::event::DecisionCommunicated;
use crate::{Decision, Event, File, Refusal, Stage, State};

pub(super) fn communicate(
    complaint: &State,
    command: &CommunicateDecision,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, stage) = in_hand(complaint)?;
    let occurred_at = match stage {
        Stage::Received | Stage::Acknowledged(_) => return Err(too_early(file, stage)),
        Stage::Assessed { .. } | Stage::Investigating(_) => {
            return Err(Refusal::ResponseNotProposed);
        }
        Stage::Disputed { decision, .. } if decision.outcome != command.outcome => {
            return Err(Refusal::DisputeNotInvestigated);
        }
        Stage::ResponseProposed(proposal) => {
            field::known("outcome", command.outcome.is_known())?;
            contradiction::check(&command.outcome, proposal)?;
            ruled::not_approved(&proposal.response).map_or(Ok(()), Err)?;
            occurred::after_receipt(command.occurred_at, at, file)?
        }
        Stage::DecisionCommunicated { decision, .. } | Stage::Disputed { decision, .. } => {
            match again(command, decision, file, at)? {
                None => return Ok(Vec::new()),
                Some(occurred_at) => occurred_at,
            }
        }
    };
    field::code("channel", &command.channel)?;
    if let Some(body) = &command.external_recourse {
        field::code("external_recourse", body)?;
    }
    Ok(vec![Event::DecisionCommunicated(DecisionCommunicated {
        outcome: command.outcome.clone(),
        channel: command.channel.clone(),
        recourse_explained: command.recourse_explained,
        external_recourse: command.external_recourse.clone(),
        occurred_at,
    })])
}

/// When the decision was told again; `None` where this is what was told last.
fn again(
    command: &CommunicateDecision,
    decision: &Decision,
    file: &File,
    at: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    if decision.outcome != command.outcome {
        return Err(Refusal::DecisionAlreadyCommunicated);
    }
    let latest = &decision.latest;
    let same = latest.channel == command.channel
        && latest.recourse_explained == command.recourse_explained
        && (command.external_recourse.is_none()
            || command.external_recourse == decision.external_recourse)
        && occurred::agrees(command.occurred_at, latest.at);
    if same {
        return Ok(None);
    }
    occurred::after_decision(command.occurred_at, at, file, decision).map(Some)
}
