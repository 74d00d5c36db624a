use redress_complaint::command::AddNote;
use redress_service::Problem;
use redress_wire::workflow::v1::{AddNoteRequest, AddNoteResponse};
use tonic::Request;

use super::command::{order, run, sealed};
use crate::field;
use crate::workflow::Inner;

pub(super) async fn add(
    inner: &Inner,
    request: Request<AddNoteRequest>,
) -> Result<AddNoteResponse, Problem> {
    let order = order(inner, &request, "AddNote")?;
    let occurred_at = order.occurred_at;
    let command = |note| AddNote { note, occurred_at };
    let note = sealed(inner, &order, "text", &request.into_inner().text, command).await?;
    let note = note.ok_or_else(|| field::required("text"))?;
    let ran = run(inner, order, command(note)).await?;
    Ok(AddNoteResponse {
        recorded: Some(ran.recorded),
    })
}
