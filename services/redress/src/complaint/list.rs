//! `redress complaint list`

use clap::Args;
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
use crate::json::{day, text};
use crate::moment::{end, instant};
use crate::paging::{Listed, up_to};
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    filter: Filter,

    #[command(flatten)]
    page: Page,
}

/// Which complaints; what is not given lets everything through.
#[derive(Debug, Args)]
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

    /// In this language: en, de, ..
    #[arg(long)]
    language: Vec<String>,

    /// How it ended
    #[arg(long, value_parser = one_of(Outcome::WORDS))]
    outcome: Vec<String>,

    /// Neither closed nor withdrawn
    #[arg(long)]
    open: bool,

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
    #[arg(
        long,
        value_name = "LEVEL",
        default_value_t = 0,
        hide_default_value = true
    )]
    escalated_to: u32,

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
            languages: self.language.clone(),
            outcomes: self.outcome.clone(),
            open_only: self.open,
            owing_only: self.owing,
            waiting_for: self.waiting_for.clone(),
            on_hold_only: self.on_hold,
            escalation_level_from: self.escalated_to,
            received_from: self.from.map(time_to_wire),
            received_to: self.to.map(time_to_wire),
            ..ComplaintFilter::default()
        }
    }
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let order = if arguments.page.oldest_first {
        ComplaintOrder::ReceivedAsc
    } else {
        ComplaintOrder::ReceivedDesc
    };
    let (filter, page) = (arguments.filter.to_wire(), arguments.page);
    let mut client = Client::of(global)?.workflow().await?;
    let listed = up_to(page.limit, page.after, async |page_size, page_token| {
        let request = ListComplaintsRequest {
            filter: Some(filter.clone()),
            order: order.into(),
            page_size,
            page_token,
            wait_for: page.wait_for.clone(),
        };
        let answer = client.list_complaints(request).await?.into_inner();
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
                "next_page_token": text(&listed.next_page_token),
                "token": text(&listed.token),
                "incomplete_from": text(&listed.incomplete_from),
            })
        },
        || {
            format!(
                "{}{}",
                table(&listed.items).render(),
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
