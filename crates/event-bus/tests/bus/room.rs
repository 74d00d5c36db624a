//! Servers and accounts with less room than streams may take by default.

use std::time::Duration;

use futures::StreamExt;
use redress_event_bus::{Bus, EventLimits, InboxLimits, LookUpError, Place, StreamSpan};
use redress_event_log::Lives;

use crate::paper::{Paper, Running, log_id};
use crate::server::Server;

const SERVICES: [&str; 3] = ["intake", "workflow", "reporting"];

/// With the limits that nobody set.
async fn bus(server: &Server) -> Bus {
    let mut config = server.config();
    config.events = EventLimits::default();
    config.inbox = InboxLimits::default();
    Bus::connect(config).await.unwrap()
}

async fn all_streams(bus: &Bus) -> Vec<StreamSpan> {
    let mut all = all_streams_of_logs(bus).await;
    all.push(bus.inbox_stream().await.unwrap());
    all
}

async fn all_streams_of_logs(bus: &Bus) -> Vec<StreamSpan> {
    let mut all = Vec::new();
    for service in SERVICES {
        let place = Place::new(service, 0);
        let made = bus
            .event_stream(&place, &Lives::only(log_id(service)), 0)
            .await;
        all.push(made.unwrap_or_else(|error| panic!("{service}: {error}")));
    }
    all
}

/// Given less room than streams may take, then all of them are there, each says what it keeps, and they
/// are asked for again without another word.
async fn check_that_all_fit(bus: &Bus, room: u64) {
    let made = all_streams(bus).await;
    let kept: Vec<u64> = made
        .iter()
        .map(|span| span.narrowed.as_ref().unwrap().max_bytes)
        .collect();
    assert!(kept.iter().sum::<u64>() <= room, "{kept:?}");
    assert!(kept.iter().all(|bytes| *bytes >= 16 << 20), "{kept:?}");
    let wanted = made[0].narrowed.as_ref().unwrap().wanted_bytes;
    assert_eq!(wanted, 20 << 30);
    assert_eq!(all_streams(bus).await, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_fit_a_small_server_and_grow_with_it() {
    let room = 300 << 20;
    let settings = format!("max_file_store: {room}");
    let Some(mut server) = Server::with_jetstream(&settings) else {
        return;
    };
    let bus = bus(&server).await;
    check_that_all_fit(&bus, room).await;
    let paper = Paper::of(300);
    let running = {
        let place = Place::new("intake", 0);
        let admin = server.admin().await;
        admin.delete_stream(place.stream("acme")).await.unwrap();
        Running::start(&bus, &paper)
    };
    running.acknowledged(300).await;
    let status = running.relay.status().await.unwrap();
    let narrowed = status.narrowed.unwrap();
    assert!(narrowed.to_string().contains("too little room"));
    drop(running);

    server.stop();
    server.set_jetstream(&format!("max_file_store: {}", 1000_u64 << 30));
    server.run();
    bus.connected().await;
    let running = Running::start(&bus, &paper);
    for _ in 0..300 {
        if running.relay.status().await.unwrap().narrowed.is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", running.relay.status().await);
}

/// Given room for one stream of the usual size and not for four, then none takes it from the others; and
/// who says a size gets it.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_stream_leaves_room_for_the_others() {
    let room = 21_u64 << 30;
    let Some(server) = Server::with_jetstream(&format!("max_file_store: {room}")) else {
        return;
    };
    let made = all_streams(&bus(&server).await).await;
    for span in &made[..3] {
        let narrowed = span.narrowed.as_ref().unwrap();
        assert!(narrowed.max_bytes >= 1 << 30, "{narrowed}");
    }
    assert_eq!(made[3].narrowed, None, "the inbox has what it may have");
    let mut config = server.config();
    config.events.max_bytes = 4 << 30;
    let said = Bus::connect(config).await.unwrap();
    for span in &all_streams_of_logs(&said).await {
        assert_eq!(span.narrowed, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_fit_a_small_account() {
    let room = 200 << 20;
    let account = format!(
        "accounts {{ A {{ jetstream: {{ max_file: {room} }}, users: [{{ user: a, password: a }}] }} }}\n\
         no_auth_user: a"
    );
    let Some(server) = Server::start_with(&account) else {
        return;
    };
    check_that_all_fit(&bus(&server).await, room).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_room_at_all_the_stream_is_refused() {
    let Some(server) = Server::with_jetstream("max_file_store: 8388608") else {
        return;
    };
    let bus = bus(&server).await;
    let place = Place::new("intake", 0);
    let refused = bus
        .event_stream(&place, &Lives::only(log_id("intake")), 0)
        .await;
    let said = refused.unwrap_err().to_string();
    assert!(said.contains("refused to make"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_looked_up_by_position_in_their_order() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(500);
    let bus = server.bus().await;
    let running = Running::start(&bus, &paper);
    running.acknowledged(500).await;
    let place = Place::new("intake", 0);
    let held: Vec<_> = bus.look_up_all(&place, 100..500).collect().await;
    let held: Vec<_> = held.into_iter().map(Result::unwrap).collect();
    assert_eq!(held, paper.all()[100..]);
    let gone = bus.look_up(&place, 500).await.unwrap_err();
    let stream = place.stream("acme");
    let position = 500;
    assert_eq!(gone, LookUpError::Gone { stream, position });
}
