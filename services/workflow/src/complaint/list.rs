//! `ListComplaints`: pages of complaints, in the order of receipt or of what is due.

mod counts;
mod filter;
mod moved;
mod walk;

use redress_envelope::ItemId;
use redress_log_service::digest;
use redress_service::Problem;
use redress_view::ViewRows;
use redress_wire::workflow::v1::{ComplaintOrder, ListComplaintsRequest, ListComplaintsResponse};
use tonic::Request;

use super::list_rows::{Sorted, id_of};
use crate::page::{self, Unread};
use crate::waiting;
use crate::workflow::Inner;

use filter::Asked;
pub(super) use filter::Filter;
use walk::{Order, Page};

pub(super) async fn list(
    inner: &Inner,
    request: Request<ListComplaintsRequest>,
) -> Result<ListComplaintsResponse, Problem> {
    let request = request.into_inner();
    let order = order(request.order)?;
    let counted = counts::read(&request.facets)?;
    let question = question(&request);
    let filter = Filter::read(request.filter.unwrap_or_default())?;
    let goes_on = match page::read_token(&question, &request.page_token)? {
        None => None,
        Some(key) => Some(GoesOn::read(&key).ok_or_else(page::token_invalid)?),
    };
    let size = page::size(request.page_size, None)?;
    waiting::for_view(inner, &inner.complaints, &request.wait_for).await?;
    let asked = filter.asked_at(redress_service::clock::now());
    let first = look(inner, asked.clone(), order, goes_on.clone(), size).await?;
    let (mut complaints, mut next) = (first.page.items, first.page.more_after);
    let mut seen_to = first.position;
    if let (Sorted::Due, Some(goes_on)) = (order.sorted, goes_on) {
        let moved = moved::behind(inner, &asked, &goes_on, first.position, size).await?;
        seen_to = moved.seen_to;
        if !moved.complaints.is_empty() {
            (complaints, next) = (moved.complaints, Some(goes_on.after));
        } else if next.is_none() && seen_to < first.position {
            next = Some(first.page.last.unwrap_or(goes_on.after));
        }
    }
    let counts = match counted {
        Some(facets) => Some(counts::count(inner, asked, order, facets).await?),
        None => None,
    };
    let next = next.map(|after| GoesOn { seen_to, after });
    Ok(ListComplaintsResponse {
        complaints,
        next_page_token: next.map_or_else(String::new, |next| {
            page::write_token(&question, &next.to_bytes())
        }),
        token: first.token,
        incomplete_from: first.incomplete_from,
        counts,
    })
}

/// Where the next page goes on.
#[derive(Debug, Clone)]
pub(super) struct GoesOn {
    /// So many records are known to have moved nothing behind it that was not shown.
    seen_to: u64,
    /// The place of the last complaint that was looked at.
    after: Vec<u8>,
}

impl GoesOn {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (seen_to, after) = bytes.split_first_chunk()?;
        let _whole: ItemId = id_of(after)?.parse().ok()?;
        Some(Self {
            seen_to: u64::from_be_bytes(*seen_to),
            after: after.to_vec(),
        })
    }

    fn to_bytes(&self) -> Vec<u8> {
        [&self.seen_to.to_be_bytes()[..], &self.after].concat()
    }
}

/// What one moment of the rows has.
struct Looked {
    page: Page,
    position: u64,
    token: String,
    incomplete_from: String,
}

async fn look(
    inner: &Inner,
    asked: Asked,
    order: Order,
    goes_on: Option<GoesOn>,
    size: usize,
) -> Result<Looked, Problem> {
    let log = inner.log.clone();
    let answer = inner.complaints.query(move |rows| {
        let after = goes_on.map(|it| it.after);
        Ok(Looked {
            page: walk::page(rows, &asked, order, after.as_deref(), size)?,
            position: position(rows),
            token: rows.token().to_string(),
            incomplete_from: page::incomplete_from(&log, rows),
        })
    });
    answer.await.map_err(|error: Unread| error.0)
}

/// How many records the rows include.
fn position(rows: &ViewRows) -> u64 {
    rows.token().iter().map(|(_, _, _, count)| count).sum()
}

/// What a page token belongs to.
fn question(request: &ListComplaintsRequest) -> String {
    let order = match request.order {
        // What the server chooses.
        0 => ComplaintOrder::ReceivedDesc.into(),
        order => order,
    };
    let question = ListComplaintsRequest {
        filter: request.filter.clone(),
        order,
        ..ListComplaintsRequest::default()
    };
    digest("ListComplaints", &question)
}

fn order(order: i32) -> Result<Order, Problem> {
    let (sorted, is_back) = match ComplaintOrder::try_from(order) {
        Ok(ComplaintOrder::Unspecified | ComplaintOrder::ReceivedDesc) => (Sorted::Received, true),
        Ok(ComplaintOrder::ReceivedAsc) => (Sorted::Received, false),
        Ok(ComplaintOrder::DueAsc) => (Sorted::Due, false),
        Err(_) => {
            return Err(
                Problem::invalid("FIELD_UNKNOWN_VALUE", "order", "there is no such order")
                    .with_remedy("send an order that the published proto files name"),
            );
        }
    };
    Ok(Order { sorted, is_back })
}
