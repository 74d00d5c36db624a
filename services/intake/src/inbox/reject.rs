//! A message that cannot be accepted is sealed and kept, with what was wrong.

use redress_envelope::{Context, ItemId, Subject};
use redress_event_bus::{Answer, Rejection};
use redress_event_log::Command;
use redress_feedback::rejected::{Command as Rejected, State, decide};
use redress_feedback::{Refusal, RejectedInput, RejectionReason};
use redress_log_service::transact_problem;
use redress_service::{Problem, Refused};
use redress_vault::{Class, MAX_CONTENT_BYTES, NewEntry};

use super::NATS;
use super::accept::found;
use super::message::Message;
use crate::intake::Inner;
use crate::refused::problem_of;
use crate::rejected::{REJECTED, RejectedLife, Standing, load};
use crate::sealing::vault_problem;

const MESSAGE: Class = Class::of("rejected_message");
/// More are counted.
const MOST_REASONS: usize = 16;

/// What is told of a message that was rejected before: what was told then, or what it has become since.
pub(super) async fn told_before(
    intake: &Inner,
    message: &Message,
) -> Result<Option<Answer>, Problem> {
    let id = message.rejected_id(&intake.names).to_string();
    let Some(kept) = load(intake, &id, intake.log.head().size).await? else {
        return Ok(None);
    };
    let corrected = matches!(kept.standing, Standing::Accepted { .. });
    let body = message.event.data.as_deref().unwrap_or_default();
    let named = message.named(&intake.names, body);
    if let Some(accepted) = found(intake, &named, corrected).await? {
        let receipt = accepted.receipt();
        return Ok(Some(Answer::Accepted { receipt }));
    }
    let first = kept.reason();
    Ok(Some(Answer::Rejected(Rejection {
        code: first.code.clone(),
        field: first.field.clone(),
        reason: first.text(),
        remedy: first.remedy(),
        rejected_id: id,
    })))
}

/// Seals it and records that it was rejected; durable when it returns. The same again adds nothing.
pub(super) async fn reject(
    intake: &Inner,
    message: &Message,
    refused: &Refused,
    context: Context,
) -> Result<(), Problem> {
    let id = message.rejected_id(&intake.names);
    let subject = intake.names.subject(id, None);
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
        more_reasons: refused.problems().skip(MOST_REASONS).count() as u64,
        received_at: message.received_at,
        bytes: message.published.bytes(),
        message: sealed.map_err(|error| vault_problem(intake, &error))?,
        data_subject: subject.to_string(),
        customer: customer(intake, id, message),
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
    Ok(())
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
        values: problem.facts.clone(),
    }
}

/// The customer whom the message names, so that an erasure finds it.
fn customer(intake: &Inner, id: ItemId, message: &Message) -> Option<String> {
    let data = message.event.data.as_deref().unwrap_or_default();
    let read = serde_json::from_slice::<serde_json::Value>(data).ok()?;
    let reference = read.pointer("/customer/reference")?.as_str()?.trim();
    let named = !reference.is_empty();
    named.then(|| intake.names.subject(id, Some(reference)).to_string())
}
