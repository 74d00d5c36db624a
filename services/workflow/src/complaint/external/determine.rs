use redress_complaint::Determination;
use redress_complaint::command::RecordDetermination;
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{RecordDeterminationRequest, RecordDeterminationResponse};
use tonic::Request;

use super::super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(crate) async fn determine(
    inner: &Inner,
    request: Request<RecordDeterminationRequest>,
) -> Result<RecordDeterminationResponse, Problem> {
    let order = order(inner, &request, "RecordDetermination")?;
    let request = request.into_inner();
    let asked = &request.determination;
    let determination: Option<Determination> =
        field::word("determination", asked, Determination::WORDS)?;
    let determination = determination.ok_or_else(|| field::required("determination"))?;
    let award = super::award(request.award.as_ref())?;
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| RecordDetermination {
        determination: determination.clone(),
        award: award.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(RecordDeterminationResponse {
        recorded: Some(ran.recorded),
    })
}
