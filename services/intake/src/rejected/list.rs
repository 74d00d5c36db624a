//! `ListRejected`: pages of rejected inputs from the view, the newest first.

use std::ops::ControlFlow;

use redress_envelope::Token;
use redress_feedback::rejected::codes;
use redress_log_service::{digest, wait_for_view};
use redress_service::{Problem, Refused};
use redress_view::{ReadError, ViewRows};
use redress_wire::intake::v1::{
    ListRejectedRequest, ListRejectedResponse, RejectedFilter, RejectedState,
};

use super::kept::Kept;
use super::{reply, row};
use crate::intake::Inner;
use crate::list::{incomplete_from, unread};

const DEFAULT_PAGE: u32 = 50;
const MAX_PAGE: u32 = 500;
const POSITION_DIGITS: usize = 16;

struct Wanted {
    filter: RejectedFilter,
    /// The position of the last one that was looked at.
    after: Option<u64>,
    limit: usize,
    /// Rows to look at before it answers with what it has.
    look_at: usize,
}

struct Answer {
    kept: Vec<Kept>,
    next: Option<u64>,
    token: Token,
    incomplete_from: Option<Token>,
}

pub(crate) async fn list(
    intake: &Inner,
    request: ListRejectedRequest,
) -> Result<ListRejectedResponse, Refused> {
    let limit = match request.page_size {
        0 => DEFAULT_PAGE,
        size if size <= MAX_PAGE => size,
        _ => return Err(page_size_invalid().into()),
    };
    let filter = request.filter.unwrap_or_default();
    if RejectedState::try_from(filter.state).is_err() {
        let why = "the state is not known";
        let problem = Problem::invalid("FIELD_UNKNOWN_VALUE", "filter.state", why);
        return Err(problem.with_remedy("use one of the proto file").into());
    }
    known_reasons(&filter)?;
    let question = intake.names.question(&digest("ListRejected", &filter));
    let after = after(&request.page_token, &question)?;
    wait_for_view(&intake.list, &intake.log, &[], &request.wait_for).await?;
    let wanted = Wanted {
        filter,
        after,
        limit: limit as usize,
        look_at: intake.list_rows,
    };
    let answer = intake.list.query(move |rows| read(rows, &wanted)).await;
    let answer = answer.map_err(|error| unread(&error))?;
    Ok(ListRejectedResponse {
        rejected: answer.kept.iter().map(reply::rejected).collect(),
        next_page_token: answer
            .next
            .map(|position| format!("{question}{position:016x}"))
            .unwrap_or_default(),
        token: answer.token.to_string(),
        incomplete_from: answer
            .incomplete_from
            .map(|token| token.to_string())
            .unwrap_or_default(),
    })
}

fn read(rows: &ViewRows, wanted: &Wanted) -> Result<Answer, ReadError> {
    let from = match wanted.after {
        Some(position) => row::behind(position),
        None => row::ALL.to_vec(),
    };
    let (mut kept, mut looked_at, mut last) = (Vec::new(), 0, None);
    let (mut more, mut failed) = (false, None);
    rows.for_each(&from, Some(row::END), |_, value| {
        if kept.len() == wanted.limit || looked_at == wanted.look_at {
            more = true;
            return ControlFlow::Break(());
        }
        looked_at += 1;
        match serde_json::from_slice::<Kept>(value) {
            Ok(found) => {
                last = Some(found.position);
                if lets_through(&wanted.filter, &found) {
                    kept.push(found);
                }
                ControlFlow::Continue(())
            }
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    Ok(Answer {
        kept,
        next: last.filter(|_| more),
        token: rows.token().clone(),
        incomplete_from: incomplete_from(rows),
    })
}

/// A reason that there is not is a slip of the pen, and no list of nothing.
fn known_reasons(filter: &RejectedFilter) -> Result<(), Problem> {
    let known = codes();
    let unknown = |it: &String| !known.contains(&it.as_str());
    let Some(index) = filter.reasons.iter().position(unknown) else {
        return Ok(());
    };
    let field = format!("filter.reasons[{index}]");
    let why = "nothing is rejected for that reason";
    Err(Problem::invalid("FIELD_UNKNOWN_VALUE", field, why)
        .with_remedy(format!("send one of {}", known.join(", "))))
}

fn lets_through(filter: &RejectedFilter, kept: &Kept) -> bool {
    let source = kept.facts.source.as_deref().unwrap_or_default();
    let has = |code: &String| kept.facts.reasons.iter().any(|it| it.code == *code);
    let state = i32::from(reply::state(&kept.standing));
    let any = i32::from(RejectedState::Unspecified);
    (filter.sources.is_empty() || filter.sources.iter().any(|it| it == source))
        && (filter.reasons.is_empty() || filter.reasons.iter().any(has))
        && (filter.state == any || filter.state == state)
}

/// The position behind which a page begins.
fn after(token: &str, question: &str) -> Result<Option<u64>, Problem> {
    if token.is_empty() {
        return Ok(None);
    }
    let position = token.strip_prefix(question).and_then(|hex| {
        let is_hex = hex.bytes().all(|b| b.is_ascii_hexdigit());
        let position = u64::from_str_radix(hex, 16).ok()?;
        (is_hex && hex.len() == POSITION_DIGITS).then_some(position)
    });
    position.map(Some).ok_or_else(|| {
        let why = "the page token belongs to another question, or to none";
        Problem::invalid("PAGE_TOKEN_INVALID", "page_token", why).with_remedy(
            "send `next_page_token` of the page before unchanged, with the same filter",
        )
    })
}

fn page_size_invalid() -> Problem {
    let why = format!("a page has at most {MAX_PAGE} entries");
    Problem::invalid("PAGE_SIZE_INVALID", "page_size", why).with_remedy(format!(
        "ask for 1 to {MAX_PAGE}, and for the next page by its token"
    ))
}
