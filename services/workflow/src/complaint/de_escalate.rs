use redress_complaint::command::DeEscalate;
use redress_service::Problem;
use redress_wire::workflow::v1::{DeEscalateComplaintRequest, DeEscalateComplaintResponse};
use tonic::Request;

use super::command::{order, run};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn de_escalate(
    inner: &Inner,
    request: Request<DeEscalateComplaintRequest>,
) -> Result<DeEscalateComplaintResponse, Problem> {
    let order = order(inner, &request, "DeEscalateComplaint")?;
    let request = request.into_inner();
    let command = DeEscalate {
        reason: field::optional(&request.reason),
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(DeEscalateComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
