use jiff::Timestamp;
use redress_complaint::{Outcome, Severity, Status, WaitingFor};
use redress_log_service::digest;
use redress_service::Problem;
use redress_view::ViewRows;
use redress_wire::workflow::v1::{
    Complaint, ComplaintFilter, ComplaintOrder, ListComplaintsRequest, ListComplaintsResponse,
};
use redress_wire::{optional_time, time_from_wire};
use tonic::Request;

use super::view;
use crate::page::{self, Found, Range, Unread};
use crate::workflow::Inner;
use crate::{field, waiting};

pub(super) async fn list(
    inner: &Inner,
    request: Request<ListComplaintsRequest>,
) -> Result<ListComplaintsResponse, Problem> {
    let request = request.into_inner();
    let newest_first = newest_first(request.order)?;
    let filter = Filter::read(request.filter.unwrap_or_default())?;
    let question = filter.question(newest_first);
    let after = page::read_token(&question, &request.page_token)?;
    let size = page::size(request.page_size, None)?;
    waiting::for_view(inner, &inner.complaints, &request.wait_for).await?;
    let log = inner.log.clone();
    let answer = inner.complaints.query(move |rows| {
        let found = filter.page(rows, newest_first, after, size)?;
        Ok(ListComplaintsResponse {
            complaints: found.items,
            next_page_token: found
                .more_after
                .map_or_else(String::new, |key| page::write_token(&question, &key)),
            token: rows.token().to_string(),
            incomplete_from: page::incomplete_from(&log, rows),
        })
    });
    answer.await.map_err(|error: Unread| error.0)
}

fn newest_first(order: i32) -> Result<bool, Problem> {
    match ComplaintOrder::try_from(order) {
        Ok(ComplaintOrder::Unspecified | ComplaintOrder::ReceivedDesc) => Ok(true),
        Ok(ComplaintOrder::ReceivedAsc) => Ok(false),
        Err(_) => Err(
            Problem::invalid("FIELD_UNKNOWN_VALUE", "order", "there is no such order")
                .with_remedy("send an order that the published proto files name"),
        ),
    }
}

/// A filter whose fields are checked.
#[derive(Clone)]
pub(super) struct Filter {
    asked: ComplaintFilter,
    reference: Option<String>,
    received_from: Option<Timestamp>,
    received_to: Option<Timestamp>,
}

impl Filter {
    pub(super) fn read(asked: ComplaintFilter) -> Result<Self, Problem> {
        field::words("filter.statuses", &asked.statuses, Status::WORDS)?;
        field::words("filter.severities", &asked.severities, Severity::WORDS)?;
        field::words("filter.outcomes", &asked.outcomes, Outcome::WORDS)?;
        field::words("filter.waiting_for", &asked.waiting_for, WaitingFor::WORDS)?;
        field::actors("filter.handlers", &asked.handlers)?;
        let reference = match asked.reference.trim() {
            "" => None,
            text => {
                let reference = field::reference(text);
                Some(
                    reference
                        .map_err(|it| it.with_field("filter.reference"))?
                        .to_string(),
                )
            }
        };
        Ok(Self {
            reference,
            received_from: field::time("filter.received_from", optional_time(asked.received_from))?,
            received_to: field::time("filter.received_to", optional_time(asked.received_to))?,
            asked,
        })
    }

    fn question(&self, newest_first: bool) -> String {
        let order = if newest_first {
            ComplaintOrder::ReceivedDesc
        } else {
            ComplaintOrder::ReceivedAsc
        };
        let question = ListComplaintsRequest {
            filter: Some(self.asked.clone()),
            order: order.into(),
            ..ListComplaintsRequest::default()
        };
        digest("ListComplaints", &question)
    }

    fn page(
        &self,
        rows: &ViewRows,
        newest_first: bool,
        after: Option<Vec<u8>>,
        size: usize,
    ) -> Result<Found<Complaint>, Unread> {
        let take = |id: &str| {
            let row = view::row(rows, id)?;
            Ok(row.filter(|row| self.lets_through(row)))
        };
        if let Some(reference) = &self.reference {
            let id = view::id_of(rows, reference)?;
            let found = id.map_or(Ok(None), |id| take(&id))?;
            return Ok(Found {
                items: found.into_iter().collect(),
                more_after: None,
            });
        }
        page::fill(rows, &self.range(newest_first).after(after), size, take)
    }

