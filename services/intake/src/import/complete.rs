//! `CompleteImport`: ends an import, when no row of it is under way any more.

use redress_envelope::Subject;
use redress_event_log::Command;
use redress_feedback::import::{Command as ImportCommand, State, decide};
use redress_feedback::{ImportCompleted, Refusal};
use redress_log_service::{prepare, recorded, transact_problem};
use redress_service::Refused;
use redress_wire::intake::v1::{CompleteImportRequest, CompleteImportResponse};
use tonic::Request;

use crate::import::{IMPORT, import_id, import_problem};
use crate::intake::Inner;
use crate::life::ImportLife;
use crate::names::required;
use crate::submission::day;

const METHOD: &str = "redress.intake.v1.IntakeService/CompleteImport";

pub(crate) async fn complete(
    intake: &Inner,
    request: Request<CompleteImportRequest>,
) -> Result<CompleteImportResponse, Refused> {
    let (metadata, _, request) = request.into_parts();
    let given_id = request.request_id.clone();
    let prepared = prepare(
        &metadata,
        &given_id,
        &request,
        METHOD,
        intake.ids.as_ref(),
        |digest| intake.names.request(digest),
    )?;
    let import = import_id(&request.import_id)?;
    let counts = request.counts.ok_or_else(|| required("counts"))?;
    let mut problems = Vec::new();
    let completed = ImportCompleted {
        rows: counts.rows,
        new: counts.new_rows,
        repeated: counts.repeated_rows,
        updated: counts.updated_rows,
        rejected: counts.rejected_rows,
        received_from: day(&request.received_from, "received_from", &mut problems),
        received_to: day(&request.received_to, "received_to", &mut problems),
    };
    Refused::unless_none(problems)?;

    let gate = intake.gates.of(&intake.log, import).await?;
    // Waits for the rows that hold it.
    let mut state = gate.write().await;
    // Not known until the log has answered: whoever asked may give up before, and the import ends all
    // the same. The next row finds out.
    *state = State::NotYet;
    let command = Command::new(Subject::item(IMPORT, import), prepared.context);
    let complete = ImportCommand::Complete(completed);
    let decide = move |state: &State, _| decide(state, &complete);
    let done = intake
        .log
        .transact::<ImportLife, Refusal>(command, decide)
        .await;
    let done = done.map_err(|error| transact_problem(error, |it| import_problem(&it)))?;
    state.clone_from(&done.state);
    Ok(CompleteImportResponse {
        recorded: Some(recorded(&intake.log, &done, prepared.request_id)),
    })
}
