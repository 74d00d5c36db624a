use redress_complaint::command::RecordExternalNotice;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{RecordExternalNoticeRequest, RecordExternalNoticeResponse};
use tonic::Request;

use super::super::command::{order, run_with_words};
use crate::workflow::Inner;

pub(crate) async fn notice(
    inner: &Inner,
    request: Request<RecordExternalNoticeRequest>,
) -> Result<RecordExternalNoticeResponse, Problem> {
    let order = order(inner, &request, "RecordExternalNotice")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| RecordExternalNotice {
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(RecordExternalNoticeResponse {
        recorded: Some(ran.recorded),
    })
}
