//! `SubmitFeedback`: one piece of feedback, sealed and recorded.

use std::sync::Arc;

use redress_complaint::Reference;
use redress_envelope::{ItemId, Record, Subject};
use redress_event_log::{Command, Done, Log, Moment, TransactError};
use redress_feedback::{Command as Submit, Refusal, State};
use redress_log_service::{Prepared, load_problem, prepare, recorded, transact_problem};
use redress_service::{Kind, Problem, Refused};
use redress_wire::intake::v1::{SubmitFeedbackRequest, SubmitFeedbackResponse};
use tonic::Request;

use crate::intake::Inner;
use crate::item::{Item, reference, reference_year};
use crate::life::FeedbackLife;
use crate::names::Origin;
use crate::refused::problem_of;
use crate::sealing::{Unsealed, seal};
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
    let key = origin
        .as_ref()
        .map(|origin| intake.names.reference(&origin.source, &origin.id));
    let item = match &key {
        Some(key) => intake.names.item_of_reference(key),
        None => intake.names.item_of_request(&request_id),
    };
    context.inbound_key.clone_from(&key);
    let command = Command::new(Subject::item(FEEDBACK, item), context);

    if let Some(done) = answered_before(&intake.log, &command, !given_id.is_empty()).await? {
        let reference = reference_in(&intake.log, Subject::item(FEEDBACK, item), &done).await?;
        return Ok(answer(&intake.log, &done, request_id, item, reference));
    }
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
    let unsealed = Unsealed::new(&intake.names, item, accepted, report_digest);
    let feedback = Box::new(seal(intake, unsealed).await?);
    let year = reference_year(&feedback);
    let done = record(&intake.log, command, Submit::Submit(feedback)).await?;
    let reference = match first_record(&done) {
        Some(position) => reference(year, position),
        None => reference_in(&intake.log, Subject::item(FEEDBACK, item), &done).await?,
    };
    Ok(answer(&intake.log, &done, request_id, item, reference))
}

fn answer<S>(
    log: &Log,
    done: &Done<S>,
    request_id: String,
    item: ItemId,
    reference: Option<Reference>,
) -> SubmitFeedbackResponse {
    SubmitFeedbackResponse {
        recorded: Some(recorded(log, done, request_id)),
        feedback_id: item.to_string(),
        reference: reference.map(|it| it.to_string()).unwrap_or_default(),
    }
}

/// The answer that a command got before, so that nothing needs to be sealed for it.
async fn answered_before(
    log: &Log,
    command: &Command,
    may_repeat: bool,
) -> Result<Option<Done<()>>, Problem> {
    let read_problem = |error| redress_log_service::read_problem(&error);
    if may_repeat && let Some(request_id) = &command.context.request_id {
        let records = log.find_request(request_id).await.map_err(read_problem)?;
        if !records.is_empty() {
            return done_before(command, records, Problem::request_id_reused);
        }
    }
    match &command.context.inbound_key {
        None => Ok(None),
        Some(key) => {
            let records = log.find_inbound(key).await.map_err(read_problem)?;
            done_before(command, records, inbound_key_reused)
        }
    }
}

/// What the records of an earlier command answer to the same command.
pub(crate) fn done_before(
    command: &Command,
    records: Vec<Record>,
    reused: fn() -> Problem,
) -> Result<Option<Done<()>>, Problem> {
    let (Some(first), Some(last)) = (records.first(), records.last()) else {
        return Ok(None);
    };
    let digest = &command.context.request_digest;
    if first.subject != command.subject || first.context.request_digest != *digest {
        return Err(reused());
    }
    Ok(Some(Done {
        state: Arc::new(()),
        version: last.version + 1,
        size: last.position + 1,
        repeated: true,
        records,
    }))
}

/// Decides, and records what was decided.
pub(crate) async fn record(
    log: &Log,
    command: Command,
    submit: Submit,
) -> Result<Done<State>, Problem> {
    let decide = move |state: &State, _: Moment| redress_feedback::decide(state, &submit);
    let done = log.transact::<FeedbackLife, Refusal>(command, decide).await;
    done.map_err(not_recorded)
}

pub(crate) fn not_recorded(error: TransactError<Refusal>) -> Problem {
    transact_problem(error, |refusal| problem_of(&refusal, path))
}

/// Where the item begins, if it began with this command.
pub(crate) fn first_record<S>(done: &Done<S>) -> Option<u64> {
    let first = done.records.first().filter(|_| !done.repeated)?;
    (first.version == 0).then_some(first.position)
}

fn path(field: Option<&str>) -> String {
    field.map_or_else(
        || "submission".to_owned(),
        |field| format!("submission.{field}"),
    )
}

/// The reference of an item that was there before. It rests on how it was received first.
pub(crate) async fn reference_in<S>(
    log: &Log,
    subject: Subject,
    done: &Done<S>,
) -> Result<Option<Reference>, Problem> {
    let first = done.records.first().filter(|record| record.version == 0);
    let item = if let Some(first) = first {
        Item::fold(std::slice::from_ref(first))
    } else {
        let stream = log.read_stream(subject, done.size).await;
        let stream = stream.map_err(|error| redress_log_service::read_problem(&error))?;
        Item::fold(&stream[..stream.len().min(1)])
    };
    match item {
        Ok(Some(item)) => Ok(item.reference),
        Ok(None) => Err(Problem::new(
            Kind::DataLoss,
            "RECORD_DAMAGED",
            "an item without a beginning",
        )
        .with_remedy("`redress log verify` says where; restore the log from a copy")),
        Err(error) => Err(load_problem(error.into())),
    }
}

pub(crate) fn inbound_key_reused() -> Problem {
    let why = "this inbound key was used for a message with another body";
    Problem::new(Kind::AlreadyExists, "INBOUND_KEY_REUSED", why)
        .with_field("inbound_key")
        .with_remedy("send the message unchanged, or another message under an id of its own")
}
