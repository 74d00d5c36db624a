use redress_complaint::HoldBasis;
use redress_complaint::command::Hold;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{HoldComplaintRequest, HoldComplaintResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::workflow::Inner;

pub(super) async fn hold(
    inner: &Inner,
    request: Request<HoldComplaintRequest>,
) -> Result<HoldComplaintResponse, Problem> {
    let order = order(inner, &request, "HoldComplaint")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| Hold {
        basis: HoldBasis::from(&*request.basis),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(HoldComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
