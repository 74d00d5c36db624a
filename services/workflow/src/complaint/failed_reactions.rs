//! What was to follow from a record of another log, and was not done.

use redress_log_service::digest;
use redress_service::Problem;
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    FailedReaction, ListFailedReactionsRequest, ListFailedReactionsResponse,
};
use tonic::Request;

use super::view::{self, FAILED_REACTIONS, FailedRow};
use crate::page::{self, Range, Unread};
use crate::waiting;
use crate::workflow::Inner;

pub(super) async fn list(
    inner: &Inner,
    request: Request<ListFailedReactionsRequest>,
) -> Result<ListFailedReactionsResponse, Problem> {
    let request = request.into_inner();
    let question = digest(
        "ListFailedReactions",
        &ListFailedReactionsRequest::default(),
    );
    let after = page::read_token(&question, &request.page_token)?;
    let size = page::size(request.page_size, None)?;
    waiting::for_view(inner, &inner.complaints, &request.wait_for).await?;
    let log = inner.log.clone();
    let answer = inner.complaints.query(move |rows| {
        let range = Range::all(FAILED_REACTIONS).after(after);
        let found = page::fill(rows, &range, size, |id| {
            let row = view::failed_row(rows, id)?;
            Ok(row.map(|row| reply(id, row)))
        })?;
        Ok(ListFailedReactionsResponse {
            reactions: found.items,
            next_page_token: found
                .more_after
                .map_or_else(String::new, |key| page::write_token(&question, &key)),
            token: rows.token().to_string(),
            incomplete_from: page::incomplete_from(&log, rows),
        })
    });
    answer.await.map_err(|error: Unread| error.0)
}

fn reply(id: &str, row: FailedRow) -> FailedReaction {
    let FailedRow { at, failed } = row;
    FailedReaction {
        reaction_id: id.to_owned(),
        reaction: failed.reaction,
        cause: failed.cause.to_string(),
        about: failed.about.map(|it| it.to_string()).unwrap_or_default(),
        message: failed.why.to_string(),
        code: failed.why.code,
        facts: failed.why.facts,
        failed_at: Some(time_to_wire(at)),
    }
}
