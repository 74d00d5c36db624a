//! `ListSignals` and `GetSignal`.

use std::ops::ControlFlow;

use redress_log_service::{Scope, digest, token_field};
use redress_service::Problem;
use redress_view::{ReadError, ViewRows};
use redress_wire::reporting::v1 as wire;
use redress_wire::time_to_wire;

use super::chart::range_invalid;
use crate::dimension::Dimension;
use crate::moment::{read_problem, unavailable, wait};
use crate::month::Month;
use crate::reporting::Inner;
use crate::scope::dimension;
use crate::signal::SignalRaised;
use crate::signals::{Order, Row, id_key};

const DEFAULT_PAGE: u32 = 50;
const MAX_PAGE: u32 = 500;

/// What an answer rests on.
struct Moment {
    rows: ViewRows,
    /// How many records of reporting's log are seen.
    size: u64,
    token: String,
    incomplete_from: String,
}

impl Inner {
    async fn signals_at(
        &self,
        wait_for: &str,
        as_of: Option<&redress_wire::log::v1::AsOf>,
    ) -> Result<Moment, Problem> {
        let size = Scope::from_wire(as_of)?.size(&self.log).await?;
        let mut token = token_field("wait_for", wait_for)?.unwrap_or_default();
        token.merge(&self.log.token(size));
        wait(&self.signals, "wait_for", Some(token)).await?;
        let rows = self.signals.rows().map_err(|error| unavailable(&error))?;
        let incomplete = rows
            .incomplete()
            .values()
            .map(|incomplete| incomplete.position);
        let incomplete = incomplete.filter(|position| *position < size).min();
        Ok(Moment {
            rows,
            size,
            token: self.log.token(size).to_string(),
            incomplete_from: incomplete
                .map_or_else(String::new, |position| self.log.token(position).to_string()),
        })
    }
}

pub(super) async fn list(
    inner: &Inner,
    request: wire::ListSignalsRequest,
) -> Result<wire::ListSignalsResponse, Problem> {
    let filter = Filter::from_wire(request.filter.clone().unwrap_or_default())?;
    let order = order(request.order)?;
    let limit = page_size(request.page_size)?;
    let asked = wire::ListSignalsRequest {
        filter: request.filter,
        order: request.order,
        ..wire::ListSignalsRequest::default()
    };
    let asked = digest("ListSignals", &asked);
    let after = after(&request.page_token, &asked, order)?;
    let moment = inner
        .signals_at(&request.wait_for, request.as_of.as_ref())
        .await?;
    let (rows, size) = (moment.rows, moment.size);
    let read = move || {
        page(&rows, order, after.as_deref(), limit, |row| {
            row.position < size && filter.lets_through(&row.signal)
        })
    };
    let read = tokio::task::spawn_blocking(read)
        .await
        .unwrap_or(Err(ReadError::Ended));
    let (found, more) = read.map_err(|error| read_problem(&error))?;
    Ok(wire::ListSignalsResponse {
        signals: found.into_iter().map(to_wire).collect(),
        next_page_token: more.map_or_else(String::new, |key| format!("{asked}.{}", hex(&key))),
        token: moment.token,
        incomplete_from: moment.incomplete_from,
    })
}

/// Some rows, and the key behind which there are more.
type Page = (Vec<Row>, Option<Vec<u8>>);

fn page(
    rows: &ViewRows,
    order: Order,
    after: Option<&[u8]>,
    limit: usize,
    wanted: impl Fn(&Row) -> bool,
) -> Result<Page, ReadError> {
    let (mut found, mut last, mut more) = (Vec::new(), None, None);
    let mut broken = None;
    let from = after.map_or_else(|| order.prefix().to_vec(), |after| [after, &[0]].concat());
    let end = [order.prefix(), &[u8::MAX; 16]].concat();
    rows.for_each(&from, Some(&end), |key, value| {
        let row = match serde_json::from_slice::<Row>(value) {
            Ok(row) => row,
            Err(error) => {
                broken = Some(error);
                return ControlFlow::Break(());
            }
        };
        if !wanted(&row) {
            return ControlFlow::Continue(());
        }
        if found.len() == limit {
            more.clone_from(&last);
            return ControlFlow::Break(());
        }
        found.push(row);
        last = Some(key.to_vec());
        ControlFlow::Continue(())
    })?;
    match broken {
        Some(error) => Err(ReadError::Value(error)),
        None => Ok((found, more)),
    }
}

pub(super) async fn get(
    inner: &Inner,
    request: wire::GetSignalRequest,
) -> Result<wire::GetSignalResponse, Problem> {
    if request.signal_id.is_empty() {
        return Err(
            Problem::invalid("FIELD_REQUIRED", "signal_id", "the signal is not named")
                .with_remedy("send the id of a signal"),
        );
    }
    let moment = inner
        .signals_at(&request.wait_for, request.as_of.as_ref())
        .await?;
    let (rows, size) = (moment.rows, moment.size);
    let id = request.signal_id.parse();
    let find = move || {
        let Ok(id) = id else { return Ok(None) };
        let Some(key) = rows.get(&id_key(id))? else {
            return Ok(None);
        };
        rows.get_json::<Row>(&key)
    };
    let found = tokio::task::spawn_blocking(find)
        .await
        .unwrap_or(Err(ReadError::Ended));
    let found = found.map_err(|error| read_problem(&error))?;
    let row = found.filter(|row| row.position < size).ok_or_else(|| {
        Problem::not_found("SIGNAL_NOT_FOUND", "there is no such signal")
            .with_field("signal_id")
            .with_remedy("list the signals; one that was raised later is not seen as of earlier")
    })?;
    Ok(wire::GetSignalResponse {
        signal: Some(to_wire(row)),
        token: moment.token,
        incomplete_from: moment.incomplete_from,
    })
}

