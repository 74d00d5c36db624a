use redress_service::Problem;
use redress_wire::workflow::v1::{ApproveResponseRequest, ApproveResponseResponse};
use tonic::Request;

use super::command::order;
use super::separation;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn approve(
    inner: &Inner,
    request: Request<ApproveResponseRequest>,
) -> Result<ApproveResponseResponse, Problem> {
    let order = order(inner, &request, "ApproveResponse")?;
    let approver = field::actor("approver", &request.get_ref().approver)?;
    let approver = approver.unwrap_or_else(|| order.caller());
    let ran = separation::approve(inner, order, approver).await?;
    Ok(ApproveResponseResponse {
        recorded: Some(ran.recorded),
    })
}
