//! `DiscardRejected`: a rejected input is no feedback.

use redress_envelope::{ItemId, Subject};
use redress_event_log::Command;
use redress_feedback::rejected::{Command as Rejected, State, decide};
use redress_feedback::{InputDiscarded, Refusal};
use redress_log_service::{expected_version, prepare, recorded, transact_problem};
use redress_service::{Problem, Refused};
use redress_wire::intake::v1::{DiscardRejectedRequest, DiscardRejectedResponse};
use tonic::Request;

use super::{REJECTED, RejectedLife, rejected_id};
use crate::intake::Inner;
use crate::refused::problem_of;
use crate::sealing::vault_problem;

const METHOD: &str = "redress.intake.v1.IntakeService/DiscardRejected";

pub(crate) async fn discard(
    intake: &Inner,
    request: Request<DiscardRejectedRequest>,
) -> Result<DiscardRejectedResponse, Refused> {
    let (metadata, _, request) = request.into_parts();
    let prepared = prepare(
        &metadata,
        &request.request_id,
        &request,
        METHOD,
        intake.ids.as_ref(),
        |digest| intake.names.request(digest),
    )?;
    let id = rejected_id(&request.rejected_id)?;
    let mut command = Command::new(Subject::item(REJECTED, id), prepared.context);
    command.expected_version = expected_version(&request.etag)?;
    let discard = Rejected::Discard(InputDiscarded {
        reason: request.reason,
    });
    let decide = move |state: &State, _| decide(state, &discard);
    let done = intake
        .log
        .transact::<RejectedLife, Refusal>(command, decide)
        .await;
    let path = |field: Option<&str>| field.unwrap_or_default().to_owned();
    let done = done.map_err(|error| transact_problem(error, |it| problem_of(&it, path)))?;
    // Not before it is recorded, and again whenever it is said again: a crash may lie in between.
    erase(intake, id).await?;
    Ok(DiscardRejectedResponse {
        recorded: Some(recorded(&intake.log, &done, prepared.request_id)),
    })
}

/// Renders what came unreadable: the key under which it is sealed is its own.
async fn erase(intake: &Inner, id: ItemId) -> Result<(), Problem> {
    let subject = intake.names.subject(id, None);
    let erased = intake.vault.erase_subject(subject).await;
    erased.map_err(|error| vault_problem(intake, &error))?;
    Ok(())
}
