use redress_complaint::Clearance;
use redress_complaint::command::ClearConflict;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{ClearConflictRequest, ClearConflictResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn clear(
    inner: &Inner,
    request: Request<ClearConflictRequest>,
) -> Result<ClearConflictResponse, Problem> {
    let order = order(inner, &request, "ClearConflict")?;
    let request = request.into_inner();
    let person = field::actor("person", &request.person)?;
    let person = person.unwrap_or_else(|| order.caller());
    let because = field::word("because", &request.because, Clearance::WORDS)?;
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| ClearConflict {
        person: person.clone(),
        because: because.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(ClearConflictResponse {
        recorded: Some(ran.recorded),
    })
}
