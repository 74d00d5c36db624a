//! `RetryRejected`: a rejected input is tried again, as it came or corrected.

use redress_envelope::{Actor, Context, Subject};
use redress_event_log::Command;
use redress_feedback::rejected::{Command as Rejected, State, decide};
use redress_feedback::{InputAccepted, Refusal};
use redress_log_service::{
    Prepared, content_lost, prepare, read_problem, recorded, transact_problem,
};
use redress_service::{Problem, Refused};
use redress_vault::Read;
use redress_wire::intake::v1::{RetryRejectedRequest, RetryRejectedResponse};
use tonic::Request;

use super::get::published;
use super::kept::{Kept, Standing};
use super::{REJECTED, RejectedLife, load, not_found, rejected_id};
use crate::get;
use crate::inbox::{Message, accept, submission, unreadable};
use crate::intake::Inner;
use crate::refused::problem_of;
use crate::submit::done_before;

const METHOD: &str = "redress.intake.v1.IntakeService/RetryRejected";

pub(crate) async fn retry(
    intake: &Inner,
    request: Request<RetryRejectedRequest>,
) -> Result<RetryRejectedResponse, Refused> {
    let (metadata, _, request) = request.into_parts();
    let Prepared {
        context,
        request_id,
    } = prepare(
        &metadata,
        &request.request_id,
        &request,
        METHOD,
        intake.ids.as_ref(),
        |digest| intake.names.request(digest),
    )?;
    let id = rejected_id(&request.rejected_id)?;
    let kept = load(intake, &id.to_string(), intake.log.head().size).await?;
    let kept = kept.ok_or_else(not_found)?;
    let command = Command::new(Subject::item(REJECTED, id), context.clone());
    if !request.request_id.is_empty() {
        let seen = intake.log.find_request(&request_id).await;
        let seen = seen.map_err(|error| read_problem(&error))?;
        // Whether the request id was used for something else; what it came to is asked below.
        done_before(&command, seen, Problem::request_id_reused)?;
    }
    let accepted = match &kept.standing {
        Standing::Accepted {
            feedback_id,
            corrected,
            data_subject,
            settled: _,
        } => InputAccepted {
            feedback_id: feedback_id.clone(),
            corrected: *corrected,
            data_subject: data_subject.clone(),
        },
        // The decision is below; there is nothing any more that could be tried.
        Standing::Discarded { .. } => InputAccepted::default(),
        Standing::Open => again(intake, &kept, &request.corrected, context).await?,
    };
    let feedback_id = accepted.feedback_id.clone();
    let accept = Rejected::Accept(accepted);
    let decide = move |state: &State, _| decide(state, &accept);
    let done = intake
        .log
        .transact::<RejectedLife, Refusal>(command, decide)
        .await;
    let path = |field: Option<&str>| field.unwrap_or_default().to_owned();
    let done = done.map_err(|error| transact_problem(error, |it| problem_of(&it, path)))?;
    let item = get::load(intake, &feedback_id, done.size.max(intake.log.head().size)).await?;
    let reference = item.and_then(|it| it.reference);
    Ok(RetryRejectedResponse {
        recorded: Some(recorded(&intake.log, &done, request_id)),
        feedback_id,
        reference: reference.map(|it| it.to_string()).unwrap_or_default(),
    })
}

/// Hands it in under the name that it came with. What is recorded of it names the one who tries as
/// acting for the one who sent it.
async fn again(
    intake: &Inner,
    kept: &Kept,
    corrected: &[u8],
    context: Context,
) -> Result<InputAccepted, Refused> {
    let published = match published(intake, kept).await? {
        Read::Content(published) => published,
        Read::Erased => return Err(erased().into()),
        Read::Unknown => return Err(content_lost("what came is").into()),
    };
    let message = Message {
        source: kept.facts.source.clone(),
        received_at: kept.facts.received_at,
        event: published.read(),
        published,
        key: kept.facts.inbound_key.clone(),
    };
    let (body, field) = match (&message.event.data, corrected) {
        (Ok(data), []) => (data.as_ref(), "data"),
        (Err(why), []) => {
            return Err(unreadable(why).with_remedy("send it corrected").into());
        }
        (Ok(_) | Err(_), corrected) => (corrected, "corrected"),
    };
    let named = message.named(&intake.names, body);
    let sender = kept.facts.source.clone().map(Actor::Service);
    let context = Context {
        on_behalf_of: context.on_behalf_of.clone().or(sender),
        ..context
    };
    let read = || submission(body, field);
    let accepted = accept(intake, &message, &named, context, read).await;
    let item = accepted.map_err(only_to_discard)?.feedback_id;
    let found = get::load(intake, &item.to_string(), intake.log.head().size).await?;
    let subject = found.and_then(|it| it.facts.data_subject);
    Ok(InputAccepted {
        feedback_id: item.to_string(),
        corrected: !corrected.is_empty(),
        data_subject: subject.unwrap_or_else(|| intake.names.subject(item, None).to_string()),
    })
}

/// Under its name there is other feedback, for ever.
fn only_to_discard(refused: Refused) -> Refused {
    if refused.first().code != "INBOUND_KEY_REUSED" {
        return refused;
    }
    let why = "other feedback was accepted under the id of this message, which it keeps";
    Problem::refused("INBOUND_KEY_REUSED", why)
        .with_field("inbound_key")
        .with_remedy(
            "discard it; if what it says is feedback, submit that as an item of its own, or have \
             it published under another id",
        )
        .into()
}

fn erased() -> Problem {
    Problem::refused("CONTENT_ERASED", "what came has been erased")
        .with_remedy("nothing brings it back")
}
