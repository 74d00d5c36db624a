//! A command on its way: what all of them have in common, from the request to the answer.

use std::sync::Arc;

use jiff::Timestamp;
use redress_envelope::{Actor, Context, ItemId, Record, Subject};
use redress_event_log::{Command, Life, Moment};
use redress_log_service::{Prepared, expected_version, prepare, recorded, transact_problem};
use redress_service::Problem;
use redress_wire::Message;
use redress_wire::log::v1::Recorded;
use redress_wire::{CommandRequest, optional_time};
use tonic::Request;

use crate::field;
use crate::workflow::Inner;

/// What a command is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    /// The kind of its stream.
    pub(crate) kind: &'static str,
    pub(crate) id_field: &'static str,
    pub(crate) id_invalid: &'static str,
}

/// Who orders what, on which item, when.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) id: ItemId,
    pub(crate) subject: Subject,
    pub(crate) context: Context,
    pub(crate) request_id: String,
    pub(crate) expected: Option<u64>,
    pub(crate) occurred_at: Option<Timestamp>,
}

/// What an order came to.
#[derive(Debug)]
pub(crate) struct Ran<S> {
    pub(crate) recorded: Recorded,
    /// What the command recorded, now or the first time.
    pub(crate) records: Vec<Record>,
    pub(crate) state: Arc<S>,
}

impl Order {
    pub(crate) fn read<R: CommandRequest + Message>(
        inner: &Inner,
        request: &Request<R>,
        method: &str,
        target: Target,
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
        let id = field::item(target.id_field, target.id_invalid, body.target())?;
        Ok(Self {
            id,
            subject: Subject::item(target.kind, id),
            context,
            request_id,
            expected: expected_version(body.etag())?,
            occurred_at: field::time("occurred_at", optional_time(body.occurred_at()))?,
        })
    }

    pub(crate) fn caller(&self) -> Actor {
        self.context.actor.clone()
    }

    /// Decides and records. `refused` puts the domain's refusal into words.
    pub(crate) async fn transact<L: Life, R: Send + 'static>(
        self,
        inner: &Inner,
        decide: impl FnOnce(&L::State, Moment) -> Result<Vec<L::Event>, R> + Send + 'static,
        refused: impl FnOnce(R) -> Problem,
    ) -> Result<Ran<L::State>, Problem> {
        let command = Command {
            expected_version: self.expected,
            ..Command::new(self.subject, self.context)
        };
        let done = inner.log.transact::<L, R>(command, decide).await;
        let done = done.map_err(|error| transact_problem(error, refused))?;
        Ok(Ran {
            recorded: recorded(&inner.log, &done, self.request_id),
            records: done.records,
            state: done.state,
        })
    }
}
