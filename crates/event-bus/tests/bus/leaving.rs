//! How answered messages leave the inbox, and that no other does.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use futures::StreamExt;
use serde_json::json;

use crate::server::Server;
use crate::taking::{Clerk, Open, publish};

const STREAM: &str = "REDRESS_ACME_INBOX";

fn holding() -> Arc<Clerk> {
    let clerk = Clerk::default();
    clerk.holds.send_replace(true);
    Arc::new(clerk)
}

async fn say(admin: &Context, id: &str) -> u64 {
    publish(admin, &[("Nats-Msg-Id", id)], &json!({ "kind": "praise" })).await
}

async fn is_kept(admin: &Context, sequence: u64) -> bool {
    let stream = admin.get_stream(STREAM).await.unwrap();
    stream.get_raw_message(sequence).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_messages_leave_with_few_requests() {
    let Some(server) = Server::synced() else {
        return;
    };
    let admin = server.admin().await;
    let mut removals = admin
        .client()
        .subscribe("$JS.API.STREAM.PURGE.>")
        .await
        .unwrap();
    let mut single = admin
        .client()
        .subscribe("$JS.API.STREAM.MSG.DELETE.>")
        .await
        .unwrap();
    admin.client().flush().await.unwrap();
    let open = Open::with(&server.bus().await, &Arc::new(Clerk::default())).await;
    for number in 0..500 {
        say(&admin, &number.to_string()).await;
    }
    open.until(|it| it.accepted == 500 && it.waiting == Some(0))
        .await;
    let mut count = 0;
    while tokio::time::timeout(Duration::from_millis(200), removals.next())
        .await
        .is_ok()
    {
        count += 1;
    }
    assert!(
        (1..=100).contains(&count),
        "{count} requests for 500 messages"
    );
    let none = tokio::time::timeout(Duration::from_millis(200), single.next()).await;
    assert!(
        none.is_err(),
        "nothing was held up, and nothing left by itself"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_an_answer_stays_though_all_behind_it_leave_and_the_server_is_killed() {
    let Some(mut server) = Server::synced() else {
        return;
    };
    let clerk = holding();
    let bus = server.bus().await;
    let open = Open::with(&bus, &clerk).await;
    let admin = server.admin().await;
    say(&admin, "a").await;
    let held = say(&admin, "held").await;
    for number in 0..40 {
        say(&admin, &format!("b-{number}")).await;
    }
    open.until(|it| it.accepted == 41 && it.waiting == Some(1))
        .await;
    assert!(is_kept(&admin, held).await);
    server.kill();
    server.run();
    bus.connected().await;
    let admin = server.admin().await;
    assert!(is_kept(&admin, held).await);
    clerk.holds.send_replace(false);
    open.until(|it| it.waiting == Some(0)).await;
    assert_eq!(clerk.taken.lock().unwrap().len(), 42);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_made_again_loses_nothing_to_answers_that_were_for_the_one_before() {
    let Some(server) = Server::start() else {
        return;
    };
    let clerk = holding();
    let open = Open::with(&server.bus().await, &clerk).await;
    let admin = server.admin().await;
    say(&admin, "held").await;
    for number in 0..5 {
        say(&admin, &format!("old-{number}")).await;
    }
    open.until(|it| it.accepted == 5 && it.in_flight == 1).await;
    let settings = admin
        .get_stream(STREAM)
        .await
        .unwrap()
        .cached_info()
        .config
        .clone();
    admin.delete_stream(STREAM).await.unwrap();
    admin.create_stream(settings).await.unwrap();
    for number in 0..10 {
        say(&admin, &format!("new-{number}")).await;
    }
    clerk.holds.send_replace(false);
    open.until(|it| it.waiting == Some(0)).await;
    let taken = clerk.taken.lock().unwrap();
    for number in 0..10 {
        assert!(
            taken.contains_key(&format!("crm/new-{number}")),
            "{taken:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_when_the_process_ends_does_not_come_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let clerk = holding();
    let bus = server.bus().await;
    let open = Open::with(&bus, &clerk).await;
    let admin = server.admin().await;
    for number in 0..20 {
        say(&admin, &number.to_string()).await;
    }
    say(&admin, "held").await;
    open.until(|it| it.accepted == 20).await;
    let inbox = open.inbox.clone();
    drop(open);
    inbox.settle().await;
    assert_eq!(inbox.status().await.waiting, Some(1));
    clerk.holds.send_replace(false);
    let again = Open::with(&bus, &clerk).await;
    let status = again.until(|it| it.waiting == Some(0)).await;
    assert_eq!(status.accepted, 1);
}
