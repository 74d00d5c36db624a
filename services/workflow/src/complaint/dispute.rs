use redress_complaint::command::Dispute;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{DisputeDecisionRequest, DisputeDecisionResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::workflow::Inner;

pub(super) async fn dispute(
    inner: &Inner,
    request: Request<DisputeDecisionRequest>,
) -> Result<DisputeDecisionResponse, Problem> {
    let order = order(inner, &request, "DisputeDecision")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| Dispute {
        reason: request.reason.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(DisputeDecisionResponse {
        recorded: Some(ran.recorded),
    })
}
