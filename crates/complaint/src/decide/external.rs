//! A dispute before another body, step by step, in the order of ISO 10003. It goes on wherever the
//! complaint stands, also while that waits, is on hold or is withdrawn: what another body does is a fact.

use jiff::Timestamp;
use redress_envelope::{Money, VaultRef};

use super::{field, in_hand, occurred};
use crate::command::{
    BeginExternalResolution, CloseExternalFile, ImplementExternalResult, RecordDetermination,
    RecordExternalNotice, ReferExternally, SettleExternally, StateExternalPosition,
};
use crate::event::{
    DeterminationReceived, ExternalDisputeSettled, ExternalFileClosed, ExternalNoticeReceived,
    ExternalPositionStated, ExternalResolutionBegun, ExternalResultImplemented, ReferredExternally,
};
use crate::{
    Determination, Event, External, ExternalResult, ExternalStep, File, Preceding, Refusal,
    ResolutionMethod, Stage, State,
};

const NOTICE: &str = "the notice of the other body";
const POSITION: &str = "the organisation's position";
const WEIGHED: &str = "an advisory or determinative resolution";
const RESULT: &str = "a settlement or a determination, or a reason why there is none";
const IMPLEMENTED: &str = "that what was settled or determined is implemented";

type Decided = Result<Vec<Event>, Refusal>;

/// A decision that stands is disputed before it goes elsewhere, so that nobody takes the complainant for
/// silent. Where no decision came, the complainant need not wait for one.
pub(super) fn refer(complaint: &State, command: &ReferExternally, at: Timestamp) -> Decided {
    let (file, stage) = in_hand(complaint)?;
    if let Some(open) = file.open_external() {
        let said = command.explanation.is_none() || command.explanation == open.words;
        let same = open.step == ExternalStep::Referred
            && open.body == command.body
            && open.referred_by == command.referred_by;
        return if same && said {
            Ok(Vec::new())
        } else {
            let body = open.body.clone();
            Err(Refusal::ExternalOpen { body })
        };
    }
    if let Stage::DecisionCommunicated { .. } = stage {
        return Err(Refusal::DecisionNotDisputed);
    }
    field::code("body", &command.body)?;
    field::known("referred_by", command.referred_by.is_known())?;
    let mut preceding = vec![(Preceding::Receipt, file.received_at)];
    let before = file.external.iter();
    preceding.extend(before.map(|it| (Preceding::ExternalStep, it.since)));
    Ok(vec![Event::ReferredExternally(ReferredExternally {
        body: command.body.clone(),
        referred_by: command.referred_by.clone(),
        explanation: command.explanation.clone(),
        occurred_at: occurred::after(command.occurred_at, at, &preceding)?,
    })])
}

pub(super) fn notice(complaint: &State, command: &RecordExternalNotice, at: Timestamp) -> Decided {
    let (file, external) = last(complaint)?;
    match external.step {
        ExternalStep::Referred => {}
        ExternalStep::NoticeReceived => return said(external, command.explanation.as_ref()),
        ExternalStep::PositionStated
        | ExternalStep::Resolving { .. }
        | ExternalStep::Ended(_)
        | ExternalStep::Implemented(_)
        | ExternalStep::FileClosed { .. } => return Err(over(external)),
    }
    Ok(vec![Event::ExternalNoticeReceived(
        ExternalNoticeReceived {
            explanation: command.explanation.clone(),
            occurred_at: after(command.occurred_at, at, file, external)?,
        },
    )])
}

pub(super) fn position(
    complaint: &State,
    command: &StateExternalPosition,
    at: Timestamp,
) -> Decided {
    let (file, external) = last(complaint)?;
    match external.step {
        ExternalStep::Referred => return Err(missing(NOTICE)),
        ExternalStep::NoticeReceived => {}
        ExternalStep::PositionStated => return said(external, Some(&command.position)),
        ExternalStep::Resolving { .. }
        | ExternalStep::Ended(_)
        | ExternalStep::Implemented(_)
        | ExternalStep::FileClosed { .. } => return Err(over(external)),
    }
    Ok(vec![Event::ExternalPositionStated(
        ExternalPositionStated {
            position: command.position.clone(),
            occurred_at: after(command.occurred_at, at, file, external)?,
        },
    )])
}

/// One way may follow another: what nobody agreed on is decided.
pub(super) fn resolve(
    complaint: &State,
    command: &BeginExternalResolution,
    at: Timestamp,
) -> Decided {
    let (file, external) = last(complaint)?;
    match &external.step {
        ExternalStep::Referred => return Err(missing(NOTICE)),
        ExternalStep::NoticeReceived => return Err(missing(POSITION)),
        ExternalStep::Resolving { method } if *method == command.method => return Ok(Vec::new()),
        ExternalStep::PositionStated | ExternalStep::Resolving { .. } => {}
        ExternalStep::Ended(_) | ExternalStep::Implemented(_) | ExternalStep::FileClosed { .. } => {
            return Err(over(external));
        }
    }
    field::known("method", command.method.is_known())?;
    Ok(vec![Event::ExternalResolutionBegun(
        ExternalResolutionBegun {
            method: command.method.clone(),
            occurred_at: after(command.occurred_at, at, file, external)?,
        },
    )])
}

pub(super) fn settle(complaint: &State, command: &SettleExternally, at: Timestamp) -> Decided {
    let (file, external) = last(complaint)?;
    let result = ExternalResult::Settled {
        award: command.award.clone(),
    };
    match &external.step {
        ExternalStep::Referred => return Err(missing(NOTICE)),
        ExternalStep::NoticeReceived
        | ExternalStep::PositionStated
        | ExternalStep::Resolving { .. } => {}
        ExternalStep::Ended(ended) if *ended == result => {
            return said(external, Some(&command.terms));
        }
        ExternalStep::Ended(_) | ExternalStep::Implemented(_) | ExternalStep::FileClosed { .. } => {
            return Err(over(external));
        }
    }
    is_an_amount(command.award.as_ref())?;
    Ok(vec![Event::ExternalDisputeSettled(
        ExternalDisputeSettled {
            award: command.award.clone(),
            terms: command.terms.clone(),
            occurred_at: after(command.occurred_at, at, file, external)?,
        },
    )])
}

