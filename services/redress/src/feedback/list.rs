//! `redress feedback list`

use clap::Args;
use jiff::Timestamp;
use redress_wire::intake::v1::{
    FeedbackFilter, FeedbackOrder, ListFeedbackRequest, ListFeedbackResponse,
};
use redress_wire::time_to_wire;
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{day, text};
use crate::moment::{end, instant};
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[arg(long)]
    kind: Vec<String>,

    #[arg(long)]
    channel: Vec<String>,

    #[arg(long)]
    product: Vec<String>,

    #[arg(long)]
    issue: Vec<String>,

    #[arg(long)]
    language: Vec<String>,

    #[arg(long)]
    site: Vec<String>,

    #[arg(long)]
    supplier: Vec<String>,

    /// Who the customer is in your books
    #[arg(long, default_value = "")]
    customer_reference: String,

    /// Received then or later
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Option<Timestamp>,

    /// Received before that time, or on that day
    #[arg(long, value_name = "TIME", value_parser = end)]
    to: Option<Timestamp>,

    #[command(flatten)]
    page: Page,
}

/// Which part of a list.
#[derive(Debug, Clone, Args)]
pub(crate) struct Page {
    /// The oldest first
    #[arg(long)]
    pub(crate) oldest_first: bool,

    /// How many
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,

    /// Go on where the page before ended
    #[arg(long = "page-token", value_name = "TOKEN", default_value = "")]
    pub(crate) after: String,

    /// Answer only when everything that this token covers has been seen
    #[arg(long, value_name = "TOKEN", default_value = "")]
    pub(crate) wait_for: String,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let order = if arguments.page.oldest_first {
        FeedbackOrder::ReceivedAsc
    } else {
        FeedbackOrder::ReceivedDesc
    };
    let request = ListFeedbackRequest {
        order: order.into(),
        page_size: arguments.page.limit,
        page_token: arguments.page.after,
        wait_for: arguments.page.wait_for,
        filter: Some(FeedbackFilter {
            kinds: arguments.kind,
            channels: arguments.channel,
            products: arguments.product,
            issues: arguments.issue,
            languages: arguments.language,
            sites: arguments.site,
            suppliers: arguments.supplier,
            customer_reference: arguments.customer_reference,
            received_from: arguments.from.map(time_to_wire),
            received_to: arguments.to.map(time_to_wire),
            ..FeedbackFilter::default()
        }),
    };
    let client = Client::of(global)?;
    let page = client
        .intake()
        .await?
        .list_feedback(request)
        .await?
        .into_inner();
    global.output.print(
        || {
            json!({
                "feedback": page.feedback.iter().map(super::json::feedback).collect::<Vec<_>>(),
                "next_page_token": text(&page.next_page_token),
                "token": text(&page.token),
                "incomplete_from": text(&page.incomplete_from),
            })
        },
        || render(&page),
    );
    Ok(())
}

fn render(page: &ListFeedbackResponse) -> String {
    let mut table = Table::new(&["received", "id", "kind", "channel", "product", "issue"]);
    for feedback in &page.feedback {
        let given = feedback.submission.clone().unwrap_or_default();
        let (received, id) = (day!(given.received_at), feedback.feedback_id.clone());
        table.row([
            received,
            id,
            given.kind,
            given.channel,
            given.product,
            given.issue,
        ]);
    }
    format!("{}{}", table.render(), more(&page.next_page_token))
}

/// How to see the rest of a list.
pub(crate) fn more(next_page_token: &str) -> String {
    if next_page_token.is_empty() {
        String::new()
    } else {
        format!("more: --page-token {next_page_token}")
    }
}
