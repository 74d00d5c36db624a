//! A message that cannot be accepted is sealed and kept, with what was wrong.

use redress_envelope::{Context, ItemId, Subject};
use redress_event_bus::Answer;
use redress_event_log::Command;
use redress_feedback::rejected::{Command as Rejected, State, decide};
use redress_feedback::{Refusal, RejectedInput, RejectionReason};
use redress_log_service::{load_problem, transact_problem};
use redress_service::{Problem, Refused};
use redress_vault::{Class, MAX_CONTENT_BYTES, NewEntry, SubjectId};

use super::NATS;
use super::message::Message;
use crate::intake::Inner;
use crate::refused::problem_of;
use crate::rejected::{REJECTED, RejectedLife, load};
use crate::sealing::vault_problem;

const MESSAGE: Class = Class::of("rejected_message");
/// More tells nobody anything.
const MOST_REASONS: usize = 16;

/// What the message was told when it was rejected, and what became of it since.
pub(super) async fn was_rejected(
    intake: &Inner,
    message: &Message,
) -> Result<Option<(Answer, State)>, Problem> {
    let id = message.rejected_id(&intake.names);
    let subject = Subject::item(REJECTED, id);
    let loaded = intake
        .log
        .load::<RejectedLife>(subject, intake.log.head().size)
        .await;
    let (state, _) = loaded.map_err(load_problem)?;
    if state == State::NotYet {
        return Ok(None);
    }
    let kept = load(intake, &id.to_string(), intake.log.head().size).await?;
    let kept = kept.ok_or_else(|| Problem::internal("a rejected input without a beginning"))?;
    let code = kept.reason().code.clone();
    let reason = match &kept.reason().field {
        Some(field) => format!("`{field}` is not right"),
        None => "it was rejected before".to_owned(),
    };
    let reference = id.to_string();
    let answer = Answer::Rejected {
        code,
        reason,
        reference,
    };
    Ok(Some((answer, state)))
}

/// Seals it and records that it was rejected; durable when it returns.
pub(super) async fn reject(
    intake: &Inner,
    message: &Message,
    refused: &Refused,
    context: Context,
) -> Result<Answer, Problem> {
    let id = message.rejected_id(&intake.names);
    let subject = subject_of(intake, id, message);
    let kept = message.published.encode();
    let pieces = kept.chunks(MAX_CONTENT_BYTES / 2).map(|piece| NewEntry {
        subject,
        class: MESSAGE,
        content: piece.to_vec(),
    });
    let sealed = intake.vault.seal(pieces.collect()).await;
    let input = RejectedInput {
        door: NATS.to_owned(),
        source: message.source.clone(),
        reasons: refused.problems().take(MOST_REASONS).map(reason).collect(),
        received_at: message.received_at,
        bytes: message.published.bytes(),
        message: sealed.map_err(|error| vault_problem(intake, &error))?,
        data_subject: subject.to_string(),
        inbound_key: message.key.clone(),
    };
    let command = Command::new(Subject::item(REJECTED, id), context);
    let record = Rejected::Record(Box::new(input));
    let decide = move |state: &State, _| decide(state, &record);
    let done = intake
        .log
        .transact::<RejectedLife, Refusal>(command, decide)
        .await;
    done.map_err(|error| transact_problem(error, |it| problem_of(&it, path)))?;
    let first = refused.first();
    Ok(Answer::Rejected {
        code: first.code.to_string(),
        reason: first.message.to_string(),
        reference: id.to_string(),
    })
}

pub(crate) fn path(field: Option<&str>) -> String {
    field.unwrap_or_default().to_owned()
}

fn reason(problem: &Problem) -> RejectionReason {
    let field = problem.field.as_deref().unwrap_or_default();
    let field = field.strip_prefix("submission.").unwrap_or(field);
    RejectionReason {
        code: problem.code.to_string(),
        field: (!field.is_empty() && field != "submission").then(|| field.to_owned()),
    }
}

/// The customer's own key where the message names the customer, so that an erasure finds it.
fn subject_of(intake: &Inner, id: ItemId, message: &Message) -> SubjectId {
    let data = message.event.data.as_deref().unwrap_or_default();
    let read = serde_json::from_slice::<serde_json::Value>(data).ok();
    let reference = read.as_ref().and_then(|it| {
        let reference = it.pointer("/customer/reference")?.as_str()?.trim();
        (!reference.is_empty()).then_some(reference)
    });
    intake.names.subject(id, reference)
}
