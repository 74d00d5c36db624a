//! A list of complaints as a view: a row for each, found again by day and by stage, and counts.

use redress_complaint::{Event, Slices};
use redress_envelope::Record;
use redress_view::{Fold, FoldError, Rows};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy)]
pub(crate) struct ComplaintList;

#[derive(Debug, Serialize, Deserialize)]
struct Listed {
    reference: String,
    stage: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    version: u64,
    changed_at: String,
    about: Slices,
}

impl Fold for ComplaintList {
    const NAME: &'static str = "bench-complaints";
    const VERSION: u32 = 1;

    fn fold(&self, record: &Record, rows: &mut Rows<'_>) -> Result<(), FoldError> {
        let event = redress_complaint::decode(&record.kind, &record.data)
            .map_err(|_| FoldError::UnknownType(record.kind.clone()))?;
        let key = format!("item/{}", record.subject.id());
        let before: Option<Listed> = rows.get_json(key.as_bytes())?;
        let old_stage = before.as_ref().map(|listed| listed.stage.clone());
        let mut listed = match (before, &event) {
            (None, Event::Opened(opened)) => new_row(opened, rows, record)?,
            (Some(listed), _) => listed,
            (None, _) => return Err(FoldError::broken("it was never opened")),
        };
        evolve(&mut listed, &event);
        listed.version = record.version + 1;
        listed.changed_at = record.time.to_string();
        if old_stage.as_deref() != Some(listed.stage.as_str()) {
            if let Some(old) = old_stage {
                rows.delete(stage_key(&old, &listed, record).as_bytes());
            }
            rows.put(
                stage_key(&listed.stage, &listed, record).as_bytes(),
                Vec::new(),
            );
        }
        rows.put_json(key.as_bytes(), &listed)
    }
}

fn new_row(
    opened: &redress_complaint::event::Opened,
    rows: &mut Rows<'_>,
    record: &Record,
) -> Result<Listed, FoldError> {
    let about = Slices::clone(&opened.about);
    let day = about.received_at.to_string();
    let day = day.get(..10).unwrap_or_default();
    let product = about.product.as_deref().unwrap_or_default();
    let count_key = format!("count/{day}/{product}");
    let count: u64 = rows.get_json(count_key.as_bytes())?.unwrap_or(0);
    rows.put_json(count_key.as_bytes(), &(count + 1))?;
    let by_time = format!("received/{}/{}", about.received_at, record.subject.id());
    rows.put(by_time.as_bytes(), Vec::new());
    Ok(Listed {
        reference: opened.reference.to_string(),
        stage: String::new(),
        handler: None,
        outcome: None,
        version: 0,
        changed_at: String::new(),
        about,
    })
}

fn stage_key(stage: &str, listed: &Listed, record: &Record) -> String {
    format!(
        "stage/{stage}/{}/{}",
        listed.about.received_at,
        record.subject.id()
    )
}

fn evolve(listed: &mut Listed, event: &Event) {
    let stage = match event {
        Event::Opened(_) | Event::TakenOver(_) => "open",
        Event::Acknowledged(_) => "acknowledged",
        Event::Assessed(_) => "assessed",
        Event::InvestigationStarted(_) | Event::InvestigationNotRequired(_) => "investigated",
        Event::ResponseProposed(_) => "proposed",
        Event::DecisionCommunicated(communicated) => {
            listed.outcome = Some(communicated.outcome.as_str().to_owned());
            "communicated"
        }
        Event::Closed(_) => "closed",
        Event::Reopened(_) => "reopened",
        Event::Withdrawn(_) => "withdrawn",
        Event::Disputed(_) => "disputed",
        Event::Assigned(assigned) => {
            listed.handler = assigned.handler.as_ref().map(ToString::to_string);
            return;
        }
        Event::HistoryReported(_)
        | Event::InvestigationRefused(_)
        | Event::RemedyFulfilled(_)
        | Event::AcceptanceRecorded(_)
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
        | Event::NoteAdded(_) => return,
    };
    stage.clone_into(&mut listed.stage);
}
