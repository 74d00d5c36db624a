use redress_complaint::command::Acknowledge;
use redress_service::Problem;
use redress_wire::workflow::v1::{AcknowledgeComplaintRequest, AcknowledgeComplaintResponse};
use tonic::Request;

use super::command::{order, run};
use super::contact::{Saying, say};
use crate::workflow::Inner;

pub(super) async fn acknowledge(
    inner: &Inner,
    request: Request<AcknowledgeComplaintRequest>,
) -> Result<AcknowledgeComplaintResponse, Problem> {
    let order = order(inner, &request, "AcknowledgeComplaint")?;
    let request = request.into_inner();
    let saying = request
        .message
        .as_ref()
        .map(|it| Saying::read(it, &request.channel));
    let command = Acknowledge {
        channel: request.channel,
        occurred_at: order.occurred_at,
    };
    let ran = match saying.transpose()? {
        None => run(inner, order, command).await?,
        Some(saying) => say(inner, order, Some(command.into()), saying).await?,
    };
    Ok(AcknowledgeComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
