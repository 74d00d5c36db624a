use redress_complaint::command::AwaitThirdParty;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{AwaitThirdPartyRequest, AwaitThirdPartyResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::workflow::Inner;

pub(super) async fn wait(
    inner: &Inner,
    request: Request<AwaitThirdPartyRequest>,
) -> Result<AwaitThirdPartyResponse, Problem> {
    let order = order(inner, &request, "AwaitThirdParty")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| AwaitThirdParty {
        third_party: request.third_party.clone(),
        reason: request.reason.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(AwaitThirdPartyResponse {
        recorded: Some(ran.recorded),
    })
}
