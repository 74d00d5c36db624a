use redress_improvement::Command;
use redress_service::Problem;
use redress_wire::workflow::v1::{CloseImprovementRequest, CloseImprovementResponse};
use tonic::Request;

use super::command::{order, run};
use crate::workflow::Inner;

pub(super) async fn close(
    inner: &Inner,
    request: Request<CloseImprovementRequest>,
) -> Result<CloseImprovementResponse, Problem> {
    let order = order(inner, &request, "CloseImprovement")?;
    let command = Command::Close {
        summary: request.into_inner().summary,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(CloseImprovementResponse {
        recorded: Some(ran.recorded),
    })
}
