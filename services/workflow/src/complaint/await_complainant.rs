use redress_complaint::command::AwaitComplainant;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{AwaitComplainantRequest, AwaitComplainantResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::workflow::Inner;

pub(super) async fn wait(
    inner: &Inner,
    request: Request<AwaitComplainantRequest>,
) -> Result<AwaitComplainantResponse, Problem> {
    let order = order(inner, &request, "AwaitComplainant")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| AwaitComplainant {
        reason: request.reason.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(AwaitComplainantResponse {
        recorded: Some(ran.recorded),
    })
}
