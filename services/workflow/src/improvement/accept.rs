use redress_improvement::Command;
use redress_service::Problem;
use redress_wire::workflow::v1::{AcceptImprovementRequest, AcceptImprovementResponse};
use tonic::Request;

use super::command::{order, run};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn accept(
    inner: &Inner,
    request: Request<AcceptImprovementRequest>,
) -> Result<AcceptImprovementResponse, Problem> {
    let order = order(inner, &request, "AcceptImprovement")?;
    let request = request.into_inner();
    let command = Command::Accept {
        owner: field::actor("owner", &request.owner)?,
        due: field::day("due", &request.due)?,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(AcceptImprovementResponse {
        recorded: Some(ran.recorded),
    })
}
