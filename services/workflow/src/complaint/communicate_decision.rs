use redress_complaint::Outcome;
use redress_complaint::command::CommunicateDecision;
use redress_service::Problem;
use redress_wire::workflow::v1::{CommunicateDecisionRequest, CommunicateDecisionResponse};
use tonic::Request;

use super::command::order;
use super::contact::{Saying, say};
use super::separation;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn communicate(
    inner: &Inner,
    request: Request<CommunicateDecisionRequest>,
) -> Result<CommunicateDecisionResponse, Problem> {
    let order = order(inner, &request, "CommunicateDecision")?;
    let request = request.into_inner();
    let saying = request
        .message
        .as_ref()
        .map(|it| Saying::read(it, &request.channel));
    let command = CommunicateDecision {
        outcome: Outcome::from(&*request.outcome),
        channel: request.channel,
        recourse_explained: request.recourse_explained,
        occurred_at: order.occurred_at,
        external_recourse: field::optional(&request.external_recourse),
    };
    let ran = match saying.transpose()? {
        None => separation::communicate(inner, order, command).await?,
        Some(saying) => say(inner, order, Some(command.into()), saying).await?,
    };
    Ok(CommunicateDecisionResponse {
        recorded: Some(ran.recorded),
    })
}
