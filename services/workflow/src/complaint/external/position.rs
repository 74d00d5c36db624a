use redress_complaint::command::StateExternalPosition;
use redress_service::Problem;
use redress_wire::workflow::v1::{StateExternalPositionRequest, StateExternalPositionResponse};
use tonic::Request;

use super::super::command::{order, run, sealed};
use crate::field;
use crate::workflow::Inner;

pub(crate) async fn state(
    inner: &Inner,
    request: Request<StateExternalPositionRequest>,
) -> Result<StateExternalPositionResponse, Problem> {
    let order = order(inner, &request, "StateExternalPosition")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |position| StateExternalPosition {
        position,
        occurred_at,
    };
    let words = sealed(inner, &order, "position", &request.position, command).await?;
    let words = words.ok_or_else(|| field::required("position"))?;
    let ran = run(inner, order, command(words)).await?;
    Ok(StateExternalPositionResponse {
        recorded: Some(ran.recorded),
    })
}