/// Which signals are wanted.
struct Filter {
    asked: wire::SignalFilter,
    from: Option<Month>,
    to: Option<Month>,
}

impl Filter {
    fn from_wire(asked: wire::SignalFilter) -> Result<Self, Problem> {
        if !asked.dimension.is_empty() {
            dimension("filter.dimension", &asked.dimension, &Dimension::CHARTED)?;
        }
        if !["", "above", "below"].contains(&asked.direction.as_str()) {
            return Err(Problem::invalid(
                "FIELD_UNKNOWN_VALUE",
                "filter.direction",
                "the direction is not known",
            )
            .with_remedy("send above or below, or none for both"));
        }
        let from = super::chart::month("filter.from_month", &asked.from_month)?;
        let to = super::chart::month("filter.to_month", &asked.to_month)?;
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(range_invalid("filter.to_month"));
        }
        Ok(Self { asked, from, to })
    }

    fn lets_through(&self, signal: &SignalRaised) -> bool {
        let same = |wanted: &str, is: &str| wanted.is_empty() || wanted == is;
        same(&self.asked.dimension, &signal.slice.dimension)
            && same(&self.asked.value, &signal.slice.value)
            && same(&self.asked.direction, signal.direction.as_str())
            && same(&self.asked.rule, &signal.rule)
            && self.from.is_none_or(|from| from <= signal.month)
            && self.to.is_none_or(|to| signal.month <= to)
    }
}

fn order(order: i32) -> Result<Order, Problem> {
    match wire::SignalOrder::try_from(order) {
        Ok(wire::SignalOrder::MonthAsc) => Ok(Order::Ascending),
        Ok(wire::SignalOrder::Unspecified | wire::SignalOrder::MonthDesc) => Ok(Order::Descending),
        Err(_) => Err(
            Problem::invalid("FIELD_UNKNOWN_VALUE", "order", "the order is not known")
                .with_remedy("use one of SIGNAL_ORDER_MONTH_DESC, SIGNAL_ORDER_MONTH_ASC"),
        ),
    }
}

fn page_size(size: u32) -> Result<usize, Problem> {
    match size {
        0 => Ok(DEFAULT_PAGE as usize),
        1..=MAX_PAGE => Ok(size as usize),
        _ => Err(
            Problem::invalid("PAGE_SIZE_INVALID", "page_size", "the page is too large")
                .with_remedy(format!("ask for 1 to {MAX_PAGE}")),
        ),
    }
}

/// The key that a page begins behind. A token is good for the question that it came with.
fn after(token: &str, asked: &str, order: Order) -> Result<Option<Vec<u8>>, Problem> {
    if token.is_empty() {
        return Ok(None);
    }
    let key = token
        .strip_prefix(asked)
        .and_then(|rest| bytes(rest.strip_prefix('.')?));
    let key = key.filter(|key| key.starts_with(order.prefix()));
    key.map(Some).ok_or_else(|| {
        Problem::invalid(
            "PAGE_TOKEN_INVALID",
            "page_token",
            "the page token is not one of this filter and order",
        )
        .with_remedy("send the token of the page before, with the same filter and order")
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.len().is_multiple_of(2)
        && hex.len() <= 64
        && hex.bytes().all(|b| b.is_ascii_hexdigit());
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
    digits
        .then(|| (0..hex.len()).step_by(2).map(byte).collect())
        .flatten()
}

fn to_wire(row: Row) -> wire::Signal {
    let Row {
        position,
        raised_at,
        signal,
    } = row;
    let figure = |name| signal.figure(name).to_owned();
    let month = |month: Option<Month>| month.map(|it| it.to_string()).unwrap_or_default();
    wire::Signal {
        signal_id: signal.signal_id.to_string(),
        summary: summary(&signal),
        month: signal.month.to_string(),
        direction: signal.direction.as_str().to_owned(),
        figures: Some(wire::SignalFigures {
            observed: signal.evidence.count,
            centre: figure("centre"),
            lower: figure("lower"),
            upper: figure("upper"),
            mean_moving_range: figure("mean_moving_range"),
            baseline_months: signal.figure("baseline_months").parse().unwrap_or(0),
            baseline_from: month(signal.baseline_from),
            baseline_to: month(signal.baseline_to),
        }),
        complaint_ids: signal
            .evidence
            .complaint_ids
            .iter()
            .map(ToString::to_string)
            .collect(),
        dimension: signal.slice.dimension,
        value: signal.slice.value,
        rule: signal.rule,
        token: signal.token,
        raised_at: Some(time_to_wire(raised_at)),
        position,
    }
}

fn summary(signal: &SignalRaised) -> String {
    let figure = |name| signal.figure(name);
    let short = |name| figure(name).trim_end_matches('0').trim_end_matches('.');
    format!(
        "{} {}: {} complaints in {}, {} the limits of {} to {} (mean {} over {} months)",
        signal.slice.dimension,
        signal.slice.value,
        figure("observed"),
        signal.month,
        signal.direction.as_str(),
        short("lower"),
        short("upper"),
        short("centre"),
        figure("baseline_months"),
    )
}
