//! `redress feedback list`

use clap::Args;
use jiff::Timestamp;
use redress_wire::intake::v1::{Feedback, FeedbackFilter, FeedbackOrder, ListFeedbackRequest};
use redress_wire::time_to_wire;
use serde_json::json;

use crate::client::Client;
use crate::failure::Failure;
use crate::global::Global;
use crate::json::{day, text};
use crate::moment::{end, instant};
use crate::paging::{Listed, up_to};
use crate::table::Table;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[arg(
        long,
        help = "complaint, compliment, suggestion, enquiry, survey_response, dispute, \
                regulator_referral or safety_report; as the others, may be given several times"
    )]
    kind: Vec<String>,

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

    /// At this site
    #[arg(long)]
    site: Vec<String>,

    /// Of this supplier
    #[arg(long)]
    supplier: Vec<String>,

    /// Who the customer is in your books
    #[arg(long, default_value = "", hide_default_value = true)]
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

    /// How many, 1 to 500; with 0 the server chooses
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: u32,

    /// Go on where the page before ended
    #[arg(
        long = "page-token",
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) after: String,

    /// Answer only when everything that this token covers has been seen
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) wait_for: String,
}

pub(crate) async fn run(global: &Global, arguments: Arguments) -> Result<(), Failure> {
    let order = if arguments.page.oldest_first {
        FeedbackOrder::ReceivedAsc
    } else {
        FeedbackOrder::ReceivedDesc
    };
    let filter = FeedbackFilter {
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
    };
    let page = arguments.page;
    let mut client = Client::of(global)?.intake().await?;
    let listed = up_to(page.limit, page.after, async |page_size, page_token| {
        let request = ListFeedbackRequest {
            filter: Some(filter.clone()),
            order: order.into(),
            page_size,
            page_token,
            wait_for: page.wait_for.clone(),
        };
        let answer = client.list_feedback(request).await?.into_inner();
        Ok(Listed {
            items: answer.feedback,
            next_page_token: answer.next_page_token,
            token: answer.token,
            incomplete_from: answer.incomplete_from,
        })
    });
    let listed = listed.await?;
    global.output.print(
        || {
            json!({
                "feedback": listed.items.iter().map(super::json::feedback).collect::<Vec<_>>(),
                "next_page_token": text(&listed.next_page_token),
                "token": text(&listed.token),
                "incomplete_from": text(&listed.incomplete_from),
            })
        },
        || render(&listed),
    );
    Ok(())
}

fn render(listed: &Listed<Feedback>) -> String {
    let mut table = Table::new(&["received", "id", "kind", "channel", "product", "issue"]);
    for feedback in &listed.items {
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
    format!("{}{}", table.render(), more(&listed.next_page_token))
}

/// How to see the rest of a list.
pub(crate) fn more(next_page_token: &str) -> String {
    if next_page_token.is_empty() {
        String::new()
    } else {
        format!("more: --page-token {next_page_token}")
    }
}
