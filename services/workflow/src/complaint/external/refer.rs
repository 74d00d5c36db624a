use redress_complaint::ReferredBy;
use redress_complaint::command::ReferExternally;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{ReferExternallyRequest, ReferExternallyResponse};
use tonic::Request;

use super::super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(crate) async fn refer(
    inner: &Inner,
    request: Request<ReferExternallyRequest>,
) -> Result<ReferExternallyResponse, Problem> {
    let order = order(inner, &request, "ReferExternally")?;
    let request = request.into_inner();
    let referred_by = field::word("referred_by", &request.referred_by, ReferredBy::WORDS)?;
    let referred_by = referred_by.unwrap_or(ReferredBy::Complainant);
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| ReferExternally {
        body: request.body.clone(),
        referred_by: referred_by.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(ReferExternallyResponse {
        recorded: Some(ran.recorded),
    })
}
