use redress_improvement::Command;
use redress_service::Problem;
use redress_wire::workflow::v1::{DismissImprovementRequest, DismissImprovementResponse};
use tonic::Request;

use super::command::{order, run};
use crate::workflow::Inner;

pub(super) async fn dismiss(
    inner: &Inner,
    request: Request<DismissImprovementRequest>,
) -> Result<DismissImprovementResponse, Problem> {
    let order = order(inner, &request, "DismissImprovement")?;
    let command = Command::Dismiss {
        reason: request.into_inner().reason,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(DismissImprovementResponse {
        recorded: Some(ran.recorded),
    })
}
