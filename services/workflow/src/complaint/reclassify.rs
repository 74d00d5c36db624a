use redress_complaint::command::Reclassify;
use redress_complaint::{Level, Revision, SafetyImplication, Severity};
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{ReclassifyComplaintRequest, ReclassifyComplaintResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn reclassify(
    inner: &Inner,
    request: Request<ReclassifyComplaintRequest>,
) -> Result<ReclassifyComplaintResponse, Problem> {
    let order = order(inner, &request, "ReclassifyComplaint")?;
    let request = request.into_inner();
    let severity = field::word("severity", &request.severity, Severity::WORDS)?;
    let safety = &request.safety_implication;
    let safety = field::word("safety_implication", safety, SafetyImplication::WORDS)?;
    let complexity = field::word("complexity", &request.complexity, Level::WORDS)?;
    let impact = field::word("impact", &request.impact, Level::WORDS)?;
    let because = field::word("because", &request.because, Revision::WORDS)?;
    let occurred_at = order.occurred_at;
    let command = |explanation: Option<VaultRef>| Reclassify {
        severity: severity.clone(),
        safety_implication: safety.clone(),
        complexity: complexity.clone(),
        impact: impact.clone(),
        because: because.clone(),
        reason: request.reason.clone(),
        explanation,
        occurred_at,
    };
    let ran = run_with_words(inner, order, "explanation", &request.explanation, command).await?;
    Ok(ReclassifyComplaintResponse {
        recorded: Some(ran.recorded),
    })
}
