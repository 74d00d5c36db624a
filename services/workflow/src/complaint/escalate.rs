use redress_complaint::command::Escalate;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{EscalateComplaintRequest, EscalateComplaintResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::workflow::Inner;

pub(super) async fn escalate(
    inner: &Inner,
    request: Request<EscalateComplaintRequest>,
) -> Result<EscalateComplaintResponse, Problem> {
    let order = order(inner, &request, "EscalateComplaint")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| Escalate {
        level: request.level,
        reason: request.reason.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(EscalateComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
