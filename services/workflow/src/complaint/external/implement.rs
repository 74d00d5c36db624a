use redress_complaint::command::ImplementExternalResult;
use redress_service::Problem;
use redress_wire::workflow::v1::{ImplementExternalResultRequest, ImplementExternalResultResponse};
use tonic::Request;

use super::super::command::{order, run};
use crate::workflow::Inner;

pub(crate) async fn implement(
    inner: &Inner,
    request: Request<ImplementExternalResultRequest>,
) -> Result<ImplementExternalResultResponse, Problem> {
    let order = order(inner, &request, "ImplementExternalResult")?;
    let occurred_at = order.occurred_at;
    let ran = run(inner, order, ImplementExternalResult { occurred_at }).await?;
    Ok(ImplementExternalResultResponse {
        recorded: Some(ran.recorded),
    })
}
