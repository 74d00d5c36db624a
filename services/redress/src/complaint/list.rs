//! `redress complaint list`

mod counts;
mod customer;

use clap::{Args, value_parser};
use jiff::Timestamp;
use redress_complaint::{Outcome, Severity, Status, WaitingFor};
use redress_wire::time_to_wire;
use redress_wire::workflow::v1::{
    Complaint, ComplaintFilter, ComplaintOrder, ListComplaintsRequest,
};
use serde_json::json;

use super::command::one_of;
use crate::client::Client;
use crate::failure::Failure;
use crate::feedback::{Page, more};
use crate::global::Global;
use crate::json::{day, text, time};
use crate::moment::{end, instant};
use crate::paging::{Listed, up_to};
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    filter: Filter,

    /// Of one customer: who that is in your books
    #[arg(long, value_name = "REFERENCE")]
    customer_reference: Option<String>,

    /// The soonest due first, then what is open and has no due time
    #[arg(long, conflicts_with = "oldest_first")]
    soonest_first: bool,

    #[arg(
        long,
        value_name = "FACET",
        help = "How many there are in all, by status, severity, handler, queue, product, site, supplier or late; \
                may be given several times"
    )]
    count_by: Vec<String>,

    #[command(flatten)]
    page: Page,
}

/// Which complaints; what is not given lets everything through.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags, each of which is typed by itself"
)]
pub(crate) struct Filter {
    /// Where it stands
    #[arg(long, value_parser = one_of(Status::WORDS))]
    status: Vec<String>,

    /// How bad it is; as the others, may be given several times
    #[arg(long, value_parser = one_of(Severity::WORDS))]
    severity: Vec<String>,

    /// Who has it: `user:<pseudonym>`
    #[arg(long)]
    handler: Vec<String>,

    /// In this queue
    #[arg(long)]
    queue: Vec<String>,

    /// The door it came through: web, email, phone, ..
    #[arg(long)]
    channel: Vec<String>,

    /// Of this product
    #[arg(long)]
    product: Vec<String>,

    /// Of this issue
    #[arg(long)]
    issue: Vec<String>,

    /// At this site
    #[arg(long)]
    site: Vec<String>,

    /// Of this supplier
    #[arg(long)]
    supplier: Vec<String>,

    /// In this language: en, de, ..
    #[arg(long)]
    language: Vec<String>,

    /// How it ended
    #[arg(long, value_parser = one_of(Outcome::WORDS))]
    outcome: Vec<String>,

    /// Neither closed nor withdrawn nor merged into another
    #[arg(long)]
    open: bool,

    /// Open, and nobody has it
    #[arg(long)]
    unassigned: bool,

    /// A promise that still stands is late
    #[arg(long)]
    late: bool,

    /// Due then or later
    #[arg(long, value_name = "TIME", value_parser = instant)]
    due_from: Option<Timestamp>,

    /// Due before that time, or on that day
    #[arg(long, value_name = "TIME", value_parser = end)]
    due_to: Option<Timestamp>,

    /// Due within so many hours, or due before
    #[arg(long, value_name = "HOURS", value_parser = value_parser!(u32).range(1..))]
    due_within: Option<u32>,

    /// Received so many days ago, or longer
    #[arg(long, value_name = "DAYS", value_parser = value_parser!(u32).range(1..))]
    older_than: Option<u32>,

    /// Received less than so many days ago
    #[arg(long, value_name = "DAYS", value_parser = value_parser!(u32).range(1..))]
    younger_than: Option<u32>,

    /// Something that was promised is not fulfilled, also where it is closed or withdrawn
    #[arg(long)]
    owing: bool,

    /// It waits for them
    #[arg(long, value_parser = one_of(WaitingFor::WORDS))]
    waiting_for: Vec<String>,

    /// It is on hold
    #[arg(long)]
    on_hold: bool,

    /// It is escalated to this level or higher
    #[arg(long, value_name = "LEVEL", value_parser = value_parser!(u32).range(1..))]
    escalated_to: Option<u32>,

    /// Received then or later
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Option<Timestamp>,

    /// Received before that time, or on that day
    #[arg(long, value_name = "TIME", value_parser = end)]
    to: Option<Timestamp>,
}

