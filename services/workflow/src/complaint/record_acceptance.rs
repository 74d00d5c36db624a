use redress_complaint::command::RecordAcceptance;
use redress_service::Problem;
use redress_wire::workflow::v1::{RecordAcceptanceRequest, RecordAcceptanceResponse};
use tonic::Request;

use super::command::{order, run};
use crate::workflow::Inner;

pub(super) async fn accept(
    inner: &Inner,
    request: Request<RecordAcceptanceRequest>,
) -> Result<RecordAcceptanceResponse, Problem> {
    let order = order(inner, &request, "RecordAcceptance")?;
    let command = RecordAcceptance {
        occurred_at: order.occurred_at,
    };
    let ran = run(inner, order, command).await?;
    Ok(RecordAcceptanceResponse {
        recorded: Some(ran.recorded),
    })
}
