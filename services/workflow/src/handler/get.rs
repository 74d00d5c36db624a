use redress_envelope::Actor;
use redress_log_service::{as_of, load_problem, read_problem};
use redress_service::Problem;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{GetHandlerRequest, GetHandlerResponse, Note};
use tonic::Request;

use super::command::{not_found, subject};
use super::load;
use super::person::Person;
use crate::page::Unread;
use crate::waiting;
use crate::workflow::Inner;

pub(super) async fn get(
    inner: &Inner,
    request: Request<GetHandlerRequest>,
) -> Result<GetHandlerResponse, Problem> {
    let request = request.into_inner();
    let subject = subject(&request.handler)?;
    waiting::for_log(inner, &request.wait_for).await?;
    let size = as_of(&inner.log, request.as_of.as_ref()).await?;
    let records = inner.log.read_stream(subject.clone(), size).await;
    let records = records.map_err(|error| read_problem(&error))?;
    if records.is_empty() {
        return Err(not_found());
    }
    let (person, name, unknown) =
        Person::of(&records).map_err(|error| load_problem(error.into()))?;
    let load = match request.as_of {
        None => Some(in_hand(inner, subject.id()).await?),
        Some(_) => None,
    };
    let mut handler = person.answer(subject.id(), load);
    if let Some((record, reference)) = name.filter(|_| !handler.retired) {
        let words = inner.words(&reference).await?;
        handler.name = Some(Note {
            version: record.version,
            recorded_at: Some(time_to_wire(record.time)),
            actor: record.context.actor.to_string(),
            text: words.text,
            erased: words.erased,
            missing: words.missing,
        });
    }
    let token = |size| inner.log.token(size).to_string();
    Ok(GetHandlerResponse {
        handler: Some(handler),
        token: token(size),
        incomplete_from: unknown.map(token).unwrap_or_default(),
    })
}

async fn in_hand(inner: &Inner, pseudonym: &str) -> Result<u32, Problem> {
    let now = inner.log.token(inner.log.head().size);
    waiting::view_covers(&inner.handlers, &now).await?;
    let handler = Actor::User(pseudonym.to_owned());
    let load = inner.handlers.query(move |rows| load::of(rows, &handler));
    load.await.map_err(|error: Unread| error.0)
}
