use redress_service::Problem;
use redress_wire::optional_time;
use redress_wire::workflow::v1::{
    ClearDueDateRequest, ClearDueDateResponse, SetDueDateRequest, SetDueDateResponse,
};
use tonic::Request;

use super::command::{order, run_on_clock};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn set(
    inner: &Inner,
    request: Request<SetDueDateRequest>,
) -> Result<SetDueDateResponse, Problem> {
    let order = order(inner, &request, "SetDueDate")?;
    let request = request.into_inner();
    let (clock, reason) = (request.clock, field::reason("reason", &request.reason)?);
    let due_at = field::time("due_at", optional_time(request.due_at))?;
    let due_at = due_at.ok_or_else(|| field::required("due_at"))?;
    let ran = run_on_clock(inner, order, move |clocks, at, _| {
        clocks.known(&clock)?.set_due_date(due_at, &reason, at)
    });
    Ok(SetDueDateResponse {
        recorded: Some(ran.await?.recorded),
    })
}

pub(super) async fn clear(
    inner: &Inner,
    request: Request<ClearDueDateRequest>,
) -> Result<ClearDueDateResponse, Problem> {
    let order = order(inner, &request, "ClearDueDate")?;
    let request = request.into_inner();
    let (clock, reason) = (request.clock, field::reason("reason", &request.reason)?);
    let ran = run_on_clock(inner, order, move |clocks, at, _| {
        clocks.known(&clock)?.clear_due_date(&reason, at)
    });
    Ok(ClearDueDateResponse {
        recorded: Some(ran.await?.recorded),
    })
}
