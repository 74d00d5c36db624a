use redress_service::Problem;
use redress_wire::workflow::v1::{ApproveResponseRequest, ApproveResponseResponse};
use tonic::Request;

use super::command::order;
use super::separation;
use crate::workflow::Inner;

pub(super) async fn approve(
    inner: &Inner,
    request: Request<ApproveResponseRequest>,
) -> Result<ApproveResponseResponse, Problem> {
    let order = order(inner, &request, "ApproveResponse")?;
    let ran = separation::approve(inner, order).await?;
    Ok(ApproveResponseResponse {
        recorded: Some(ran.recorded),
    })
}
