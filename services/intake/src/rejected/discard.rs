//! `DiscardRejected`: a rejected input is no feedback.

use redress_envelope::Subject;
use redress_event_log::Command;
use redress_feedback::rejected::{Command as Rejected, State, decide};
use redress_feedback::{InputDiscarded, Refusal};
use redress_log_service::{expected_version, prepare, recorded, transact_problem};
use redress_service::Refused;
use redress_wire::intake::v1::{DiscardRejectedRequest, DiscardRejectedResponse};
use tonic::Request;

use super::{REJECTED, RejectedLife, rejected_id};
use crate::intake::Inner;
use crate::refused::problem_of;

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
    let subject = Subject::item(REJECTED, rejected_id(&request.rejected_id)?);
    let mut command = Command::new(subject, prepared.context);
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
    Ok(DiscardRejectedResponse {
        recorded: Some(recorded(&intake.log, &done, prepared.request_id)),
    })
}
