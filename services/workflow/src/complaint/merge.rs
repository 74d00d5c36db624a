//! Two streams tell of a merging: see [`merging`](crate::merging).

use redress_complaint::command::{Merge, ReceiveMerge};
use redress_envelope::{Context, ItemId, Subject, VaultRef};
use redress_log_service::load_problem;
use redress_service::Problem;
use redress_wire::workflow::v1::{MergeComplaintRequest, MergeComplaintResponse};
use tonic::Request;

use super::command::{order, run, sealed, was_done};
use crate::order::Order;
use crate::workflow::Inner;
use crate::{field, merging};

pub(super) async fn merge(
    inner: &Inner,
    request: Request<MergeComplaintRequest>,
) -> Result<MergeComplaintResponse, Problem> {
    let order = order(inner, &request, "MergeComplaint")?;
    let request = request.into_inner();
    let into = field::item("into", "COMPLAINT_ID_INVALID", &request.into)?;
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| Merge {
        into,
        reason: request.reason.clone(),
        explanation,
        occurred_at,
    };
    let _one_at_a_time = inner.merging.lock().await;
    let done = was_done(inner, &order, &command(None).into()).await?;
    let into_now = merging::merged_into(&inner.log, order.id).await;
    if !done && into_now.map_err(load_problem)? != Some(into) {
        take_in(inner, &order, into).await?;
    }
    let (from, context) = (order.id, order.context.clone());
    let explanation = &request.explanation;
    let merged = async {
        let with = |words| command(Some(words));
        let words = sealed(inner, &order, "explanation", explanation, with).await?;
        run(inner, order, command(words)).await
    };
    match merged.await {
        Ok(ran) => Ok(MergeComplaintResponse {
            recorded: Some(ran.recorded),
        }),
        Err(problem) => {
            told(inner, context, into, from).await;
            Err(problem)
        }
    }
}

/// The one that stays takes the other one in; what is wrong with it is wrong with the field.
async fn take_in(inner: &Inner, order: &Order, into: ItemId) -> Result<(), Problem> {
    let other = Order {
        id: into,
        subject: Subject::item("complaint", into),
        context: Context {
            request_id: None,
            request_digest: None,
            ..order.context.clone()
        },
        expected: None,
        ..order.clone()
    };
    let command = ReceiveMerge {
        from: order.id,
        occurred_at: order.occurred_at,
    };
    let taken = run(inner, other, command).await;
    taken
        .map(drop)
        .map_err(|problem| problem.with_field("into"))
}

/// Tells the one that stays that the other one is not merged into it. What cannot be told now is told
/// later.
pub(super) async fn told(inner: &Inner, context: Context, stays: ItemId, other: ItemId) {
    if let Err(error) = merging::let_go(&inner.log, context, stays, other).await {
        tracing::warn!(%stays, %other, %error, "a merging stays half done for now");
    }
}
