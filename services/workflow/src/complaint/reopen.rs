use redress_complaint::command::Reopen;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{ReopenComplaintRequest, ReopenComplaintResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::workflow::Inner;

pub(super) async fn reopen(
    inner: &Inner,
    request: Request<ReopenComplaintRequest>,
) -> Result<ReopenComplaintResponse, Problem> {
    let order = order(inner, &request, "ReopenComplaint")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| Reopen {
        reason: request.reason.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(ReopenComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
