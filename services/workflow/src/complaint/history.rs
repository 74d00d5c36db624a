use redress_envelope::Record;
use redress_evidence::leaf_hash;
use redress_log_service::{as_of, digest, read_problem};
use redress_service::Problem;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    GetComplaintHistoryRequest, GetComplaintHistoryResponse, HistoryEntry,
    get_complaint_history_request,
};
use tonic::Request;

use super::case::{decode, occurred_at, words};
use super::clock_summary::clock_summary;
use super::contact_summary::contact_summary;
use super::duty_summary::duty_summary;
use super::get::{Key, find, incomplete_from, note, stream, unreadable};
use super::summary::summary;
use crate::clocked::{Clocked, Event};
use crate::workflow::Inner;
use crate::{page, waiting};

const DEFAULT_PAGE: u32 = 500;
/// Bytes of entries behind which a page ends.
const PAGE_BYTES: usize = 1 << 20;

pub(super) async fn history(
    inner: &Inner,
    request: Request<GetComplaintHistoryRequest>,
) -> Result<GetComplaintHistoryResponse, Problem> {
    let request = request.into_inner();
    let question = question(&request);
    let after = page::read_token(&question, &request.page_token)?;
    let size = page::size(request.page_size, Some(DEFAULT_PAGE))?;
    waiting::for_log(inner, &request.wait_for).await?;
    let key = request.key.map(|key| match key {
        get_complaint_history_request::Key::ComplaintId(id) => Key::Id(id),
        get_complaint_history_request::Key::Reference(reference) => Key::Reference(reference),
    });
    let subject = find(inner, key).await?;
    let seen = as_of(&inner.log, request.as_of.as_ref()).await?;
    let records = stream(inner, &subject, seen).await?;
    let first = first_version(after.as_deref());
    let (mut entries, mut bytes, mut next, mut unknown) = (Vec::new(), 0, None, None);
    let mut state = Clocked::default();
    for record in &records {
        let event = decode(record).map_err(unreadable)?;
        match &event {
            Some(event) => state.evolve(event),
            None => {
                unknown.get_or_insert(record.position);
            }
        }
        if record.version < first || next.is_some() {
            continue;
        }
        if entries.len() == size || bytes > PAGE_BYTES {
            next = Some(record.version);
            continue;
        }
        let happened = event.as_ref().map(|event| (event, &state));
        let entry = entry(inner, record, happened).await?;
        bytes += entry.record.len() + entry.words.as_ref().map_or(0, |words| words.text.len());
        entries.push(entry);
    }
    Ok(GetComplaintHistoryResponse {
        complaint_id: subject.id().to_owned(),
        entries,
        next_page_token: next.map_or_else(String::new, |version| {
            page::write_token(&question, &version.to_be_bytes())
        }),
        token: inner.log.token(seen).to_string(),
        incomplete_from: incomplete_from(inner, unknown),
    })
}

fn question(request: &GetComplaintHistoryRequest) -> String {
    let question = GetComplaintHistoryRequest {
        key: request.key.clone(),
        as_of: request.as_of.clone(),
        ..GetComplaintHistoryRequest::default()
    };
    digest("GetComplaintHistory", &question)
}

fn first_version(after: Option<&[u8]>) -> u64 {
    after
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u64::from_be_bytes)
}

/// A record as people read it, with what it led to; of an unknown type, as it is stored.
async fn entry(
    inner: &Inner,
    record: &Record,
    happened: Option<(&Event, &Clocked)>,
) -> Result<HistoryEntry, Problem> {
    let event = happened.map(|(event, _)| event);
    let bytes = inner.log.read(record.position, 1, 0).await;
    let bytes = bytes
        .map_err(|error| read_problem(&error))?
        .into_iter()
        .next();
    let bytes = bytes
        .ok_or_else(|| Problem::internal("a record has gone"))?
        .bytes;
    let words = match event.and_then(words) {
        Some(reference) => Some(note(inner, record, reference).await?),
        None => None,
    };
    let occurred_at = event.and_then(occurred_at).unwrap_or(record.time);
    Ok(HistoryEntry {
        version: record.version,
        position: record.position,
        r#type: record.kind.clone(),
        recorded_at: Some(time_to_wire(record.time)),
        occurred_at: Some(time_to_wire(occurred_at)),
        actor: record.context.actor.to_string(),
        summary: happened.map_or_else(
            || "Not known to this version".to_owned(),
            |(event, state)| match event {
                Event::Complaint(event) => summary(event, &state.complaint),
                Event::Clock(event) => clock_summary(event),
                Event::Duty(event) => duty_summary(event),
                Event::Contact(event) => contact_summary(event),
            },
        ),
        leaf_hash: leaf_hash(&bytes).as_bytes().to_vec().into(),
        record: bytes,
        words,
    })
}
