//! `ImportFeedback`: one row.

use redress_log_service::recorded;
use redress_service::Caller;
use redress_wire::intake::v1::{ImportFeedbackRequest, ImportFeedbackResponse, ImportRow};
use tonic::Request;

use crate::import::batch::{read, run};
use crate::import::{import_id, row};
use crate::intake::Inner;
use crate::refused::Refused;

pub(crate) async fn feedback(
    intake: &Inner,
    request: Request<ImportFeedbackRequest>,
) -> Result<ImportFeedbackResponse, Refused> {
    let caller = Caller::from_metadata(request.metadata())?;
    let ImportFeedbackRequest {
        import_id: import,
        inbound_key,
        row_digest,
        submission,
    } = request.into_inner();
    let gate = intake.gates.of(&intake.log, import_id(&import)?).await?;
    let state = gate.read().await;
    let run = run(import_id(&import)?, caller, &state);
    let mut problems = Vec::new();
    let row = read(
        ImportRow {
            inbound_key,
            row_digest,
            submission,
        },
        &mut problems,
    )?;
    let imported = row::import(intake, &run, row, problems).await?;
    Ok(ImportFeedbackResponse {
        // A row has no request: its name is its own.
        recorded: Some(recorded(&intake.log, &imported.done, String::new())),
        feedback_id: imported.feedback_id.to_string(),
        result: imported.outcome.as_str().to_owned(),
        reference: imported
            .reference
            .map(|it| it.to_string())
            .unwrap_or_default(),
    })
}
