use redress_improvement::Command;
use redress_service::Problem;
use redress_wire::workflow::v1::{MarkImplementedRequest, MarkImplementedResponse};
use tonic::Request;

use super::command::{order, run};
use crate::workflow::Inner;

pub(super) async fn implement(
    inner: &Inner,
    request: Request<MarkImplementedRequest>,
) -> Result<MarkImplementedResponse, Problem> {
    let order = order(inner, &request, "MarkImplemented")?;
    let command = Command::Implement {
        evidence: request.into_inner().evidence,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(MarkImplementedResponse {
        recorded: Some(ran.recorded),
    })
}
