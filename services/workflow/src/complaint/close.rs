use redress_complaint::CloseBasis;
use redress_complaint::command::Close;
use redress_service::Problem;
use redress_wire::workflow::v1::{CloseComplaintRequest, CloseComplaintResponse};
use tonic::Request;

use super::command::{order, run};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn close(
    inner: &Inner,
    request: Request<CloseComplaintRequest>,
) -> Result<CloseComplaintResponse, Problem> {
    let order = order(inner, &request, "CloseComplaint")?;
    let basis = field::word("basis", &request.get_ref().basis, CloseBasis::WORDS)?;
    let command = Close {
        basis: basis.ok_or_else(|| field::required("basis"))?,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(CloseComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
