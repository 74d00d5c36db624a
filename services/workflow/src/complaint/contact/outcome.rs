//! What became of a message.

use redress_complaint::contact::command::{RecordBounce, RecordDelivery};
use redress_complaint::{BounceReason, Proof};
use redress_service::Problem;
use redress_wire::workflow::v1::{
    RecordBounceRequest, RecordBounceResponse, RecordDeliveryRequest, RecordDeliveryResponse,
};
use tonic::Request;

use super::command::{run, sealed};
use crate::complaint::command::order;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn delivered(
    inner: &Inner,
    request: Request<RecordDeliveryRequest>,
) -> Result<RecordDeliveryResponse, Problem> {
    let order = order(inner, &request, "RecordDelivery")?;
    let (request, occurred_at) = (request.into_inner(), order.occurred_at);
    let proof = field::optional(&request.proof).ok_or_else(|| field::required("proof"))?;
    let command = |explanation| RecordDelivery {
        message: request.message_number,
        proof: Proof::from(&*proof),
        explanation,
        occurred_at,
    };
    let text = &request.explanation;
    let words = sealed(inner, &order, "explanation", text, |it| command(Some(it))).await?;
    let ran = run(inner, order, command(words)).await?;
    Ok(RecordDeliveryResponse {
        recorded: Some(ran.recorded),
    })
}

pub(super) async fn bounced(
    inner: &Inner,
    request: Request<RecordBounceRequest>,
) -> Result<RecordBounceResponse, Problem> {
    let order = order(inner, &request, "RecordBounce")?;
    let (request, occurred_at) = (request.into_inner(), order.occurred_at);
    let reason = field::optional(&request.reason).ok_or_else(|| field::required("reason"))?;
    let command = |explanation| RecordBounce {
        message: request.message_number,
        reason: BounceReason::from(&*reason),
        explanation,
        occurred_at,
    };
    let text = &request.explanation;
    let words = sealed(inner, &order, "explanation", text, |it| command(Some(it))).await?;
    let ran = run(inner, order, command(words)).await?;
    Ok(RecordBounceResponse {
        recorded: Some(ran.recorded),
    })
}
