//! What who complained may see: where it stands, what comes next, and what was said to them.

use redress_complaint::{Awaited, Event as StepEvent, State, Status, contact};
use redress_envelope::Record;
use redress_service::{Problem, clock};
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{GetStatusRequest, GetStatusResponse, Promise, Said};

use super::list::parts;
use super::promise;
use super::token::hash;
use crate::clocked::Event;
use crate::complaint::case::{Case, decode};
use crate::complaint::get::{stream, unreadable};
use crate::complaint::token_rows;
use crate::field;
use crate::waiting;
use crate::workflow::Inner;

const MAX_SAID: usize = 200;

/// The same whatever is wrong with it, so that nothing can be learnt by trying.
fn invalid() -> Problem {
    Problem::not_found("STATUS_TOKEN_INVALID", "the token opens nothing")
        .with_field("token")
        .with_remedy("copy it whole, or ask the organisation for another")
}

pub(super) async fn get(
    inner: &Inner,
    request: GetStatusRequest,
) -> Result<GetStatusResponse, Problem> {
    // What is looked up is the hash of whatever was sent: how far it agrees with one that is there
    // tells nothing of a token.
    let hash = hash(&request.token);
    let now = inner.log.token(inner.log.head().size);
    waiting::view_covers(&inner.complaints, &now).await?;
    let wanted = hash.clone();
    let id = inner
        .complaints
        .query(move |rows| token_rows::id_of(rows, &wanted));
    let id = id.await.map_err(|error| error.0)?.ok_or_else(invalid)?;
    let id = field::item("token", "COMPLAINT_ID_INVALID", &id)?;
    let subject = redress_envelope::Subject::item("complaint", id);
    let records = stream(inner, &subject, inner.log.head().size).await?;
    let (case, _) = Case::of(&records).map_err(unreadable)?;
    let (_, token) = case.contact.token(&hash).ok_or_else(invalid)?;
    // What was rendered unreadable, or lost, is not there; the token goes with it.
    if inner.words(&token.bound_to).await?.text != hash {
        return Err(invalid());
    }
    let mut answer = GetStatusResponse {
        reference: case
            .state
            .reference()
            .map_or_else(String::new, |it| it.to_string()),
        stage: stage(&case.state).to_owned(),
        received_at: case.about.as_ref().map(|it| time_to_wire(it.received_at)),
        received_on: case
            .about
            .as_ref()
            .and_then(|it| it.received_on)
            .map_or_else(String::new, |day| day.to_string()),
        ..GetStatusResponse::default()
    };
    if case.state.is_open() {
        let in_force = inner.policies.in_force().await?;
        let next = promise::next(&case.clocks, in_force.book(), clock::now());
        answer.next = next.map(|it| Promise {
            what: it.what.to_owned(),
            due_at: Some(time_to_wire(it.due_at)),
            late: it.late,
        });
    }
    answer.said = said(inner, &records).await?;
    Ok(answer)
}

/// Where it stands, in words for who complained. That it is on hold, escalated or waits for somebody
/// else is how it is handled, and not shown.
fn stage(state: &State) -> &'static str {
    let waits = state.waiting().map(|waiting| &waiting.awaited);
    if let Some(Awaited::Complainant) = waits {
        return "waiting_for_you";
    }
    match state.status() {
        None | Some(Status::Received) => "received",
        Some(Status::Acknowledged) => "acknowledged",
        // Where it is merged, another one answers it, which may be another person's: nothing is told of that.
        Some(
            Status::Assessed | Status::Investigating | Status::ResponseProposed | Status::Merged,
        ) => "being_looked_into",
        Some(Status::DecisionCommunicated) => "answered",
        Some(Status::Disputed) => "objection_received",
        Some(Status::ReferredExternally) => "before_another_body",
        Some(Status::Closed | Status::FollowedUp) => "closed",
        Some(Status::Withdrawn) => "withdrawn",
    }
}

async fn said(inner: &Inner, records: &[Record]) -> Result<Vec<Said>, Problem> {
    let mut all = Vec::new();
    for record in records.iter().rev() {
        if all.len() == MAX_SAID {
            break;
        }
        match decode(record).map_err(unreadable)? {
            Some(Event::Complaint(StepEvent::Acknowledged(e))) => all.push(Said {
                said_at: Some(time_to_wire(e.occurred_at)),
                what: "acknowledgement".to_owned(),
                channel: e.channel,
                ..Said::default()
            }),
            Some(Event::Complaint(StepEvent::DecisionCommunicated(e))) => all.push(Said {
                said_at: Some(time_to_wire(e.occurred_at)),
                what: "decision".to_owned(),
                channel: e.channel,
                outcome: e.outcome.to_string(),
                ..Said::default()
            }),
            Some(Event::Contact(contact::Event::MessageRequested(e))) => {
                let words = inner.words(&e.content).await?;
                let (subject, text) = parts(&words.text);
                all.push(Said {
                    said_at: Some(time_to_wire(e.occurred_at)),
                    what: "message".to_owned(),
                    channel: e.channel,
                    subject: subject.to_owned(),
                    text: text.to_owned(),
                    unreadable: words.erased || words.missing,
                    ..Said::default()
                });
            }
            Some(Event::Complaint(_) | Event::Clock(_) | Event::Duty(_) | Event::Contact(_))
            | None => {}
        }
    }
    all.reverse();
    Ok(all)
}
