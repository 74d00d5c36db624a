//! What follows from other logs: what it carries on, and what is tried again.

use redress_wire::workflow::v1::{
    FailedReaction, ListFailedReactionsRequest, RetryReactionRequest,
};

use super::given::{Complaints, Running, World, complaint, item, refused};
use super::steps;

pub(crate) async fn failed(running: &mut Running) -> Vec<FailedReaction> {
    let request = ListFailedReactionsRequest {
        wait_for: running.token(),
        ..Default::default()
    };
    let answer = running.complaints.list_failed_reactions(request).await;
    answer.unwrap().into_inner().reactions
}

fn retry(id: &str) -> RetryReactionRequest {
    RetryReactionRequest {
        reaction_id: id.into(),
        ..Default::default()
    }
}

async fn status(client: &mut Complaints, n: i64) -> String {
    steps::get(client, &item(n).to_string()).await.status
}

fn reported(n: i64, digest: &str, class: &str) -> serde_json::Value {
    let mut said = serde_json::to_value(complaint(n)).unwrap();
    said["reported"] = serde_json::json!({
        "source": "cfpb", "digest": digest.repeat(32), "response_class": class,
        "timely": "yes", "disputed": "no",
    });
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_feedback_is_a_day_of_its_complaint() {
    let world = World::new();
    let mut running = world.start().await;
    let mut said = complaint(1);
    said.occurred_at = None;
    said.occurred_on = Some(jiff::civil::date(2026, 5, 18));
    said.received_on = Some(jiff::civil::date(2026, 5, 20));
    world.received(item(1), said).await;
    running.follow(&world).await;
    let found = steps::get(&mut running.complaints, &item(1).to_string()).await;
    assert_eq!(found.occurred_at, None);
    let days = (found.occurred_on.as_str(), found.received_on.as_str());
    assert_eq!(days, ("2026-05-18", "2026-05-20"));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_carries_the_trace_and_the_correlation_of_its_cause() {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let world = World::new();
    let running = world.start().await;
    world.traced(1, "case:4711", TRACE).await;
    world.complaint(2).await;
    running.follow(&world).await;
    let records = running.records().await;
    let context = |n: i64| {
        let id = item(n).to_string();
        let mut of = records.iter().filter(|record| record.subject.id() == id);
        &of.next().unwrap().context
    };
    assert_eq!(context(1).correlation.as_deref(), Some("case:4711"));
    assert_eq!(context(1).traceparent.as_deref(), Some(TRACE));
    assert_eq!(context(1).causation.unwrap().position, 0);
    assert_eq!(
        (&context(2).correlation, &context(2).traceparent),
        (&None, &None)
    );
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_that_failed_is_done_once_nothing_stands_in_its_way() {
    let world = World::new();
    let mut running = world.start().await;
    // A report that came before what it reports about.
    let early = serde_json::from_value(reported(1, "bb", "closed")).unwrap();
    world.reported(item(1), early).await;
    running.follow(&world).await;
    let found = failed(&mut running).await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&*found[0].reaction, &*found[0].code, &*found[0].message),
        (
            "report_history",
            "COMPLAINT_NOT_FOUND",
            "the complaint was not opened"
        )
    );
    let id = found[0].reaction_id.clone();
    let answer = running.complaints.retry_reaction(retry(&id)).await;
    assert_eq!(refused(answer).0, "COMPLAINT_NOT_FOUND");
    // The policy in force, and that it failed.
    assert_eq!(running.workflow.log().head().size, 2);

    let first = serde_json::from_value(reported(1, "aa", "in_progress")).unwrap();
    world.received(item(1), first).await;
    running.follow(&world).await;
    assert_eq!(status(&mut running.complaints, 1).await, "received");
    let client = &mut running.complaints;
    let done = client.retry_reaction(retry(&id)).await.unwrap();
    assert!(!done.into_inner().recorded.unwrap().already_done);
    assert_eq!(status(client, 1).await, "closed");
    let again = client.retry_reaction(retry(&id)).await.unwrap();
    assert!(again.into_inner().recorded.unwrap().already_done);
    assert!(failed(&mut running).await.is_empty());
    assert_eq!(running.workflow.status().await.failed_reactions, Some(0));
    let records = running.records().await;
    let kinds: Vec<&str> = records.iter().map(|record| &*record.kind).collect();
    assert_eq!(
        kinds,
        [
            "redress.policy.applied.v1",
            "redress.reaction.failed.v1",
            "redress.complaint.taken_over.v1",
            "redress.complaint.history_reported.v1",
            "redress.reaction.retried.v1",
        ]
    );
    let causes: Vec<u64> = records
        .iter()
        .filter_map(|record| Some(record.context.causation?.position))
        .collect();
    assert_eq!(causes, [0, 1, 0, 0]);
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_of_a_later_version_waits_for_that_version() {
    let world = World::new();
    let mut running = world.start().await;
    world
        .later_feedback(item(1), reported(1, "aa", "settled"))
        .await;
    world.complaint(2).await;
    running.follow(&world).await;
    assert_eq!(status(&mut running.complaints, 2).await, "received");
    let found = failed(&mut running).await;
    assert_eq!((found.len(), &*found[0].code), (1, "FEEDBACK_UNKNOWN"));
    assert!(found[0].facts["what"].contains("settled"));
    let client = &mut running.complaints;
    let answer = client.retry_reaction(retry(&found[0].reaction_id)).await;
    assert_eq!(refused(answer).0, "FEEDBACK_UNKNOWN");
    for (id, code) in [
        ("", "FIELD_REQUIRED"),
        ("x", "REACTION_ID_INVALID"),
        (&*item(9).to_string(), "REACTION_NOT_FOUND"),
    ] {
        assert_eq!(refused(client.retry_reaction(retry(id)).await).0, code);
    }
    running.stop().await;
}
