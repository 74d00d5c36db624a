//! The complaints of one customer: intake knows whose they are.

use redress_service::Kind;
use redress_wire::intake::v1::{FeedbackFilter, ListFeedbackRequest};

use crate::client::Client;
use crate::failure::Failure;

/// As many as a list of complaints takes by name.
const NAMED: u32 = 500;

pub(super) async fn complaints(
    client: &Client,
    reference: &str,
    wait_for: &str,
) -> Result<Vec<String>, Failure> {
    let request = ListFeedbackRequest {
        filter: Some(FeedbackFilter {
            kinds: vec!["complaint".to_owned()],
            customer_reference: reference.to_owned(),
            ..FeedbackFilter::default()
        }),
        page_size: NAMED,
        wait_for: wait_for.to_owned(),
        ..ListFeedbackRequest::default()
    };
    let answer = client.intake().await?.list_feedback(request).await?;
    let answer = answer.into_inner();
    if answer.feedback.is_empty() {
        // An empty filter would let everything through.
        return Err(Failure::new(
            Kind::NotFound,
            "CUSTOMER_UNKNOWN",
            "there is no complaint of that customer",
        )
        .with_field("customer_reference")
        .with_remedy("compare it with your books; `redress feedback list` takes the same"));
    }
    if !answer.next_page_token.is_empty() {
        return Err(Failure::new(
            Kind::OutOfRange,
            "FIELD_TOO_MANY",
            format!("there are more than {NAMED} complaints of that customer"),
        )
        .with_field("customer_reference")
        .with_remedy("list them with `redress feedback list`, page by page"));
    }
    let found = answer.feedback.into_iter();
    Ok(found.map(|it| it.feedback_id).collect())
}
