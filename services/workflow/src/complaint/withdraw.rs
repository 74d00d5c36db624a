use redress_complaint::Promises;
use redress_complaint::command::Withdraw;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{WithdrawComplaintRequest, WithdrawComplaintResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn withdraw(
    inner: &Inner,
    request: Request<WithdrawComplaintRequest>,
) -> Result<WithdrawComplaintResponse, Problem> {
    let order = order(inner, &request, "WithdrawComplaint")?;
    let request = request.into_inner();
    let promises = field::word("promises", &request.promises, Promises::WORDS)?;
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| Withdraw {
        reason: field::optional(&request.reason),
        explanation,
        promises: promises.clone(),
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(WithdrawComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
