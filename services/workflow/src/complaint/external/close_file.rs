use redress_complaint::command::CloseExternalFile;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{CloseExternalFileRequest, CloseExternalFileResponse};
use tonic::Request;

use super::super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(crate) async fn close(
    inner: &Inner,
    request: Request<CloseExternalFileRequest>,
) -> Result<CloseExternalFileResponse, Problem> {
    let order = order(inner, &request, "CloseExternalFile")?;
    let request = request.into_inner();
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| CloseExternalFile {
        reason: field::optional(&request.reason),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(CloseExternalFileResponse {
        recorded: Some(ran.recorded),
    })
}
