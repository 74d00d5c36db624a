//! After the closing: whether all is well, and what the complainant thinks of how it was handled.

use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::{FollowUp, RecordSatisfaction};
use crate::event::{FollowedUp, SatisfactionRecorded};
use crate::{Closure, Event, Preceding, Refusal, ReportedHistory, Satisfaction, State};

pub(super) fn follow_up(
    complaint: &State,
    command: &FollowUp,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let State::Closed { file, closure, .. } = complaint else {
        in_hand(complaint)?;
        return Err(Refusal::NotClosed);
    };
    let FollowUp {
        channel,
        result,
        explanation,
        occurred_at,
    } = command;
    let is_it = |last: &crate::state::FollowUp| {
        last.channel == *channel
            && last.result == *result
            && (explanation.is_none() || last.explanation == *explanation)
            && occurred::agrees(*occurred_at, last.at)
    };
    if complaint.followed_up().is_some_and(is_it) {
        return Ok(Vec::new());
    }
    field::code("channel", channel)?;
    if let Some(result) = result {
        field::code("result", result)?;
    }
    let mut preceding = vec![(Preceding::Receipt, file.received_at)];
    let closed_at = match closure {
        Closure::Decided(decided) => Some(decided.at),
        Closure::Reported => complaint.report().and_then(ReportedHistory::closed),
    };
    preceding.extend(closed_at.map(|at| (Preceding::Closing, at)));
    Ok(vec![Event::FollowedUp(FollowedUp {
        channel: channel.clone(),
        result: result.clone(),
        explanation: explanation.clone(),
        occurred_at: occurred::after(*occurred_at, at, &preceding)?,
    })])
}

/// Of a complaint that is over, or of which the complainant knows the decision.
pub(super) fn satisfaction(
    complaint: &State,
    command: &RecordSatisfaction,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let file = match complaint {
        State::NotOpened | State::Merged { .. } => in_hand(complaint)?.0,
        State::Open { file, stage, .. } => {
            stage.decision().ok_or(Refusal::DecisionNotCommunicated)?;
            file
        }
        State::Closed { file, .. } | State::Withdrawn { file, .. } => file,
    };
    let Satisfaction { measure, score } = &command.satisfaction;
    let range = measure.range();
    let (low, high) = range.ok_or(Refusal::FieldUnknownValue { field: "measure" })?;
    if !(low..=high).contains(score) {
        return Err(Refusal::ScoreOutOfRange {
            measure: measure.to_string(),
            score: *score,
            low,
            high,
        });
    }
    let said = file.satisfaction.as_ref();
    let is_it = said.is_some_and(|(said, words)| {
        *said == command.satisfaction && (command.words.is_none() || command.words == *words)
    });
    if is_it {
        return Ok(Vec::new());
    }
    Ok(vec![Event::SatisfactionRecorded(SatisfactionRecorded {
        satisfaction: command.satisfaction.clone(),
        words: command.words.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}
