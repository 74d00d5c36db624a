//! Changing what is in force: while nobody decides anything.

use jiff::Timestamp;
use redress_event_log::{Command, Moment};
use redress_log_service::{Prepared, expected_version, prepare, recorded, transact_problem};
use redress_policy::register::{Event, Refusal, Register};
use redress_service::Problem;
use redress_wire::Message;
use redress_wire::log::v1::Recorded;
use tonic::Request;

use crate::policies::{self, RegisterLife};
use crate::workflow::Inner;

/// What all requests have that change what is in force.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) etag: &'a str,
    pub(super) request_id: &'a str,
    pub(super) occurred_at: Option<Timestamp>,
}

pub(super) async fn change<R: Message>(
    inner: &Inner,
    request: &Request<R>,
    asked: Asked<'_>,
    decide: impl FnOnce(&Register, Timestamp) -> Result<Vec<Event>, Refusal> + Send + 'static,
) -> Result<Recorded, Problem> {
    let (metadata, body) = (request.metadata(), request.get_ref());
    let prepared = prepare(
        metadata,
        asked.request_id,
        body,
        asked.method,
        inner.ids.as_ref(),
        |digest| inner.vault.keyed_hash("request body", &[digest]),
    )?;
    let Prepared {
        context,
        request_id,
    } = prepared;
    let command = Command {
        expected_version: expected_version(asked.etag)?,
        ..Command::new(policies::subject(), context)
    };
    let occurred_at = asked.occurred_at;
    let mut changing = inner.policies.change().await?;
    let decide = move |register: &Register, moment: Moment| {
        let at = occurred_at.map_or(moment.time, |at| at.min(moment.time));
        decide(register, at)
    };
    let done = inner.log.transact::<RegisterLife, _>(command, decide).await;
    let done = done.map_err(|error| transact_problem(error, |refusal| refused(&refusal)))?;
    if !done.repeated {
        changing.becomes((*done.state).clone());
    }
    Ok(recorded(&inner.log, &done, request_id))
}

fn refused(refusal: &Refusal) -> Problem {
    let problem = Problem::refused(refusal.code(), refusal.to_string());
    match refusal {
        Refusal::NumberTaken { free, .. } => problem
            .with_field("document")
            .with_remedy(format!("write `version = {free}` in the document")),
        Refusal::NotInForce { .. } => problem
            .with_field("policy")
            .with_remedy("name one of ListPolicies that is in force"),
        Refusal::Last { .. } => problem
            .with_field("policy")
            .with_remedy("put the policy in force that is to take its place, and then retire it"),
    }
}
