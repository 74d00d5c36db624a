use redress_complaint::command::FollowUp;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{FollowUpComplaintRequest, FollowUpComplaintResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn follow_up(
    inner: &Inner,
    request: Request<FollowUpComplaintRequest>,
) -> Result<FollowUpComplaintResponse, Problem> {
    let order = order(inner, &request, "FollowUpComplaint")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| FollowUp {
        channel: request.channel.clone(),
        result: field::optional(&request.result),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(FollowUpComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
