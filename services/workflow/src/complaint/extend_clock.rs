use redress_service::Problem;
use redress_wire::workflow::v1::{ExtendClockRequest, ExtendClockResponse};
use tonic::Request;

use super::command::{order, run_on_clock};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn extend(
    inner: &Inner,
    request: Request<ExtendClockRequest>,
) -> Result<ExtendClockResponse, Problem> {
    let order = order(inner, &request, "ExtendClock")?;
    let request = request.into_inner();
    let (clock, reason) = (request.clock, field::reason("reason", &request.reason)?);
    let ran = run_on_clock(inner, order, move |clocks, at, book| {
        clocks.extend(&clock, &reason, at, book)
    });
    Ok(ExtendClockResponse {
        recorded: Some(ran.await?.recorded),
    })
}