    /// Only an open complaint has flags.
    fn asks_for_flags(&self) -> bool {
        let asked = &self.asked;
        !asked.waiting_for.is_empty() || asked.on_hold_only || asked.escalation_level_from > 0
    }

    /// The keys between which everything lies that the filter can let through.
    fn range(&self, newest_first: bool) -> Range {
        let is_open = |status: &String| {
            status != Status::Closed.as_str() && status != Status::Withdrawn.as_str()
        };
        let statuses = &self.asked.statuses;
        let only_open = self.asked.open_only
            || self.asks_for_flags()
            || (!statuses.is_empty() && statuses.iter().all(is_open));
        let prefix = match (only_open, newest_first) {
            (true, true) => view::OPEN_NEWEST_FIRST,
            (true, false) => view::OPEN_OLDEST_FIRST,
            (false, true) => view::ALL_NEWEST_FIRST,
            (false, false) => view::ALL_OLDEST_FIRST,
        };
        let mut range = Range::all(prefix);
        // Keys know a time to the microsecond, as all stored times.
        let tick = jiff::SignedDuration::from_micros(1);
        let (from, to) = (self.received_from, self.received_to);
        let before = |time: Timestamp| time.checked_sub(tick).unwrap_or(Timestamp::MIN);
        if newest_first {
            // The later a time, the smaller its key; `to` itself is left out.
            if let Some(to) = to {
                range.from = page::start(prefix, before(to), true);
            }
            if let Some(from) = from {
                range.to = page::start(prefix, before(from), true);
            }
        } else {
            if let Some(from) = from {
                range.from = page::start(prefix, from, false);
            }
            if let Some(to) = to {
                range.to = page::start(prefix, to, false);
            }
        }
        range
    }

    pub(super) fn lets_through(&self, row: &Complaint) -> bool {
        let asked = &self.asked;
        let any = |wanted: &[String], found: &str| {
            wanted.is_empty() || wanted.iter().any(|wanted| wanted == found)
        };
        let about = row.about.clone().unwrap_or_default();
        let severity = row.assessment.as_ref().map_or("", |it| &it.severity);
        any(&asked.statuses, &row.status)
            && any(&asked.severities, severity)
            && any(&asked.handlers, &row.handler)
            && any(&asked.queues, &row.queue)
            && any(&asked.channels, &about.channel)
            && any(&asked.products, &about.product)
            && any(&asked.issues, &about.issue)
            && any(&asked.languages, &about.language)
            && any(&asked.outcomes, &row.outcome)
            && (!asked.open_only || is_open(row))
            && (!asked.owing_only || !row.owed_remedies.is_empty())
            && self.flags_let_through(row)
            && asked
                .imported
                .is_none_or(|imported| imported == row.imported)
            && self
                .reference
                .as_ref()
                .is_none_or(|reference| *reference == row.reference)
            && self.is_received_in_time(row)
    }

    fn flags_let_through(&self, row: &Complaint) -> bool {
        let asked = &self.asked;
        let waiting_for = row.waiting.as_ref().map_or("", |it| &it.waiting_for);
        let level = row.escalation.as_ref().map_or(0, |it| it.level);
        (asked.waiting_for.is_empty() || asked.waiting_for.iter().any(|it| it == waiting_for))
            && (!asked.on_hold_only || row.hold.is_some())
            && asked.escalation_level_from <= level
    }

    fn is_received_in_time(&self, row: &Complaint) -> bool {
        let received = row.received_at.and_then(|it| time_from_wire(it).ok());
        self.received_from.is_none_or(|from| received >= Some(from))
            && self.received_to.is_none_or(|to| received < Some(to))
    }
}

fn is_open(row: &Complaint) -> bool {
    row.status != Status::Closed.as_str() && row.status != Status::Withdrawn.as_str()
}
