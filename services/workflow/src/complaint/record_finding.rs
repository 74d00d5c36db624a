use redress_complaint::FindingResult;
use redress_complaint::command::RecordFinding;
use redress_service::Problem;
use redress_wire::workflow::v1::{RecordFindingRequest, RecordFindingResponse};
use tonic::Request;

use super::command::{order, run, sealed};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn record(
    inner: &Inner,
    request: Request<RecordFindingRequest>,
) -> Result<RecordFindingResponse, Problem> {
    let order = order(inner, &request, "RecordFinding")?;
    let request = request.into_inner();
    let result: Option<FindingResult> =
        field::word("result", &request.result, FindingResult::WORDS)?;
    let result = result.ok_or_else(|| field::required("result"))?;
    let occurred_at = order.occurred_at;
    let command = |description| RecordFinding {
        result: result.clone(),
        description,
        evidence: request.evidence.clone(),
        occurred_at,
    };
    let words = sealed(inner, &order, "description", &request.description, command).await?;
    let words = words.ok_or_else(|| field::required("description"))?;
    let ran = run(inner, order, command(words)).await?;
    Ok(RecordFindingResponse {
        recorded: Some(ran.recorded),
        finding_number: ran
            .state
            .complaint
            .file()
            .map_or(0, |file| file.findings_numbered),
    })
}
