use redress_complaint::command::ApproveRemedy;
use redress_service::Problem;
use redress_wire::workflow::v1::{ApproveRemedyRequest, ApproveRemedyResponse};
use tonic::Request;

use super::command::{order, run};
use crate::workflow::Inner;

pub(super) async fn approve(
    inner: &Inner,
    request: Request<ApproveRemedyRequest>,
) -> Result<ApproveRemedyResponse, Problem> {
    let order = order(inner, &request, "ApproveRemedy")?;
    let command = ApproveRemedy {
        remedy: request.get_ref().remedy_number,
        // Nobody approves for somebody else.
        approver: order.caller(),
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(ApproveRemedyResponse {
        recorded: Some(ran.recorded),
    })
}
