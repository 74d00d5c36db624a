//! Closing: a communicated decision, no broken promise, nothing open before another body, and a ground.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{field, in_hand, occurred, pause, ruled};
use crate::command::Close;
use crate::event::Closed;
use crate::{CloseBasis, Decision, Event, File, Refusal, Rules, Stage, State};

pub(super) fn close(
    complaint: &State,
    command: &Close,
    rules: &Rules,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    if let State::Closed { closure, .. } = complaint {
        let basis = closure.decided().map(|decided| &decided.basis);
        return if basis == Some(&command.basis) {
            Ok(Vec::new())
        } else {
            let basis = basis.cloned();
            Err(Refusal::AlreadyClosed { basis })
        };
    }
    let (file, stage) = in_hand(complaint)?;
    let decision = stage.decision().ok_or(Refusal::DecisionNotCommunicated)?;
    field::known("basis", command.basis.is_known())?;
    let occurred_at = occurred::after_decision(command.occurred_at, at, file, decision)?;
    let missing = missing_for_close(complaint, &command.basis, rules, occurred_at);
    match missing.into_iter().next() {
        Some(refusal) => Err(refusal),
        None => Ok(vec![Event::Closed(Closed {
            basis: command.basis.clone(),
            occurred_at,
        })]),
    }
}

/// All that stands between the complaint and closing it on `basis` at `at`. Empty: nothing does.
/// [`decide`](crate::decide) refuses with the first.
pub fn missing_for_close(
    complaint: &State,
    basis: &CloseBasis,
    rules: &Rules,
    at: Timestamp,
) -> Vec<Refusal> {
    let (file, stage, flags) = match complaint {
        State::Open { file, stage, flags } => (file, stage, flags),
        State::Merged { merging, .. } => {
            return vec![Refusal::ComplaintMerged { into: merging.into }];
        }
        State::NotOpened => return vec![Refusal::NotOpened],
        State::Withdrawn { .. } => return vec![Refusal::ComplaintWithdrawn],
        State::Closed { closure, .. } => {
            let basis = closure.decided().map(|decided| decided.basis.clone());
            return vec![Refusal::AlreadyClosed { basis }];
        }
    };
    let Some(decision) = stage.decision() else {
        return vec![Refusal::DecisionNotCommunicated];
    };
    let pending = stage.response().and_then(ruled::not_approved);
    let promises = broken_promises(stage, at);
    let ground = match basis {
        CloseBasis::Accepted => not_accepted(stage),
        CloseBasis::Silent => not_silent(stage, decision, rules, at),
        CloseBasis::OptionsExhausted => not_exhausted(file, stage, decision),
        CloseBasis::Other(_) => Some(Refusal::FieldUnknownValue { field: "basis" }),
    };
    let asked_for = ruled::missing_for_close(complaint, decision, basis, rules);
    let elsewhere = file.open_external().map(|it| Refusal::ExternalOpen {
        body: it.body.clone(),
    });
    let halt = pause::keeps_open(flags);
    let own = pending.into_iter().chain(promises).chain(elsewhere);
    let own = own.chain(ground).chain(asked_for);
    own.chain(halt).collect()
}

fn broken_promises(stage: &Stage, at: Timestamp) -> Option<Refusal> {
    let day = at.to_zoned(TimeZone::UTC).date();
    let remedies = stage.response()?.unsettled(day);
    (!remedies.is_empty()).then_some(Refusal::RemedyOpen { remedies })
}

fn not_accepted(stage: &Stage) -> Option<Refusal> {
    let accepted = matches!(stage, Stage::DecisionCommunicated { accepted: true, .. });
    (!accepted).then_some(Refusal::DecisionNotAccepted)
}

/// That nothing is left the person who closes must know; but who was never told the ways on has not gone to
/// their end, unless another body is done with it, and who accepted need not go.
fn not_exhausted(file: &File, stage: &Stage, decision: &Decision) -> Option<Refusal> {
    if let Stage::DecisionCommunicated { accepted: true, .. } = stage {
        return Some(Refusal::DecisionAccepted);
    }
    let untold = decision.recourse_explained_at.is_none() && file.external.is_none();
    untold.then_some(Refusal::RecourseNotExplained)
}

fn not_silent(stage: &Stage, decision: &Decision, rules: &Rules, at: Timestamp) -> Option<Refusal> {
    if let Stage::Disputed { .. } = stage {
        return Some(Refusal::ComplainantNotSilent { answer: "disputed" });
    }
    if let Stage::DecisionCommunicated { accepted: true, .. } = stage {
        return Some(Refusal::ComplainantNotSilent { answer: "accepted" });
    }
    match decision.silence_ends_at(rules) {
        None => Some(Refusal::RecourseNotExplained),
        Some(ends_at) if at < ends_at => Some(Refusal::SilenceTooShort { ends_at }),
        Some(_) => None,
    }
}
