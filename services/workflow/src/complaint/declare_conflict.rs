use redress_complaint::command::DeclareConflict;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{DeclareConflictRequest, DeclareConflictResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn declare(
    inner: &Inner,
    request: Request<DeclareConflictRequest>,
) -> Result<DeclareConflictResponse, Problem> {
    let order = order(inner, &request, "DeclareConflict")?;
    let request = request.into_inner();
    let person = field::actor("person", &request.person)?;
    let person = person.unwrap_or_else(|| order.caller());
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| DeclareConflict {
        person: person.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(DeclareConflictResponse {
        recorded: Some(ran.recorded),
    })
}
