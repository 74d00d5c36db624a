use redress_complaint::command::Unmerge;
use redress_envelope::VaultRef;
use redress_log_service::load_problem;
use redress_service::Problem;
use redress_wire::workflow::v1::{UnmergeComplaintRequest, UnmergeComplaintResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use super::merge::told;
use crate::merging;
use crate::workflow::Inner;

pub(super) async fn unmerge(
    inner: &Inner,
    request: Request<UnmergeComplaintRequest>,
) -> Result<UnmergeComplaintResponse, Problem> {
    let order = order(inner, &request, "UnmergeComplaint")?;
    let request = request.into_inner();
    let (id, context, occurred_at) = (order.id, order.context.clone(), order.occurred_at);
    let command = |explanation: Option<VaultRef>| Unmerge {
        reason: request.reason.clone(),
        explanation,
        occurred_at,
    };
    let _one_at_a_time = inner.merging.lock().await;
    let from = merging::merged_into(&inner.log, id).await;
    let from = from.map_err(load_problem)?;
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    if let Some(from) = from {
        told(inner, context, from, id).await;
    }
    Ok(UnmergeComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
