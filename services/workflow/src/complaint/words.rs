//! The words to the facts of a complaint: what the events only refer to.

use redress_complaint::Event;
use redress_envelope::{Record, VaultRef};
use redress_service::Problem;
use redress_wire::workflow::v1::{Complaint, Note};

use super::case::{decode, words};
use super::get::{note, unreadable};
use crate::clocked;
use crate::workflow::Inner;

/// Where the words of an event are, if it has any.
type Place<'a> = Option<(&'a Record, VaultRef)>;

/// The last event of each kind that stands in the answer, and every reopening.
#[derive(Default)]
struct Places<'a> {
    assessed: Place<'a>,
    not_required: Place<'a>,
    proposed: Place<'a>,
    disputed: Place<'a>,
    withdrawn: Place<'a>,
    waiting: Place<'a>,
    held: Place<'a>,
    reclassified: Place<'a>,
    escalated: Place<'a>,
    reopened: Vec<Place<'a>>,
    /// Of each step before another body.
    elsewhere: Vec<Place<'a>>,
    followed_up: Place<'a>,
    satisfied: Place<'a>,
    merged: Place<'a>,
}

pub(super) async fn add(
    inner: &Inner,
    records: &[Record],
    complaint: &mut Complaint,
) -> Result<(), Problem> {
    let places = places(records)?;
    if let Some(assessment) = &mut complaint.assessment {
        assessment.immediate_action_what = read(inner, places.assessed).await?;
    }
    let investigation = complaint.investigation.as_mut();
    if let Some(decided) = investigation.filter(|it| !it.not_required_reason.is_empty()) {
        decided.explanation = read(inner, places.not_required).await?;
    }
    if let Some(response) = &mut complaint.response {
        response.refusal_explanation = read(inner, places.proposed).await?;
    }
    if let Some(dispute) = &mut complaint.dispute {
        dispute.explanation = read(inner, places.disputed).await?;
    }
    if let Some(withdrawal) = &mut complaint.withdrawal {
        withdrawal.explanation = read(inner, places.withdrawn).await?;
    }
    if let Some(waiting) = &mut complaint.waiting {
        waiting.explanation = read(inner, places.waiting).await?;
    }
    if let Some(reclassification) = &mut complaint.reclassification {
        reclassification.explanation = read(inner, places.reclassified).await?;
    }
    if let Some(hold) = &mut complaint.hold {
        hold.explanation = read(inner, places.held).await?;
    }
    if let Some(escalation) = &mut complaint.escalation {
        escalation.explanation = read(inner, places.escalated).await?;
    }
    let closures = complaint.closures.iter_mut();
    let closures = closures.filter(|closure| closure.reopened_at.is_some());
    for (closure, place) in closures.zip(places.reopened) {
        closure.reopening_explanation = read(inner, place).await?;
    }
    let disputes = complaint.external_disputes.iter_mut();
    let steps = disputes.flat_map(|dispute| &mut dispute.steps);
    for (step, place) in steps.zip(places.elsewhere) {
        step.words = read(inner, place).await?;
    }
    if let Some(follow_up) = &mut complaint.follow_up {
        follow_up.explanation = read(inner, places.followed_up).await?;
    }
    if let Some(satisfaction) = &mut complaint.satisfaction {
        satisfaction.words = read(inner, places.satisfied).await?;
    }
    if let Some(merging) = &mut complaint.merging {
        merging.explanation = read(inner, places.merged).await?;
    }
    Ok(())
}

fn places(records: &[Record]) -> Result<Places<'_>, Problem> {
    let mut places = Places::default();
    for record in records {
        let Some(event) = decode(record).map_err(unreadable)? else {
            continue;
        };
        let place = words(&event).map(|words| (record, words.clone()));
        let clocked::Event::Complaint(event) = event else {
            continue;
        };
        match event {
            Event::Assessed(_) => places.assessed = place,
            Event::InvestigationNotRequired(_) => places.not_required = place,
            Event::ResponseProposed(_) => places.proposed = place,
            Event::Disputed(_) => places.disputed = place,
            Event::Withdrawn(_) => places.withdrawn = place,
            Event::Reopened(_) => places.reopened.push(place),
            Event::ComplainantAwaited(_) | Event::ThirdPartyAwaited(_) => places.waiting = place,
            Event::Held(_) => places.held = place,
            Event::Reclassified(_) => places.reclassified = place,
            Event::Escalated(_) => places.escalated = place,
            Event::ReferredExternally(_)
            | Event::ExternalNoticeReceived(_)
            | Event::ExternalPositionStated(_)
            | Event::ExternalResolutionBegun(_)
            | Event::ExternalDisputeSettled(_)
            | Event::DeterminationReceived(_)
            | Event::ExternalResultImplemented(_)
            | Event::ExternalFileClosed(_) => places.elsewhere.push(place),
            Event::FollowedUp(_) => places.followed_up = place,
            Event::SatisfactionRecorded(_) => places.satisfied = place,
            Event::MergedInto(_) => places.merged = place,
            Event::Opened(_)
            | Event::TakenOver(_)
            | Event::HistoryReported(_)
            | Event::Acknowledged(_)
            | Event::Assigned(_)
            | Event::InvestigationStarted(_)
            | Event::InvestigationRefused(_)
            | Event::RemedyFulfilled(_)
            | Event::DecisionCommunicated(_)
            | Event::AcceptanceRecorded(_)
            | Event::RemedyOffered(_)
            | Event::RemedyAccepted(_)
            | Event::RemedyDeclined(_)
            | Event::RemedyApproved(_)
            | Event::ConflictDeclared(_)
            | Event::ConflictCleared(_)
            | Event::EvidenceRecorded(_)
            | Event::FindingRecorded(_)
            | Event::Resumed(_)
            | Event::Released(_)
            | Event::DeEscalated(_)
            | Event::Unmerged(_)
            | Event::MergeReceived(_)
            | Event::MergeEnded(_)
            | Event::Closed(_)
            | Event::NoteAdded(_) => {}
        }
    }
    Ok(places)
}

async fn read(inner: &Inner, place: Place<'_>) -> Result<Option<Note>, Problem> {
    match place {
        Some((record, words)) => note(inner, record, &words).await.map(Some),
        None => Ok(None),
    }
}
