use redress_service::Problem;
use redress_wire::optional_time;
use redress_wire::workflow::v1::{RetirePolicyRequest, RetirePolicyResponse};
use tonic::Request;

use super::command::{Asked, change};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn retire(
    inner: &Inner,
    request: Request<RetirePolicyRequest>,
) -> Result<RetirePolicyResponse, Problem> {
    let body = request.get_ref();
    let (policy, reason) = (body.policy.clone(), field::code("reason", &body.reason)?);
    let asked = Asked {
        method: "RetirePolicy",
        etag: &body.etag,
        request_id: &body.request_id,
        occurred_at: field::time("occurred_at", optional_time(body.occurred_at))?,
    };
    let recorded = change(inner, &request, asked, move |register, at| {
        register.retire(&policy, reason, at)
    });
    Ok(RetirePolicyResponse {
        recorded: Some(recorded.await?),
    })
}
