//! Commands on somebody in the register, decided by the domain while nobody is given a duty.

use jiff::Timestamp;
use redress_envelope::{Context, Subject};
use redress_event_log::{Command as LogCommand, Moment};
use redress_handler::{Command, Refusal, State, decide};
use redress_log_service::{
    Prepared, expected_version, load_problem, prepare, read_problem, recorded, transact_problem,
};
use redress_service::Problem;
use redress_wire::log::v1::Recorded;
use redress_wire::{CommandRequest, Message, optional_time};
use tonic::Request;

use crate::life::HandlerLife;
use crate::workflow::Inner;
use crate::{field, people};

/// A command on its way.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) subject: Subject,
    context: Context,
    request_id: String,
    expected: Option<u64>,
    occurred_at: Option<Timestamp>,
}

/// The stream of the person that is meant.
pub(super) fn subject(handler: &str) -> Result<Subject, Problem> {
    let person = field::actor("handler", handler)?.ok_or_else(|| field::required("handler"))?;
    people::subject(&person).ok_or_else(|| {
        Problem::invalid(
            "ACTOR_INVALID",
            "handler",
            "only people are in the register of handlers",
        )
        .with_remedy("send `user:<pseudonym>`")
    })
}

pub(super) async fn run<R: CommandRequest + Message>(
    inner: &Inner,
    request: &Request<R>,
    method: &str,
    command: Command,
) -> Result<Option<Recorded>, Problem> {
    let change = Change::read(inner, request, method)?;
    change.carry_out(inner, command).await.map(Some)
}

impl Change {
    pub(super) fn read<R: CommandRequest + Message>(
        inner: &Inner,
        request: &Request<R>,
        method: &str,
    ) -> Result<Self, Problem> {
        let (metadata, body) = (request.metadata(), request.get_ref());
        let prepared = prepare(
            metadata,
            body.request_id(),
            body,
            method,
            inner.ids.as_ref(),
            |digest| inner.vault.keyed_hash("request body", &[digest]),
        )?;
        let Prepared {
            context,
            request_id,
        } = prepared;
        Ok(Self {
            subject: subject(body.target())?,
            context,
            request_id,
            expected: expected_version(body.etag())?,
            occurred_at: field::time("occurred_at", optional_time(body.occurred_at()))?,
        })
    }

    /// Whether it is to be recorded: not if it is in the log, nor if it will be refused.
    pub(super) async fn is_new(&self, inner: &Inner, command: &Command) -> Result<bool, Problem> {
        let first = inner.log.find_request(&self.request_id).await;
        if !first.map_err(|error| read_problem(&error))?.is_empty() {
            return Ok(false);
        }
        let head = inner.log.head();
        let loaded = inner
            .log
            .load::<HandlerLife>(self.subject.clone(), head.size);
        let (state, _) = loaded.await.map_err(load_problem)?;
        let now = inner.clock.now();
        let time = head.time.map_or(now, |last| last.max(now));
        let decided = decide(&state, command, self.occurred_at, time);
        Ok(decided.is_ok_and(|events| !events.is_empty()))
    }

    pub(super) async fn carry_out(
        self,
        inner: &Inner,
        command: Command,
    ) -> Result<Recorded, Problem> {
        let occurred_at = self.occurred_at;
        let decide =
            move |state: &State, moment: Moment| decide(state, &command, occurred_at, moment.time);
        let change = inner.people.change().await;
        let command = LogCommand {
            expected_version: self.expected,
            ..LogCommand::new(self.subject, self.context)
        };
        let done = inner.log.transact::<HandlerLife, _>(command, decide).await;
        drop(change);
        let done = done.map_err(|error| transact_problem(error, |refusal| refused(&refusal)))?;
        Ok(recorded(&inner.log, &done, self.request_id))
    }
}

pub(super) fn not_found() -> Problem {
    refused(&Refusal::NotRegistered)
}

fn refused(refusal: &Refusal) -> Problem {
    let (code, message) = (refusal.code(), refusal.to_string());
    let problem = match refusal {
        Refusal::NotRegistered => Problem::not_found(code, message),
        Refusal::AlreadyRegistered => Problem::refused(code, message),
        Refusal::AbsenceUnknown { .. }
        | Refusal::AbsenceInvalid
        | Refusal::ExpiresInThePast { .. }
        | Refusal::OccurredInFuture { .. }
        | Refusal::FieldEmpty { .. }
        | Refusal::FieldNotACode { .. }
        | Refusal::TooMany { .. } => Problem::invalid(code, refusal.field(), message),
    };
    problem
        .with_field(refusal.field())
        .with_remedy(refusal.remedy())
}
