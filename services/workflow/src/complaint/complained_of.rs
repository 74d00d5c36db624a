//! Whom of the staff a complaint is about.

use jiff::Timestamp;
use redress_complaint::FUTURE_TOLERANCE;
use redress_complaint::{Preceding, Refusal, Status};
use redress_envelope::Actor;
use redress_event_log::Moment;
use redress_handler::duty::{ComplainedOfCleared, ComplainedOfNamed, Event as DutyEvent};
use redress_service::Problem;
use redress_wire::workflow::v1::{
    ClearComplainedOfRequest, ClearComplainedOfResponse, NameComplainedOfRequest,
    NameComplainedOfResponse,
};
use tonic::Request;

use super::command::{Not, not_decided, order};
use crate::clocked::{Clocked, Event};
use crate::field;
use crate::life::ComplaintLife;
use crate::order::{Order, Ran};
use crate::workflow::Inner;

pub(super) async fn name(
    inner: &Inner,
    request: Request<NameComplainedOfRequest>,
) -> Result<NameComplainedOfResponse, Problem> {
    let order = order(inner, &request, "NameComplainedOf")?;
    let person = person(&request.get_ref().person)?;
    let ran = run(inner, order, move |case, occurred_at| {
        let is_new = !case.duties.complained_of().contains(&person);
        is_new.then_some(DutyEvent::ComplainedOfNamed(ComplainedOfNamed {
            person,
            occurred_at,
        }))
    });
    Ok(NameComplainedOfResponse {
        recorded: Some(ran.await?.recorded),
    })
}

pub(super) async fn clear(
    inner: &Inner,
    request: Request<ClearComplainedOfRequest>,
) -> Result<ClearComplainedOfResponse, Problem> {
    let order = order(inner, &request, "ClearComplainedOf")?;
    let request = request.into_inner();
    let person = person(&request.person)?;
    let reason = field::reason("reason", &request.reason)?;
    let ran = run(inner, order, move |case, occurred_at| {
        let is_new = case.duties.complained_of().contains(&person);
        is_new.then_some(DutyEvent::ComplainedOfCleared(ComplainedOfCleared {
            person,
            reason,
            occurred_at,
        }))
    });
    Ok(ClearComplainedOfResponse {
        recorded: Some(ran.await?.recorded),
    })
}

fn person(text: &str) -> Result<Actor, Problem> {
    field::actor("person", text)?.ok_or_else(|| field::required("person"))
}

async fn run(
    inner: &Inner,
    order: Order,
    event: impl FnOnce(&Clocked, Timestamp) -> Option<DutyEvent> + Send + 'static,
) -> Result<Ran<Clocked>, Problem> {
    let occurred_at = order.occurred_at;
    let decide = move |case: &Clocked, moment: Moment| {
        if let Some(merging) = case.complaint.merging() {
            let into = merging.into;
            return Err(Refusal::ComplaintMerged { into }.into());
        }
        match case.complaint.status() {
            None => return Err(Refusal::NotOpened.into()),
            Some(Status::Closed | Status::FollowedUp) => {
                return Err(Refusal::ComplaintClosed.into());
            }
            Some(Status::Withdrawn) => return Err(Refusal::ComplaintWithdrawn.into()),
            Some(
                Status::Received
                | Status::Acknowledged
                | Status::Assessed
                | Status::Investigating
                | Status::ResponseProposed
                | Status::DecisionCommunicated
                | Status::Disputed
                | Status::ReferredExternally
                | Status::Merged,
            ) => {}
        }
        let occurred_at = happened(case, occurred_at, moment)?;
        Ok(event(case, occurred_at)
            .map(Event::Duty)
            .into_iter()
            .collect())
    };
    let ran = order.transact::<ComplaintLife, Not>(inner, decide, not_decided);
    ran.await
}

/// When it happened: not before there was a complaint, nor in the future.
pub(super) fn happened(
    case: &Clocked,
    occurred_at: Option<Timestamp>,
    moment: Moment,
) -> Result<Timestamp, Not> {
    let Some(occurred_at) = occurred_at else {
        return Ok(moment.time);
    };
    let received = case.complaint.file().map(|file| file.received_at);
    if let Some(earliest) = received.filter(|it| occurred_at < *it) {
        let preceding = Preceding::Receipt;
        return Err(Not::Refused(Refusal::OccurredBefore {
            preceding,
            occurred_at,
            earliest,
        }));
    }
    if occurred_at.duration_since(moment.time) > FUTURE_TOLERANCE {
        return Err(Not::Refused(Refusal::OccurredInFuture { occurred_at }));
    }
    Ok(occurred_at)
}
