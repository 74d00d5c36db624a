use redress_complaint::command::AcceptRemedy;
use redress_service::Problem;
use redress_wire::workflow::v1::{AcceptRemedyRequest, AcceptRemedyResponse};
use tonic::Request;

use super::command::{order, run};
use crate::workflow::Inner;

pub(super) async fn accept(
    inner: &Inner,
    request: Request<AcceptRemedyRequest>,
) -> Result<AcceptRemedyResponse, Problem> {
    let order = order(inner, &request, "AcceptRemedy")?;
    let request = request.into_inner();
    let command = AcceptRemedy {
        remedy: request.remedy_number,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(AcceptRemedyResponse {
        recorded: Some(ran.recorded),
    })
}
