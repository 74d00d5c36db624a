use redress_complaint::command::Assign;
use redress_service::Problem;
use redress_wire::workflow::v1::{AssignComplaintRequest, AssignComplaintResponse};
use tonic::Request;

use super::command::{order, run};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn assign(
    inner: &Inner,
    request: Request<AssignComplaintRequest>,
) -> Result<AssignComplaintResponse, Problem> {
    let order = order(inner, &request, "AssignComplaint")?;
    let request = request.into_inner();
    let command = Assign {
        handler: field::actor("handler", &request.handler)?,
        queue: field::optional(&request.queue),
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(AssignComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
