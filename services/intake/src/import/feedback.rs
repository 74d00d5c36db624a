//! `ImportFeedback`: one row.

use redress_log_service::recorded;
use redress_service::{Caller, Problem, Refused};
use redress_wire::intake::v1::{ImportFeedbackRequest, ImportFeedbackResponse, ImportRow};
use tonic::Request;

use crate::import::batch::read;
use crate::import::import_id;
use crate::import::row::Run;
use crate::import::together::take_in;
use crate::intake::Inner;

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
    let import = import_id(&import)?;
    let held = intake.gates.hold(&intake.log, import).await?;
    let mut problems = Vec::new();
    let row = read(
        ImportRow {
            inbound_key,
            row_digest,
            submission,
        },
        &mut problems,
    )?;
    let mut run = Run::new(import, caller, held);
    let taken = take_in(intake, &mut run, vec![Ok((row, problems))]).await?;
    let none = || Problem::internal("a row without an answer");
    let imported = taken.into_iter().next().ok_or_else(none)??;
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
