use redress_complaint::command::StartInvestigation;
use redress_complaint::{ConflictDeclaration, Refusal};
use redress_service::Problem;
use redress_wire::workflow::v1::{StartInvestigationRequest, StartInvestigationResponse};
use tonic::Request;

use super::command::order;
use super::refused::refused;
use super::separation;
use crate::field;
use crate::workflow::Inner;

pub(super) async fn start(
    inner: &Inner,
    request: Request<StartInvestigationRequest>,
) -> Result<StartInvestigationResponse, Problem> {
    let order = order(inner, &request, "StartInvestigation")?;
    let request = request.into_inner();
    let investigator = field::actor("investigator", &request.investigator)?;
    let declared = field::word(
        "declaration",
        &request.declaration,
        ConflictDeclaration::WORDS,
    )?;
    let command = StartInvestigation {
        investigator: investigator.unwrap_or_else(|| order.caller()),
        declaration: declared.unwrap_or(ConflictDeclaration::NotMade),
        occurred_at: order.occurred_at,
    };
    let (investigator, declared) = (command.investigator.clone(), command.declaration.clone());
    let ran = separation::inquire(inner, order, investigator.clone(), command).await?;
    let file = ran.state.complaint.file();
    let has_conflict = declared == ConflictDeclaration::Conflict
        || file.is_some_and(|file| file.has_conflict(&investigator));
    if has_conflict {
        // Recorded, also where this is a repeat; and refused all the same.
        return Err(refused(&Refusal::ConflictOfInterest));
    }
    Ok(StartInvestigationResponse {
        recorded: Some(ran.recorded),
    })
}
