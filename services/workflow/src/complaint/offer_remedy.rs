use redress_complaint::command::OfferRemedy;
use redress_service::Problem;
use redress_wire::workflow::v1::{OfferRemedyRequest, OfferRemedyResponse};
use tonic::Request;

use super::command::{order, run};
use super::propose_response::remedy;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn offer(
    inner: &Inner,
    request: Request<OfferRemedyRequest>,
) -> Result<OfferRemedyResponse, Problem> {
    let order = order(inner, &request, "OfferRemedy")?;
    let asked = request.into_inner().remedy;
    let asked = asked.ok_or_else(|| field::required("remedy"))?;
    let command = OfferRemedy {
        offer: remedy("remedy", &asked)?,
        occurred_at: order.occurred_at,
    };
    let offer = command.offer.clone();
    let ran = run(inner, order, command).await.map_err(of_one)?;
    let response = ran.state.complaint.response();
    let remedies = response.iter().flat_map(|response| &response.remedies);
    // Of equal ones the last: the others were given or declined before this one was offered.
    let number = remedies.rev().find(|(_, remedy)| remedy.offer == offer);
    Ok(OfferRemedyResponse {
        recorded: Some(ran.recorded),
        remedy_number: number.map_or(0, |(number, _)| *number),
    })
}

/// The rules speak of all remedies of a response, and here is one.
fn of_one(problem: Problem) -> Problem {
    if problem.field.as_deref() == Some("remedies") {
        problem.with_field("remedy")
    } else {
        problem
    }
}
