use redress_envelope::Actor;
use redress_handler::State;
use redress_log_service::digest;
use redress_service::Problem;
use redress_wire::workflow::v1::{HandlerFilter, ListHandlersRequest, ListHandlersResponse};
use tonic::Request;

use super::{load, view};
use crate::page::{self, Range, Unread};
use crate::waiting;
use crate::workflow::Inner;

pub(super) async fn list(
    inner: &Inner,
    request: Request<ListHandlersRequest>,
) -> Result<ListHandlersResponse, Problem> {
    let request = request.into_inner();
    let filter = request.filter.unwrap_or_default();
    let question = question(&filter);
    let after = page::read_token(&question, &request.page_token)?;
    let size = page::size(request.page_size, None)?;
    waiting::for_view(inner, &inner.handlers, &request.wait_for).await?;
    let log = inner.log.clone();
    let answer = inner.handlers.query(move |rows| {
        let range = Range::all(view::OLDEST_FIRST).after(after);
        let found = page::fill(rows, &range, size, |id| {
            let person = view::row(rows, id)?;
            let Some(person) = person.filter(|it| lets_through(&filter, &it.state)) else {
                return Ok(None);
            };
            let load = load::of(rows, &Actor::User(id.to_owned()))?;
            Ok(Some(person.answer(id, Some(load))))
        })?;
        Ok(ListHandlersResponse {
            handlers: found.items,
            next_page_token: found
                .more_after
                .map_or_else(String::new, |key| page::write_token(&question, &key)),
            token: rows.token().to_string(),
            incomplete_from: page::incomplete_from(&log, rows),
        })
    });
    answer.await.map_err(|error: Unread| error.0)
}

fn question(filter: &HandlerFilter) -> String {
    let question = ListHandlersRequest {
        filter: Some(filter.clone()),
        ..ListHandlersRequest::default()
    };
    digest("ListHandlers", &question)
}

fn lets_through(filter: &HandlerFilter, state: &State) -> bool {
    let handler = match state {
        State::Registered(handler) => handler,
        State::Retired | State::NotRegistered => {
            let asks_for_more = !filter.queues.is_empty() || !filter.skills.is_empty();
            return filter.include_retired && !asks_for_more;
        }
    };
    let any = |wanted: &[String], has: &dyn Fn(&String) -> bool| {
        wanted.is_empty() || wanted.iter().any(has)
    };
    any(&filter.queues, &|queue| handler.queues.contains(queue))
        && any(&filter.skills, &|skill| handler.skills.contains_key(skill))
}
