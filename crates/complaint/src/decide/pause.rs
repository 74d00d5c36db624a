//! Waiting and holding: where a complaint stands does not change, and neither does it move on. The
//! kind of event tells what moves it on; the status does not, which some steps leave as it is.
//!
//! What somebody else does is recorded all the same: the complainant accepts, disputes or withdraws, a
//! remedy is given, a note is added. The organisation's own next step is refused, because without an end
//! the pause would have none, and no clock could tell how long it was. A complaint waits for one answer
//! at a time; that it is on hold is another matter and can be true at the same time.

use jiff::Timestamp;

use super::{field, in_hand, occurred};
use crate::command::{AwaitComplainant, AwaitThirdParty, Hold, Release, Resume};
use crate::event::{ComplainantAwaited, Held, Released, Resumed, ThirdPartyAwaited};
use crate::state::{self, Awaited, Waiting};
use crate::{Event, Flags, Inquiry, Preceding, Refusal, Stage, State, WaitingFor};

pub(super) fn await_complainant(
    complaint: &State,
    command: &AwaitComplainant,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    let (reason, explanation) = (&command.reason, &command.explanation);
    if let Some(waiting) = complaint.waiting() {
        let same = waiting.awaited == Awaited::Complainant
            && waiting.ground.covers(Some(reason), explanation.as_ref());
        return already_waiting(complaint, same);
    }
    field::code("reason", reason)?;
    Ok(vec![Event::ComplainantAwaited(ComplainantAwaited {
        reason: reason.clone(),
        explanation: explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

pub(super) fn await_third_party(
    complaint: &State,
    command: &AwaitThirdParty,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    let (reason, explanation) = (&command.reason, &command.explanation);
    if let Some(waiting) = complaint.waiting() {
        let same = waiting.awaited.third_party() == Some(&command.third_party)
            && waiting.ground.covers(Some(reason), explanation.as_ref());
        return already_waiting(complaint, same);
    }
    field::code("third_party", &command.third_party)?;
    field::code("reason", reason)?;
    Ok(vec![Event::ThirdPartyAwaited(ThirdPartyAwaited {
        third_party: command.third_party.clone(),
        reason: reason.clone(),
        explanation: explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

fn already_waiting(complaint: &State, same: bool) -> Result<Vec<Event>, Refusal> {
    match complaint.waiting() {
        Some(waiting) if !same => Err(Refusal::AlreadyWaiting {
            waiting_for: waiting.awaited.word(),
            since: waiting.since,
        }),
        Some(_) | None => Ok(Vec::new()),
    }
}

pub(super) fn resume(
    complaint: &State,
    command: &Resume,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    let Some(waiting) = complaint.waiting() else {
        return Ok(Vec::new());
    };
    if let Some(reason) = &command.reason {
        field::code("reason", reason)?;
    }
    let preceding = [
        (Preceding::Receipt, file.received_at),
        (Preceding::Waiting, waiting.since),
    ];
    Ok(vec![Event::Resumed(Resumed {
        waiting_for: waiting.awaited.word(),
        reason: command.reason.clone(),
        occurred_at: occurred::after(command.occurred_at, at, &preceding)?,
    })])
}

/// Where the complainant's answer was waited for, and this is one: that the waiting is over. It may have
/// come before anybody wrote down that it was waited for.
pub(super) fn answered(complaint: &State, at: Timestamp) -> Option<Event> {
    let waiting = complaint.waiting()?;
    match waiting.awaited {
        Awaited::Complainant => Some(Event::Resumed(Resumed {
            waiting_for: WaitingFor::Complainant,
            reason: None,
            occurred_at: at.max(waiting.since),
        })),
        Awaited::ThirdParty { .. } => None,
    }
}

pub(super) fn hold(
    complaint: &State,
    command: &Hold,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    if let Some(hold) = complaint.hold() {
        let explained = command.explanation.is_none() || command.explanation == hold.explanation;
        return if hold.basis == command.basis && explained {
            Ok(Vec::new())
        } else {
            Err(Refusal::AlreadyOnHold {
                basis: hold.basis.clone(),
                since: hold.since,
            })
        };
    }
    field::code("basis", command.basis.as_str())?;
    Ok(vec![Event::Held(Held {
        basis: command.basis.clone(),
        explanation: command.explanation.clone(),
        occurred_at: occurred::after_receipt(command.occurred_at, at, file)?,
    })])
}

pub(super) fn release(
    complaint: &State,
    command: &Release,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let (file, _) = in_hand(complaint)?;
    let Some(hold) = complaint.hold() else {
        return Ok(Vec::new());
    };
    if let Some(reason) = &command.reason {
        field::code("reason", reason)?;
    }
    let preceding = [
        (Preceding::Receipt, file.received_at),
        (Preceding::Hold, hold.since),
    ];
    Ok(vec![Event::Released(Released {
        basis: hold.basis.clone(),
        reason: command.reason.clone(),
        occurred_at: occurred::after(command.occurred_at, at, &preceding)?,
    })])
}

/// Whether what was decided may happen while the complaint stands still.
pub(super) fn lets(complaint: &State, events: &[Event]) -> Result<(), Refusal> {
    let (stage, flags) = match complaint {
        State::Open { stage, flags, .. } => (stage, flags),
        State::NotOpened
        | State::Closed { .. }
        | State::Merged { .. }
        | State::Withdrawn { .. } => return Ok(()),
    };
    match halt(flags) {
        Some(halt) if events.iter().any(|event| is_own_step(stage, event)) => Err(halt),
        Some(_) | None => Ok(()),
    }
}

/// What a closing meets: an answer that does not come from the complainant is what closing on silence
/// rests on, and one that came has ended the waiting.
pub(super) fn keeps_open(flags: &Flags) -> Option<Refusal> {
    let waits = flags
        .waiting
        .as_deref()
        .filter(|waiting| waiting.awaited != Awaited::Complainant);
    flags.hold.as_deref().map(is_held).or(waits.map(is_waiting))
}

/// On hold counts first: to release it is mostly not the handler's to say.
fn halt(flags: &Flags) -> Option<Refusal> {
    let hold = flags.hold.as_deref().map(is_held);
    hold.or(flags.waiting.as_deref().map(is_waiting))
}

fn is_held(hold: &state::Hold) -> Refusal {
    Refusal::OnHold {
        basis: hold.basis.clone(),
        since: hold.since,
    }
}

fn is_waiting(waiting: &Waiting) -> Refusal {
    Refusal::Waiting {
        waiting_for: waiting.awaited.word(),
        since: waiting.since,
    }
}

/// A step by which the organisation handles the complaint further, whether or not it is seen in the
/// status. To see again, to investigate in another's place and to tell again is none. Closing has its own
/// list of what is missing.
fn is_own_step(stage: &Stage, event: &Event) -> bool {
    match event {
        Event::InvestigationNotRequired(_) | Event::ResponseProposed(_) => true,
        Event::Assessed(_) => stage.assessment().is_none(),
        Event::InvestigationStarted(_) => !is_under_way(stage),
        Event::DecisionCommunicated(_) => stage.decision().is_none(),
        Event::Opened(_)
        | Event::TakenOver(_)
        | Event::HistoryReported(_)
        | Event::Acknowledged(_)
        | Event::Assigned(_)
        | Event::InvestigationRefused(_)
        | Event::RemedyOffered(_)
        | Event::RemedyAccepted(_)
        | Event::RemedyDeclined(_)
        | Event::RemedyApproved(_)
        | Event::ConflictDeclared(_)
        | Event::ConflictCleared(_)
        | Event::EvidenceRecorded(_)
        | Event::FindingRecorded(_)
        | Event::Reclassified(_)
        | Event::ComplainantAwaited(_)
        | Event::ThirdPartyAwaited(_)
        | Event::Resumed(_)
        | Event::Held(_)
        | Event::Released(_)
        | Event::Escalated(_)
        | Event::DeEscalated(_)
        | Event::RemedyFulfilled(_)
        | Event::AcceptanceRecorded(_)
        | Event::Disputed(_)
        | Event::Closed(_)
        | Event::Reopened(_)
        | Event::Withdrawn(_)
        | Event::ReferredExternally(_)
        | Event::ExternalNoticeReceived(_)
        | Event::ExternalPositionStated(_)
        | Event::ExternalResolutionBegun(_)
        | Event::ExternalDisputeSettled(_)
        | Event::DeterminationReceived(_)
        | Event::ExternalResultImplemented(_)
        | Event::ExternalFileClosed(_)
        | Event::FollowedUp(_)
        | Event::SatisfactionRecorded(_)
        | Event::MergedInto(_)
        | Event::Unmerged(_)
        | Event::MergeReceived(_)
        | Event::MergeEnded(_)
        | Event::NoteAdded(_) => false,
    }
}

/// Whether an investigation was started that no reopening interrupted. One that a conflict of interest
/// left without an investigator still is: somebody else goes on with it.
fn is_under_way(stage: &Stage) -> bool {
    match stage {
        Stage::Investigating(investigating) => match investigating.inquiry {
            Some(Inquiry::Started { .. }) | None => investigating.reopened.is_none(),
            Some(Inquiry::NotRequired(_)) => false,
        },
        Stage::Received
        | Stage::Acknowledged(_)
        | Stage::Assessed { .. }
        | Stage::ResponseProposed(_)
        | Stage::DecisionCommunicated { .. }
        | Stage::Disputed { .. } => false,
    }
}
