//! A reaction that failed, tried again: from the same record, by the same rules, done at most once.
//!
//! Effect and note are two records of two streams. A crash between them leaves the effect; the next
//! attempt finds it done and writes the note.

use std::convert::Infallible;
use std::sync::Arc;

use redress_envelope::{Record, Subject};
use redress_event_log::{Command, Moment, Source, SourceError};
use redress_log_service::{Prepared, load_problem, prepare, recorded, transact_problem};
use redress_service::Problem;
use redress_wire::workflow::v1::{RetryReactionRequest, RetryReactionResponse};
use tonic::Request;

use crate::field;
use crate::life::ReactionLife;
use crate::react::{Cause, Plan, Reactor};
use crate::reaction::{Failed, State};
use crate::workflow::Inner;

pub(crate) async fn retry(
    inner: &Inner,
    request: Request<RetryReactionRequest>,
) -> Result<RetryReactionResponse, Problem> {
    let (metadata, body) = (request.metadata(), request.get_ref());
    let prepared = prepare(
        metadata,
        &body.request_id,
        body,
        "RetryReaction",
        inner.ids.as_ref(),
        |digest| inner.vault.keyed_hash("request body", &[digest]),
    )?;
    let Prepared {
        mut context,
        request_id,
    } = prepared;
    let id = field::item("reaction_id", "REACTION_ID_INVALID", &body.reaction_id)?;
    let subject = Subject::item("reaction", id);
    let size = inner.log.head().size;
    let loaded = inner.log.load::<ReactionLife>(subject.clone(), size).await;
    let (state, _) = loaded.map_err(load_problem)?;
    match &state {
        State::NotYet => {
            return Err(
                Problem::not_found("REACTION_NOT_FOUND", "no such reaction failed")
                    .with_remedy("send an id of ListFailedReactions"),
            );
        }
        State::Failed(failed) => {
            let failed = failed.as_ref();
            context.causation = Some(failed.cause);
            again(inner, failed).await?;
        }
        State::Retried => {}
    }
    let decide = |state: &State, _: Moment| {
        Ok::<_, Infallible>(match state {
            State::Failed(failed) => vec![failed.retried()],
            State::NotYet | State::Retried => Vec::new(),
        })
    };
    let command = Command::new(subject, context);
    let done = inner.log.transact::<ReactionLife, _>(command, decide).await;
    let done = done.map_err(|error| transact_problem(error, |never| match never {}))?;
    Ok(RetryReactionResponse {
        recorded: Some(recorded(&inner.log, &done, request_id)),
    })
}

async fn again(inner: &Inner, failed: &Failed) -> Result<(), Problem> {
    let reactor = inner.reactor();
    let (record, plan) = plan(inner, &reactor, failed).await?;
    let Some(plan) = plan else {
        // By the rules of this version nothing is to follow: then nothing is missing.
        return Ok(());
    };
    let cause = Cause::new(&plan, &record, None);
    let tried = reactor.carry_out(&cause, plan).await;
    let Err(undone) = tried.map_err(|error| Problem::unavailable("LOG_STOPPED", error))? else {
        return Ok(());
    };
    let told = undone.why.clone();
    let written = reactor.write_down(&cause, undone).await;
    written.map_err(|error| Problem::unavailable("LOG_STOPPED", error))?;
    Err(Problem::refused(told.code.clone(), told.to_string())
        .with_remedy("change what stands in its way, or the program's version, and try again"))
}

/// The record that the reaction was to, and what is to follow from it.
async fn plan(
    inner: &Inner,
    reactor: &Reactor,
    failed: &Failed,
) -> Result<(Record, Option<Plan>), Problem> {
    type Rule = fn(&Reactor, &Record) -> Option<Plan>;
    let rules: [(Option<Arc<dyn Source>>, Rule); 2] = [
        (inner.intake(), Reactor::plan_of_intake),
        (inner.reporting(), Reactor::plan_of_reporting),
    ];
    for (source, rule) in rules {
        let source = source.ok_or_else(|| {
            Problem::unavailable("SOURCE_NOT_FOLLOWED", "no other log is followed yet")
        })?;
        let partition = format!("/{}", failed.cause.partition);
        let of = source.lives().log_at(failed.cause.position);
        if of == failed.cause.log && source.place().ends_with(&partition) {
            let record = read(source.as_ref(), failed.cause.position).await?;
            let plan = rule(reactor, &record);
            return Ok((record, plan));
        }
    }
    Err(Problem::refused(
        "SOURCE_OF_ANOTHER_LIFE",
        "the record stood in another life of its log and was declared lost, or in another log",
    ))
}

async fn read(source: &dyn Source, position: u64) -> Result<Record, Problem> {
    let unread = |error: SourceError| Problem::unavailable("SOURCE_UNREADABLE", error.to_string());
    if source.size().await.map_err(unread)? <= position {
        return Err(Problem::unavailable(
            "SOURCE_UNREADABLE",
            "the log that is followed has lost its tail",
        ));
    }
    let stored = source.next(position, 1).await.map_err(unread)?;
    let record = stored
        .first()
        .and_then(|stored| Record::decode(&stored.bytes).ok());
    record.ok_or_else(|| Problem::unavailable("SOURCE_UNREADABLE", "the record cannot be read"))
}
