use jiff::Timestamp;
use redress_envelope::{Record, Subject};
use redress_event_log::UnreadableEvent;
use redress_log_service::{as_of, load_problem, read_problem};
use redress_service::Problem;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    GetComplaintRequest, GetComplaintResponse, Note, get_complaint_request,
};
use tonic::Request;

use super::case::{Case, decode};
use super::refused::not_found;
use super::{clocks, inquiry, reply, view, words};
use crate::clocked::{Event, facts};
use crate::workflow::Inner;
use crate::{field, ruling, waiting};

/// Notes that come with the complaint; its history has all.
const MAX_NOTES: usize = 100;

pub(super) async fn get(
    inner: &Inner,
    request: Request<GetComplaintRequest>,
) -> Result<GetComplaintResponse, Problem> {
    let request = request.into_inner();
    waiting::for_log(inner, &request.wait_for).await?;
    let key = request.key.map(|key| match key {
        get_complaint_request::Key::ComplaintId(id) => Key::Id(id),
        get_complaint_request::Key::Reference(reference) => Key::Reference(reference),
    });
    let subject = find(inner, key).await?;
    let size = as_of(&inner.log, request.as_of.as_ref()).await?;
    let records = stream(inner, &subject, size).await?;
    let (case, unknown) = Case::of(&records).map_err(unreadable)?;
    let mut complaint = reply::complaint(subject.id(), &case);
    complaint.silence_ends_at = silence_ends_at(inner, &case).await?.map(time_to_wire);
    complaint.notes = notes(inner, &records).await?;
    words::add(inner, &records, &mut complaint).await?;
    inquiry::add(inner, &records, &mut complaint).await?;
    if request.as_of.is_none() && !case.clocks.is_empty() {
        let in_force = inner.policies.in_force().await?;
        let now = redress_service::clock::now();
        complaint.clocks = clocks::live(&case.clocks, in_force.book(), now);
        complaint.late = complaint.merging.is_none() && clocks::is_late(&complaint.clocks);
    }
    Ok(GetComplaintResponse {
        complaint: Some(complaint),
        token: inner.log.token(size).to_string(),
        incomplete_from: incomplete_from(inner, unknown),
    })
}

/// How a request names a complaint.
pub(super) enum Key {
    Id(String),
    Reference(String),
}

/// The stream of the complaint that is meant.
pub(super) async fn find(inner: &Inner, key: Option<Key>) -> Result<Subject, Problem> {
    let id = match key {
        Some(Key::Id(id)) => field::item("complaint_id", "COMPLAINT_ID_INVALID", &id)?,
        Some(Key::Reference(text)) => {
            let reference = field::reference(&text)?.to_string();
            let now = inner.log.token(inner.log.head().size);
            waiting::view_covers(&inner.complaints, &now).await?;
            let id = inner
                .complaints
                .query(move |rows| view::id_of(rows, &reference))
                .await;
            let id = id.map_err(|error| error.0)?.ok_or_else(not_found)?;
            field::item("reference", "COMPLAINT_ID_INVALID", &id)?
        }
        None => return Err(field::required("complaint_id")),
    };
    Ok(Subject::item("complaint", id))
}

/// The complaint's records among the first `size` of the log; there is at least one.
pub(super) async fn stream(
    inner: &Inner,
    subject: &Subject,
    size: u64,
) -> Result<Vec<Record>, Problem> {
    let records = inner.log.read_stream(subject.clone(), size).await;
    let records = records.map_err(|error| read_problem(&error))?;
    if records.is_empty() {
        Err(not_found())
    } else {
        Ok(records)
    }
}

pub(super) fn unreadable(error: UnreadableEvent) -> Problem {
    load_problem(error.into())
}

/// Everything before the first record that was passed over.
pub(super) fn incomplete_from(inner: &Inner, unknown: Option<u64>) -> String {
    unknown.map_or_else(String::new, |position| {
        inner.log.token(position).to_string()
    })
}

async fn silence_ends_at(inner: &Inner, case: &Case) -> Result<Option<Timestamp>, Problem> {
    let state = &case.state;
    let Some(decision) = state.decision().filter(|_| state.is_open()) else {
        return Ok(None);
    };
    let facts = case.about.as_deref().map(facts).unwrap_or_default();
    let in_force = inner.policies.in_force().await?;
    let rules = ruling::closing(state, &facts, in_force.book(), &inner.rules);
    Ok(decision.silence_ends_at(&rules))
}

async fn notes(inner: &Inner, records: &[Record]) -> Result<Vec<Note>, Problem> {
    use redress_complaint::Event::NoteAdded;
    let mut notes = Vec::new();
    for record in records.iter().rev() {
        if notes.len() == MAX_NOTES {
            break;
        }
        if let Some(Event::Complaint(NoteAdded(added))) = decode(record).map_err(unreadable)? {
            notes.push(note(inner, record, &added.note).await?);
        }
    }
    notes.reverse();
    Ok(notes)
}

/// The words that a record refers to.
pub(super) async fn note(
    inner: &Inner,
    record: &Record,
    reference: &redress_envelope::VaultRef,
) -> Result<Note, Problem> {
    let words = inner.words(reference).await?;
    Ok(Note {
        version: record.version,
        recorded_at: Some(time_to_wire(record.time)),
        actor: record.context.actor.to_string(),
        text: words.text,
        erased: words.erased,
        missing: words.missing,
    })
}
