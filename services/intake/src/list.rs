//! `ListFeedback`: pages of feedback from the view, by key.

mod filter;
mod fold;
mod imports;
mod page;
mod row;

use redress_envelope::Token;
use redress_log_service::{view_unavailable, wait_for_view};
use redress_service::{Problem, Refused};
use redress_view::{ReadError, ViewRows};
use redress_wire::intake::v1::{FeedbackOrder, ListFeedbackRequest, ListFeedbackResponse};

use crate::intake::Inner;
use crate::item::Item;
use crate::reply;
use filter::Filter;
use page::Page;

pub(crate) use fold::FeedbackList;
pub(crate) use imports::{OpenImport, open_imports};

const DEFAULT_PAGE: u32 = 50;
const MAX_PAGE: u32 = 500;

pub(crate) async fn list(
    intake: &Inner,
    request: ListFeedbackRequest,
) -> Result<ListFeedbackResponse, Refused> {
    let limit = match request.page_size {
        0 => DEFAULT_PAGE,
        size if size <= MAX_PAGE => size,
        _ => return Err(page_size_invalid().into()),
    };
    let ascending = match FeedbackOrder::try_from(request.order) {
        Ok(FeedbackOrder::Unspecified | FeedbackOrder::ReceivedDesc) => false,
        Ok(FeedbackOrder::ReceivedAsc) => true,
        Err(_) => return Err(order_unknown().into()),
    };
    let filter = request.filter.unwrap_or_default();
    let question = page::question(&filter, ascending, &intake.names);
    let after = page::after(&request.page_token, &question)?;
    let filter = Filter::read(filter, &intake.names)?;
    wait_for_view(&intake.list, &intake.log, &[], &request.wait_for).await?;

    let wanted = page::Wanted {
        filter,
        ascending,
        after,
        limit: limit as usize,
        look_at: intake.list_rows,
    };
    let answer = intake.list.query(move |rows| read(rows, &wanted)).await;
    let Answer {
        page,
        token,
        incomplete_from,
    } = answer.map_err(|error| unread(&error))?;
    Ok(ListFeedbackResponse {
        feedback: page
            .items
            .iter()
            .map(|item| reply::feedback(item, &intake.names))
            .collect(),
        next_page_token: page
            .next
            .map(|place| page::token(&question, place))
            .unwrap_or_default(),
        token: token.to_string(),
        incomplete_from: incomplete_from
            .map(|token| token.to_string())
            .unwrap_or_default(),
    })
}

/// A page, and what the rows included when it was read.
struct Answer {
    page: Page<Item>,
    token: Token,
    incomplete_from: Option<Token>,
}

fn read(rows: &ViewRows, wanted: &page::Wanted) -> Result<Answer, ReadError> {
    Ok(Answer {
        page: page::read(rows, wanted)?,
        token: rows.token().clone(),
        incomplete_from: incomplete_from(rows),
    })
}

/// A token that covers everything before the first record that the rows pass over.
pub(crate) fn incomplete_from(rows: &ViewRows) -> Option<Token> {
    let mut incomplete = Token::new();
    for (service, partition, log, _) in rows.token().iter() {
        if let Some(first) = rows.incomplete().get(&format!("{service}/{partition}")) {
            incomplete.include(service, partition, log, first.position);
        }
    }
    (!incomplete.is_empty()).then_some(incomplete)
}

pub(crate) fn unread(error: &ReadError) -> Problem {
    if !matches!(error, ReadError::Unavailable(_)) {
        tracing::error!(%error, "the list of feedback cannot be read");
    }
    view_unavailable(&error.to_string())
}

fn page_size_invalid() -> Problem {
    let why = format!("a page has at most {MAX_PAGE} entries");
    Problem::invalid("PAGE_SIZE_INVALID", "page_size", why).with_remedy(format!(
        "ask for 1 to {MAX_PAGE}, and for the next page by its token"
    ))
}

fn order_unknown() -> Problem {
    Problem::invalid("FIELD_UNKNOWN_VALUE", "order", "the order is not known")
        .with_remedy("use one of FEEDBACK_ORDER_RECEIVED_DESC, FEEDBACK_ORDER_RECEIVED_ASC")
}
