use redress_complaint::command::Assign;
use redress_service::Problem;
use redress_wire::workflow::v1::{AssignComplaintRequest, AssignComplaintResponse};
use tonic::Request;

use super::command::{order, run};
use super::duty;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn assign(
    inner: &Inner,
    request: Request<AssignComplaintRequest>,
) -> Result<AssignComplaintResponse, Problem> {
    let order = order(inner, &request, "AssignComplaint")?;
    let request = request.into_inner();
    let handler = field::actor("handler", &request.handler)?;
    let queue = field::optional(&request.queue);
    let ran = match (handler, queue) {
        (Some(handler), queue) => duty::give(inner, order, handler, queue).await?,
        (None, None) => duty::by_policy(inner, order).await?,
        (None, queue) => {
            let command = Assign {
                handler: None,
                queue,
                occurred_at: order.occurred_at,
            };
            run(inner, order, command).await?
        }
    };
    let assignment = ran.state.complaint.assignment();
    let handler = assignment.and_then(|it| it.handler.as_ref());
    let queue = assignment.and_then(|it| it.queue.clone());
    Ok(AssignComplaintResponse {
        recorded: Some(ran.recorded),
        handler: handler.map(ToString::to_string).unwrap_or_default(),
        queue: queue.unwrap_or_default(),
    })
}
