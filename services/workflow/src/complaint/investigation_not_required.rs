use redress_complaint::command::RecordInvestigationNotRequired;
use redress_envelope::{ItemId, Subject, VaultRef};
use redress_log_service::read_problem;
use redress_service::Problem;
use redress_wire::workflow::v1::{
    RecordInvestigationNotRequiredRequest, RecordInvestigationNotRequiredResponse,
};
use tonic::Request;

use super::command::{order, sealed};
use super::separation;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn record(
    inner: &Inner,
    request: Request<RecordInvestigationNotRequiredRequest>,
) -> Result<RecordInvestigationNotRequiredResponse, Problem> {
    let order = order(inner, &request, "RecordInvestigationNotRequired")?;
    let request = request.into_inner();
    let decided_by = field::actor("decided_by", &request.decided_by)?;
    let relies_on = relied_on(inner, &request.relies_on).await?;
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| RecordInvestigationNotRequired {
        reason: request.reason.clone(),
        explanation,
        decided_by: decided_by.clone(),
        relies_on,
        occurred_at,
    };
    let (field, text) = ("explanation", &*request.explanation);
    let words = sealed(inner, &order, field, text, |words| command(Some(words))).await?;
    // Without a name it is refused.
    let who = decided_by.clone().unwrap_or_else(|| order.caller());
    let ran = separation::inquire(inner, order, who, command(words)).await?;
    Ok(RecordInvestigationNotRequiredResponse {
        recorded: Some(ran.recorded),
    })
}

/// The other complaint, which must be there: once it is, it stays.
async fn relied_on(inner: &Inner, id: &str) -> Result<Option<ItemId>, Problem> {
    if id.is_empty() {
        return Ok(None);
    }
    let id = field::item("relies_on", "COMPLAINT_ID_INVALID", id)?;
    let stream = inner
        .log
        .read_stream(Subject::item("complaint", id), inner.log.head().size);
    if stream
        .await
        .map_err(|error| read_problem(&error))?
        .is_empty()
    {
        let why = "there is no such complaint to rely on";
        return Err(Problem::invalid("RELIES_ON_UNKNOWN", "relies_on", why)
            .with_remedy("send the id of the complaint whose investigation covers this one"));
    }
    Ok(Some(id))
}