pub(super) fn determine(
    complaint: &State,
    command: &RecordDetermination,
    at: Timestamp,
) -> Decided {
    let (file, external) = last(complaint)?;
    let result = ExternalResult::Determined {
        determination: command.determination.clone(),
        award: command.award.clone(),
    };
    match &external.step {
        ExternalStep::Referred => return Err(missing(NOTICE)),
        ExternalStep::NoticeReceived => return Err(missing(POSITION)),
        ExternalStep::PositionStated
        | ExternalStep::Resolving {
            method: ResolutionMethod::Facilitative,
        } => return Err(missing(WEIGHED)),
        ExternalStep::Resolving {
            method:
                ResolutionMethod::Advisory
                | ResolutionMethod::Determinative
                | ResolutionMethod::Other(_),
        } => {}
        ExternalStep::Ended(ended) if *ended == result => {
            return said(external, command.explanation.as_ref());
        }
        ExternalStep::Ended(_) | ExternalStep::Implemented(_) | ExternalStep::FileClosed { .. } => {
            return Err(over(external));
        }
    }
    field::known("determination", command.determination.is_known())?;
    if command.determination == Determination::Maintained && command.award.is_some() {
        return Err(Refusal::AwardButMaintained);
    }
    is_an_amount(command.award.as_ref())?;
    Ok(vec![Event::DeterminationReceived(DeterminationReceived {
        determination: command.determination.clone(),
        award: command.award.clone(),
        explanation: command.explanation.clone(),
        occurred_at: after(command.occurred_at, at, file, external)?,
    })])
}

pub(super) fn implement(
    complaint: &State,
    command: &ImplementExternalResult,
    at: Timestamp,
) -> Decided {
    let (file, external) = last(complaint)?;
    match &external.step {
        ExternalStep::Referred
        | ExternalStep::NoticeReceived
        | ExternalStep::PositionStated
        | ExternalStep::Resolving { .. } => return Err(missing(RESULT)),
        ExternalStep::Ended(result) if result.is_to_be_implemented() => {}
        ExternalStep::Implemented(_) => return Ok(Vec::new()),
        ExternalStep::Ended(_) | ExternalStep::FileClosed { .. } => return Err(over(external)),
    }
    Ok(vec![Event::ExternalResultImplemented(
        ExternalResultImplemented {
            occurred_at: after(command.occurred_at, at, file, external)?,
        },
    )])
}

pub(super) fn close_file(complaint: &State, command: &CloseExternalFile, at: Timestamp) -> Decided {
    if let Some(closed) = closed_already(complaint, command) {
        return closed;
    }
    let (file, external) = last(complaint)?;
    match external.result() {
        None if command.reason.is_none() => return Err(missing(RESULT)),
        Some(result) if result.is_to_be_implemented() => {
            if let ExternalStep::Ended(_) = external.step {
                return Err(missing(IMPLEMENTED));
            }
        }
        Some(_) | None => {}
    }
    if let Some(reason) = &command.reason {
        field::code("reason", reason)?;
    }
    Ok(vec![Event::ExternalFileClosed(ExternalFileClosed {
        reason: command.reason.clone(),
        explanation: command.explanation.clone(),
        occurred_at: after(command.occurred_at, at, file, external)?,
    })])
}

/// Nothing, where its file was not closed or another one is open.
fn closed_already(complaint: &State, command: &CloseExternalFile) -> Option<Decided> {
    let external = complaint.external()?;
    let ExternalStep::FileClosed { reason, .. } = &external.step else {
        return None;
    };
    if command.reason.is_some() && command.reason != *reason {
        return Some(Err(over(external)));
    }
    Some(said(external, command.explanation.as_ref()))
}

/// The last dispute before another body.
fn last(complaint: &State) -> Result<(&File, &External), Refusal> {
    if let State::Merged { merging, .. } = complaint {
        return Err(Refusal::ComplaintMerged { into: merging.into });
    }
    let file = complaint.file().ok_or(Refusal::NotOpened)?;
    match file.external.as_deref() {
        Some(external) => Ok((file, external)),
        None => Err(Refusal::ExternalNotOpen),
    }
}

/// It was said so already, in these words or in none; other words are no correction.
fn said(external: &External, words: Option<&VaultRef>) -> Decided {
    if words.is_none() || words == external.words.as_ref() {
        Ok(Vec::new())
    } else {
        Err(over(external))
    }
}

fn over(external: &External) -> Refusal {
    let reached = external.step.as_str();
    Refusal::ExternalStepOver { reached }
}

fn missing(missing: &'static str) -> Refusal {
    Refusal::ExternalStepMissing { missing }
}

fn is_an_amount(award: Option<&Money>) -> Result<(), Refusal> {
    match award.map(|award| Money::new(award.minor_units, &award.currency)) {
        Some(Err(error)) => Err(Refusal::AwardInvalid { error }),
        Some(Ok(_)) | None => Ok(()),
    }
}

fn after(
    given: Option<Timestamp>,
    at: Timestamp,
    file: &File,
    external: &External,
) -> Result<Timestamp, Refusal> {
    let preceding = [
        (Preceding::Receipt, file.received_at),
        (Preceding::ExternalStep, external.since),
    ];
    occurred::after(given, at, &preceding)
}
