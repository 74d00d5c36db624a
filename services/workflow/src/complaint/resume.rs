use redress_complaint::command::Resume;
use redress_service::Problem;
use redress_wire::workflow::v1::{ResumeComplaintRequest, ResumeComplaintResponse};
use tonic::Request;

use super::command::{order, run};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn resume(
    inner: &Inner,
    request: Request<ResumeComplaintRequest>,
) -> Result<ResumeComplaintResponse, Problem> {
    let order = order(inner, &request, "ResumeComplaint")?;
    let request = request.into_inner();
    let command = Resume {
        reason: field::optional(&request.reason),
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(ResumeComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
