use redress_complaint::command::Acknowledge;
use redress_service::Problem;
use redress_wire::workflow::v1::{AcknowledgeComplaintRequest, AcknowledgeComplaintResponse};
use tonic::Request;

use super::command::{order, run};
use crate::workflow::Inner;

pub(super) async fn acknowledge(
    inner: &Inner,
    request: Request<AcknowledgeComplaintRequest>,
) -> Result<AcknowledgeComplaintResponse, Problem> {
    let order = order(inner, &request, "AcknowledgeComplaint")?;
    let command = Acknowledge {
        channel: request.into_inner().channel,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(AcknowledgeComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