impl Filter {
    pub(super) fn to_wire(&self) -> ComplaintFilter {
        ComplaintFilter {
            statuses: self.status.clone(),
            severities: self.severity.clone(),
            handlers: self.handler.clone(),
            queues: self.queue.clone(),
            channels: self.channel.clone(),
            products: self.product.clone(),
            issues: self.issue.clone(),
            sites: self.site.clone(),
            suppliers: self.supplier.clone(),
            languages: self.language.clone(),
            outcomes: self.outcome.clone(),
            open_only: self.open,
            owing_only: self.owing,
            waiting_for: self.waiting_for.clone(),
            on_hold_only: self.on_hold,
            escalation_level_from: self.escalated_to.unwrap_or_default(),
            received_from: self.from.map(time_to_wire),
            received_to: self.to.map(time_to_wire),
            unassigned_only: self.unassigned,
            late_only: self.late,
            due_from: self.due_from.map(time_to_wire),
            due_to: self.due_to.map(time_to_wire),
            due_within_hours: self.due_within.unwrap_or_default(),
            age_days_from: self.older_than.unwrap_or_default(),
            age_days_to: self.younger_than.unwrap_or_default(),
            ..ComplaintFilter::default()
        }
    }
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let order = if arguments.soonest_first {
        ComplaintOrder::DueAsc
    } else if arguments.page.oldest_first {
        ComplaintOrder::ReceivedAsc
    } else {
        ComplaintOrder::ReceivedDesc
    };
    let (mut filter, page) = (arguments.filter.to_wire(), arguments.page);
    let client = Client::of(global)?;
    if let Some(reference) = &arguments.customer_reference {
        filter.complaint_ids = customer::complaints(&client, reference, &page.wait_for).await?;
    }
    let mut client = client.workflow().await?;
    let mut counts = None;
    let listed = up_to(page.limit, page.after, async |page_size, page_token| {
        let is_counted = counts.is_some();
        let request = ListComplaintsRequest {
            filter: Some(filter.clone()),
            order: order.into(),
            page_size,
            page_token,
            wait_for: page.wait_for.clone(),
            facets: if is_counted {
                Vec::new()
            } else {
                arguments.count_by.clone()
            },
        };
        let answer = client.list_complaints(request).await?.into_inner();
        if !is_counted {
            counts = answer.counts;
        }
        Ok(Listed {
            items: answer.complaints,
            next_page_token: answer.next_page_token,
            token: answer.token,
            incomplete_from: answer.incomplete_from,
        })
    });
    let listed = listed.await?;
    global.output.print(
        || {
            json!({
                "complaints": listed.items.iter().map(super::json::complaint).collect::<Vec<_>>(),
                "counts": counts.as_ref().map(counts::as_json),
                "next_page_token": text(&listed.next_page_token),
                "token": text(&listed.token),
                "incomplete_from": text(&listed.incomplete_from),
            })
        },
        || {
            format!(
                "{}{}{}",
                table(&listed.items).render(),
                counts.as_ref().map(counts::render).unwrap_or_default(),
                more(&listed.next_page_token)
            )
        },
    );
    Ok(())
}

fn table(complaints: &[Complaint]) -> Table {
    let head = [
        "reference",
        "received",
        "due",
        "status",
        "outcome",
        "severity",
        "product",
        "issue",
        "handler",
    ];
    let mut table = Table::new(&head);
    for complaint in complaints {
        let about = complaint.about.clone().unwrap_or_default();
        let severity = complaint.assessment.as_ref().map(|it| it.severity.clone());
        table.row([
            complaint.reference.clone(),
            day!(complaint.received_at),
            due(complaint),
            complaint.status.clone(),
            complaint.outcome.clone(),
            severity.unwrap_or_default(),
            about.product,
            about.issue,
            complaint.handler.clone(),
        ]);
    }
    table
}

/// To the minute, in UTC.
fn due(complaint: &Complaint) -> String {
    let due = time!(complaint.due_at).unwrap_or_default();
    let due: String = due.chars().take(16).collect();
    match (complaint.late, due.is_empty()) {
        (true, true) => "late".to_owned(),
        (true, false) => format!("{}, late", due.replace('T', " ")),
        (false, _) => due.replace('T', " "),
    }
}
