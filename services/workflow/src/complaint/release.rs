use redress_complaint::command::Release;
use redress_service::Problem;
use redress_wire::workflow::v1::{ReleaseComplaintRequest, ReleaseComplaintResponse};
use tonic::Request;

use super::command::{order, run};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn release(
    inner: &Inner,
    request: Request<ReleaseComplaintRequest>,
) -> Result<ReleaseComplaintResponse, Problem> {
    let order = order(inner, &request, "ReleaseComplaint")?;
    let request = request.into_inner();
    let command = Release {
        reason: field::optional(&request.reason),
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(ReleaseComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
