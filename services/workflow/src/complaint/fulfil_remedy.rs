use redress_complaint::command::FulfilRemedy;
use redress_service::Problem;
use redress_wire::workflow::v1::{FulfilRemedyRequest, FulfilRemedyResponse};
use tonic::Request;

use super::command::{order, run};
use crate::workflow::Inner;

pub(super) async fn fulfil(
    inner: &Inner,
    request: Request<FulfilRemedyRequest>,
) -> Result<FulfilRemedyResponse, Problem> {
    let order = order(inner, &request, "FulfilRemedy")?;
    let command = FulfilRemedy {
        remedy: request.into_inner().remedy_number,
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(FulfilRemedyResponse {
        recorded: Some(ran.recorded),
    })
}
