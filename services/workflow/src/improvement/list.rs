use redress_improvement::{STATUSES, SourceKind};
use redress_log_service::digest;
use redress_service::Problem;
use redress_wire::workflow::v1::{
    Improvement, ImprovementFilter, ImprovementOrder, ImprovementSource, ListImprovementsRequest,
    ListImprovementsResponse,
};
use tonic::Request;

use super::view;
use crate::page::{self, Range, Unread};
use crate::workflow::Inner;
use crate::{field, waiting};

pub(super) async fn list(
    inner: &Inner,
    request: Request<ListImprovementsRequest>,
) -> Result<ListImprovementsResponse, Problem> {
    let request = request.into_inner();
    let order = order(request.order)?;
    let filter = request.filter.unwrap_or_default();
    check(&filter)?;
    let question = question(&filter, order);
    let after = page::read_token(&question, &request.page_token)?;
    let size = page::size(request.page_size, None)?;
    waiting::for_view(inner, &inner.improvements, &request.wait_for).await?;
    let log = inner.log.clone();
    let answer = inner.improvements.query(move |rows| {
        let range = Range::all(order).after(after);
        let found = page::fill(rows, &range, size, |id| {
            let row = view::row(rows, id)?;
            Ok(row.filter(|row| lets_through(&filter, row)))
        })?;
        Ok(ListImprovementsResponse {
            improvements: found.items,
            next_page_token: found
                .more_after
                .map_or_else(String::new, |key| page::write_token(&question, &key)),
            token: rows.token().to_string(),
            incomplete_from: page::incomplete_from(&log, rows),
        })
    });
    answer.await.map_err(|error: Unread| error.0)
}

/// The prefix of the keys that are read.
fn order(order: i32) -> Result<u8, Problem> {
    match ImprovementOrder::try_from(order) {
        Ok(ImprovementOrder::Unspecified | ImprovementOrder::OpenedDesc) => Ok(view::NEWEST_FIRST),
        Ok(ImprovementOrder::OpenedAsc) => Ok(view::OLDEST_FIRST),
        Err(_) => Err(
            Problem::invalid("FIELD_UNKNOWN_VALUE", "order", "there is no such order")
                .with_remedy("send an order that the published proto files name"),
        ),
    }
}

fn check(filter: &ImprovementFilter) -> Result<(), Problem> {
    field::words("filter.statuses", &filter.statuses, STATUSES)?;
    field::actors("filter.owners", &filter.owners)?;
    let kind = field::optional(&filter.source_kind);
    field::words("filter.source_kind", kind.as_slice(), SourceKind::KNOWN)
}

fn question(filter: &ImprovementFilter, order: u8) -> String {
    let question = ListImprovementsRequest {
        filter: Some(filter.clone()),
        page_size: order.into(),
        ..ListImprovementsRequest::default()
    };
    digest("ListImprovements", &question)
}

fn lets_through(filter: &ImprovementFilter, row: &Improvement) -> bool {
    let any = |wanted: &[String], found: &str| {
        wanted.is_empty() || wanted.iter().any(|wanted| wanted == found)
    };
    let same = |wanted: &str, found: &str| wanted.is_empty() || wanted == found;
    let is_of = |source: &ImprovementSource| {
        same(&filter.source_kind, &source.kind) && same(&filter.source_id, &source.id)
    };
    any(&filter.statuses, &row.status)
        && any(&filter.owners, &row.owner)
        && row.source.iter().chain(&row.further_signals).any(is_of)
}
