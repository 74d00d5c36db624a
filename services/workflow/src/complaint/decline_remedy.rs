use redress_complaint::command::DeclineRemedy;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{DeclineRemedyRequest, DeclineRemedyResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn decline(
    inner: &Inner,
    request: Request<DeclineRemedyRequest>,
) -> Result<DeclineRemedyResponse, Problem> {
    let order = order(inner, &request, "DeclineRemedy")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| DeclineRemedy {
        remedy: request.remedy_number,
        reason: field::optional(&request.reason),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(DeclineRemedyResponse {
        recorded: Some(ran.recorded),
    })
}
