//! What a person takes complaints from, and how many.

use redress_handler::Command;
use redress_service::Problem;
use redress_wire::workflow::v1::{
    JoinQueueRequest, JoinQueueResponse, LeaveQueueRequest, LeaveQueueResponse, LimitLoadRequest,
    LimitLoadResponse,
};
use tonic::Request;

use super::command::run;
use crate::workflow::Inner;

pub(super) async fn join(
    inner: &Inner,
    request: Request<JoinQueueRequest>,
) -> Result<JoinQueueResponse, Problem> {
    let queue = request.get_ref().queue.clone();
    let recorded = run(inner, &request, "JoinQueue", Command::JoinQueue { queue }).await?;
    Ok(JoinQueueResponse { recorded })
}

pub(super) async fn leave(
    inner: &Inner,
    request: Request<LeaveQueueRequest>,
) -> Result<LeaveQueueResponse, Problem> {
    let queue = request.get_ref().queue.clone();
    let recorded = run(inner, &request, "LeaveQueue", Command::LeaveQueue { queue }).await?;
    Ok(LeaveQueueResponse { recorded })
}

pub(super) async fn limit_load(
    inner: &Inner,
    request: Request<LimitLoadRequest>,
) -> Result<LimitLoadResponse, Problem> {
    let load_limit = request.get_ref().load_limit;
    let command = Command::LimitLoad { load_limit };
    let recorded = run(inner, &request, "LimitLoad", command).await?;
    Ok(LimitLoadResponse { recorded })
}
