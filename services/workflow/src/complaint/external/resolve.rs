use redress_complaint::ResolutionMethod;
use redress_complaint::command::BeginExternalResolution;
use redress_service::Problem;
use redress_wire::workflow::v1::{BeginExternalResolutionRequest, BeginExternalResolutionResponse};
use tonic::Request;

use super::super::command::{order, run};
use crate::field;
use crate::workflow::Inner;

pub(crate) async fn begin(
    inner: &Inner,
    request: Request<BeginExternalResolutionRequest>,
) -> Result<BeginExternalResolutionResponse, Problem> {
    let order = order(inner, &request, "BeginExternalResolution")?;
    let method = &request.get_ref().method;
    let method = field::word("method", method, ResolutionMethod::WORDS)?;
    let command = BeginExternalResolution {
        method: method.ok_or_else(|| field::required("method"))?,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(BeginExternalResolutionResponse {
        recorded: Some(ran.recorded),
    })
}
