//! `SubmitFeedback`: one piece of feedback, sealed and recorded.

use redress_envelope::{Context, Subject};
use redress_event_log::{Command, Done, Log};
use redress_feedback::{Command as Submit, Event, Refusal, State};
use redress_log_service::{Prepared, load_problem, prepare, recorded, transact_problem};
use redress_service::{Kind, Problem};
use redress_wire::intake::v1::{SubmitFeedbackRequest, SubmitFeedbackResponse};
use tonic::Request;

use crate::intake::Inner;
use crate::item::Item;
use crate::life::FeedbackLife;
use crate::names::Origin;
use crate::refused::{Refused, problem_of};
use crate::sealing::seal;
use crate::submission;

/// The kind of subject of an item's stream.
pub(crate) const FEEDBACK: &str = "feedback";
const METHOD: &str = "redress.intake.v1.IntakeService/SubmitFeedback";

pub(crate) async fn submit(
    intake: &Inner,
    request: Request<SubmitFeedbackRequest>,
) -> Result<SubmitFeedbackResponse, Refused> {
    let (metadata, _, mut request) = request.into_parts();
    // A repeat of a message from outside may come under another request id.
    let given_id = std::mem::take(&mut request.request_id);
    let Prepared {
        mut context,
        request_id,
    } = prepare(
        &metadata,
        &given_id,
        &request,
        METHOD,
        intake.ids.as_ref(),
        |digest| intake.names.request(digest),
    )?;
    let mut problems = Vec::new();
    let origin = match request.inbound_key {
        None => None,
        Some(key) => Origin::new(key.source, &key.id, &mut problems),
    };
    let reference = origin
        .as_ref()
        .map(|origin| intake.names.reference(&origin.source, &origin.id));
    let item = match &reference {
        Some(reference) => intake.names.item_of_reference(reference),
        None => intake.names.item_of_request(&request_id),
    };
    context.inbound_key.clone_from(&reference);
    let command = Command::new(Subject::item(FEEDBACK, item), context);

    let done = if was_recorded(&intake.log, &command.context, !given_id.is_empty()).await? {
        repeat(&intake.log, command).await?
    } else {
        let handed = submission::read(request.submission, &mut problems)?;
        let report_digest = handed.submission.reported.as_ref().map(|report| {
            let id = origin.as_ref().map(|origin| origin.id.as_str());
            let source = origin
                .as_ref()
                .map_or(&report.source, |origin| &origin.source);
            intake
                .names
                .report(source, id.unwrap_or(&item.to_string()), &report.digest)
        });
        let accepted = submission::check(handed, origin.as_ref(), intake.clock.now(), problems)?;
        let feedback = Box::new(seal(intake, item, accepted, report_digest).await?);
        record(&intake.log, command, Submit::Submit(feedback)).await?
    };
    let born = born(&intake.log, Subject::item(FEEDBACK, item), &done).await?;
    Ok(SubmitFeedbackResponse {
        recorded: Some(recorded(&intake.log, &done, request_id)),
        feedback_id: item.to_string(),
        reference: born.reference.map(|it| it.to_string()).unwrap_or_default(),
    })
}

/// Whether the command is known, so that nothing needs to be sealed for it.
async fn was_recorded(log: &Log, context: &Context, may_repeat: bool) -> Result<bool, Problem> {
    let read_problem = |error| redress_log_service::read_problem(&error);
    if may_repeat && let Some(request_id) = &context.request_id {
        let records = log.find_request(request_id).await.map_err(read_problem)?;
        if !records.is_empty() {
            return Ok(true);
        }
    }
    match &context.inbound_key {
        None => Ok(false),
        Some(key) => Ok(!log
            .find_inbound(key)
            .await
            .map_err(read_problem)?
            .is_empty()),
    }
}

/// Answers a command that is in the log already; the log says whether it is the same one.
pub(crate) async fn repeat(log: &Log, command: Command) -> Result<Done<State>, Problem> {
    let nothing = |_: &State, _| Ok::<Vec<Event>, Refusal>(Vec::new());
    let done = log
        .transact::<FeedbackLife, Refusal>(command, nothing)
        .await;
    done.map_err(|error| transact_problem(error, |refusal| problem_of(&refusal, path)))
}

/// Decides, and records what was decided.
pub(crate) async fn record(
    log: &Log,
    command: Command,
    submit: Submit,
) -> Result<Done<State>, Problem> {
    let decide = move |state: &State, _| redress_feedback::decide(state, &submit);
    let done = log.transact::<FeedbackLife, Refusal>(command, decide).await;
    done.map_err(|error| transact_problem(error, |refusal| problem_of(&refusal, path)))
}

fn path(field: Option<&str>) -> String {
    field.map_or_else(
        || "submission".to_owned(),
        |field| format!("submission.{field}"),
    )
}

/// The item as it was when it was received: that is what its reference rests on.
pub(crate) async fn born(log: &Log, subject: Subject, done: &Done<State>) -> Result<Item, Problem> {
    let first = done.records.first().filter(|record| record.version == 0);
    let item = if let Some(first) = first {
        Item::fold(std::slice::from_ref(first))
    } else {
        let stream = log.read_stream(subject, done.size).await;
        let stream = stream.map_err(|error| redress_log_service::read_problem(&error))?;
        Item::fold(&stream[..stream.len().min(1)])
    };
    match item {
        Ok(Some(item)) => Ok(item),
        Ok(None) => Err(Problem::new(
            Kind::DataLoss,
            "RECORD_DAMAGED",
            "an item without a beginning",
        )),
        Err(error) => Err(load_problem(error.into())),
    }
}
