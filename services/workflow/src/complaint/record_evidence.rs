use redress_complaint::command::RecordEvidence;
use redress_service::Problem;
use redress_wire::workflow::v1::{RecordEvidenceRequest, RecordEvidenceResponse};
use tonic::Request;

use super::command::{order, run, sealed};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn record(
    inner: &Inner,
    request: Request<RecordEvidenceRequest>,
) -> Result<RecordEvidenceResponse, Problem> {
    let order = order(inner, &request, "RecordEvidence")?;
    let request = request.into_inner();
    let supersedes = (request.supersedes > 0).then_some(request.supersedes);
    let occurred_at = order.occurred_at;
    let command = |description| RecordEvidence {
        kind: request.kind.clone(),
        source: field::optional(&request.source),
        description,
        supersedes,
        occurred_at,
    };
    let words = sealed(inner, &order, "description", &request.description, command).await;
    let words = words.map_err(of_the_superseded)?;
    let words = words.ok_or_else(|| field::required("description"))?;
    let ran = run(inner, order, command(words)).await;
    let ran = ran.map_err(of_the_superseded)?;
    Ok(RecordEvidenceResponse {
        recorded: Some(ran.recorded),
        evidence_number: ran
            .state
            .complaint
            .file()
            .map_or(0, |file| file.evidence_numbered),
    })
}

/// The rules speak of the evidence on which a finding rests, and here it is that in whose place this stands.
fn of_the_superseded(problem: Problem) -> Problem {
    if problem.field.as_deref() == Some("evidence") {
        problem.with_field("supersedes")
    } else {
        problem
    }
}
