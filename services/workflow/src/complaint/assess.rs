use redress_complaint::command::Assess;
use redress_complaint::{ImmediateAction, Level, Revision, SafetyImplication, Severity};
use redress_envelope::VaultRef;
use redress_service::Problem;
use redress_wire::workflow::v1::{AssessComplaintRequest, AssessComplaintResponse};
use tonic::Request;

use super::command::{order, run_with_words};
use crate::field;
use crate::workflow::Inner;

const WHAT: &str = "immediate_action_what";

pub(super) async fn assess(
    inner: &Inner,
    request: Request<AssessComplaintRequest>,
) -> Result<AssessComplaintResponse, Problem> {
    let order = order(inner, &request, "AssessComplaint")?;
    let request = request.into_inner();
    let action = immediate_action(&request)?;
    let severity = field::word("severity", &request.severity, Severity::WORDS)?;
    let safety = &request.safety_implication;
    let safety = field::word("safety_implication", safety, SafetyImplication::WORDS)?;
    let complexity = field::word("complexity", &request.complexity, Level::WORDS)?;
    let impact = field::word("impact", &request.impact, Level::WORDS)?;
    let reason = field::optional(&request.reason);
    let because = field::word("because", &request.because, Revision::WORDS)?;
    let occurred_at = order.occurred_at;
    let command = |what: Option<VaultRef>| Assess {
        severity: severity.clone(),
        safety_implication: safety.clone(),
        complexity: complexity.clone(),
        impact: impact.clone(),
        immediate_action: match action {
            Asked::Nothing => None,
            Asked::NotNeeded => Some(ImmediateAction::NotNeeded),
            Asked::Needed => what.map(|what| ImmediateAction::Needed { what }),
        },
        because: because.clone(),
        occurred_at,
        reason: reason.clone(),
    };
    let what = &request.immediate_action_what;
    let ran = run_with_words(inner, order, WHAT, what, command).await?;
    Ok(AssessComplaintResponse {
        recorded: Some(ran.recorded),
    })
}

#[derive(Debug, Clone, Copy)]
enum Asked {
    Nothing,
    NotNeeded,
    Needed,
}

fn immediate_action(request: &AssessComplaintRequest) -> Result<Asked, Problem> {
    let is_said = !request.immediate_action_what.trim().is_empty();
    match request.immediate_action.as_str() {
        "needed" if is_said => Ok(Asked::Needed),
        "needed" => Err(field::required(WHAT)),
        _ if is_said => Err(Problem::invalid(
            "IMMEDIATE_ACTION_NOT_NEEDED",
            WHAT,
            "it is said what must be done at once, and not that it is needed",
        )
        .with_remedy("say `needed` in `immediate_action`, or leave the words out")),
        "" => Ok(Asked::Nothing),
        "not_needed" => Ok(Asked::NotNeeded),
        _ => Err(Problem::invalid(
            "FIELD_UNKNOWN_VALUE",
            "immediate_action",
            "`immediate_action` has no known value",
        )
        .with_remedy("use one of not_needed, needed")),
    }
}
