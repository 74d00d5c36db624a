//! Commands on a complaint: decided by the domain, with or without words.

use std::sync::Arc;

use redress_complaint::{Command, State, decide};
use redress_envelope::{Commitment, VaultRef};
use redress_event_log::Moment;
use redress_log_service::{etag, load_problem, read_problem};
use redress_service::Problem;
use redress_wire::CommandRequest;
use redress_wire::Message;
use tonic::Request;

use super::refused::refused;
use crate::life::ComplaintLife;
use crate::order::{Order, Ran, Target};
use crate::sealing;
use crate::workflow::Inner;

const COMPLAINT: Target = Target {
    kind: "complaint",
    id_field: "complaint_id",
    id_invalid: "COMPLAINT_ID_INVALID",
};

pub(super) fn order<R: CommandRequest + Message>(
    inner: &Inner,
    request: &Request<R>,
    method: &str,
) -> Result<Order, Problem> {
    Order::read(inner, request, method, COMPLAINT)
}

pub(super) async fn run(
    inner: &Inner,
    order: Order,
    command: impl Into<Command>,
) -> Result<Ran<State>, Problem> {
    let (command, rules) = (command.into(), Arc::clone(&inner.rules));
    let decide = move |state: &State, moment: Moment| decide(state, &command, &rules, moment.time);
    order
        .transact::<ComplaintLife, _>(inner, decide, |refusal| refused(&refusal))
        .await
}

/// Decides with a reference to words, where there are any.
pub(super) async fn run_with_words<C: Into<Command>>(
    inner: &Inner,
    order: Order,
    field: &'static str,
    text: &str,
    command: impl Fn(Option<VaultRef>) -> C,
) -> Result<Ran<State>, Problem> {
    let words = sealed(inner, &order, field, text, |words| command(Some(words))).await?;
    run(inner, order, command(words)).await
}

/// Seals the words of a command that will be done, where there are any.
pub(super) async fn sealed<C: Into<Command>>(
    inner: &Inner,
    order: &Order,
    field: &'static str,
    text: &str,
    command: impl Fn(VaultRef) -> C,
) -> Result<Option<VaultRef>, Problem> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    sealing::check(field, text)?;
    let to_be = VaultRef {
        entry: "0".repeat(32),
        commitment: Commitment([0; 32]),
    };
    if was_done(inner, order, &command(to_be.clone()).into()).await? {
        // It is answered as the first time, and so from what stands in the log.
        return Ok(Some(to_be));
    }
    inner.seal(order.id, text).await.map(Some)
}

/// Whether the command is in the log. Refuses what will be refused, so that nobody's words are kept
/// for nothing. The writer decides again, on what is true then.
async fn was_done(inner: &Inner, order: &Order, command: &Command) -> Result<bool, Problem> {
    let first = inner.log.find_request(&order.request_id).await;
    if let Some(first) = first.map_err(|error| read_problem(&error))?.first() {
        // It was done, and is answered as the first time.
        let is_the_same = first.context.request_digest == order.context.request_digest;
        return if is_the_same {
            Ok(true)
        } else {
            Err(Problem::request_id_reused())
        };
    }
    let head = inner.log.head();
    let loaded = inner
        .log
        .load::<ComplaintLife>(order.subject.clone(), head.size)
        .await;
    let (state, version) = loaded.map_err(load_problem)?;
    if order.expected.is_some_and(|expected| expected != version) {
        return Err(Problem::stale_etag(etag(version)));
    }
    let now = inner.clock.now();
    let time = head.time.map_or(now, |last| last.max(now));
    match decide(&state, command, &inner.rules, time) {
        Ok(_) => Ok(false),
        Err(refusal) => Err(refused(&refusal)),
    }
}
