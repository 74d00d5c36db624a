//! Streams and servers that go away, and what a relay makes of it.

use std::time::Duration;

use redress_event_bus::{Bus, Place, RelayState, StreamError};

use crate::folder::copy;
use crate::paper::{Paper, Running};
use crate::relaying::{STREAM, assert_streamed};
use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_again_and_again_has_every_record_in_the_end() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1_000);
    let running = Running::start(&server.bus().await, &paper);
    for _ in 0..5 {
        paper.add(3_000);
        tokio::time::sleep(Duration::from_millis(30)).await;
        server.kill();
        // The log goes on without.
        paper.add(1_000);
        server.run();
    }
    running.acknowledged(paper.len()).await;
    assert_streamed(&server, &paper, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_goes_on_while_nats_is_away_and_the_state_says_so() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(10);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(10).await;
    server.kill();
    let state = running
        .state(|state| matches!(state, RelayState::Away { .. }))
        .await;
    assert!(!state.is_fault() && state.refuses_commands().is_none());
    paper.add(90);
    assert_eq!(running.relay.status().await.unwrap().lag(), 90);
    server.run();
    running.acknowledged(100).await;
    assert_eq!(running.relay.status().await.unwrap().lag(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purged_stream_goes_on_where_it_was() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(1_000).await;
    let stream = server.admin().await.get_stream(STREAM).await.unwrap();
    stream.purge().await.unwrap();
    paper.add(500);
    running.acknowledged(1_500).await;
    assert_streamed(&server, &paper, 1_000).await;
    drop(running);
    stream.purge().await.unwrap();
    paper.add(500);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(2_000).await;
    assert_streamed(&server, &paper, 1_500).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_stream_is_made_again_with_the_right_first_sequence() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1_000);
    let mut config = server.config();
    config.events.republish_records = 200;
    let bus = Bus::connect(config).await.unwrap();
    let running = Running::start(&bus, &paper);
    running.acknowledged(1_000).await;
    server.admin().await.delete_stream(STREAM).await.unwrap();
    paper.add(100);
    tokio::time::sleep(Duration::from_millis(200)).await;
    running.acknowledged(1_100).await;
    let span = bus.event_span(&Place::new("intake", 0)).await.unwrap();
    let span = span.expect("it is there again");
    assert_eq!(span.last, 1_100);
    assert_eq!(span.first, 901, "{span:?}");
    assert_streamed(&server, &paper, 900).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_deleted_while_nothing_happens_is_made_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(50);
    let bus = server.bus().await;
    let running = Running::start(&bus, &paper);
    running.acknowledged(50).await;
    server.admin().await.delete_stream(STREAM).await.unwrap();
    all_there(&bus, 50).await;
    assert_streamed(&server, &paper, 0).await;
}

/// Waits until the stream itself says that it has so many.
async fn all_there(bus: &Bus, records: u64) {
    for _ in 0..1000 {
        let span = bus.event_span(&Place::new("intake", 0)).await;
        if matches!(span, Ok(Some(span)) if span.last == records) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the stream never has {records} records");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_server_gets_everything_again() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(2_000);
    let bus = server.bus().await;
    let running = Running::start(&bus, &paper);
    running.acknowledged(2_000).await;
    server.kill();
    std::fs::remove_dir_all(server.store()).unwrap();
    server.run();
    // Nothing new has to be recorded for it.
    all_there(&bus, 2_000).await;
    assert_streamed(&server, &paper, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_an_older_copy_of_the_stream_is_brought_up_to_date() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(1_000).await;
    server.stop();
    let kept = tempfile::tempdir().unwrap();
    copy(&server.store(), &kept.path().join("store"));
    server.run();
    paper.add(1_000);
    running.acknowledged(2_000).await;
    server.kill();
    std::fs::remove_dir_all(server.store()).unwrap();
    copy(&kept.path().join("store"), &server.store());
    server.run();
    paper.add(1);
    tokio::time::sleep(Duration::from_millis(500)).await;
    running.acknowledged(2_001).await;
    assert_streamed(&server, &paper, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_behind_its_stream_refuses_commands_until_its_tail_is_back() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1_000);
    let bus = server.bus().await;
    Running::start(&bus, &paper).acknowledged(1_000).await;
    paper.cut(900);
    let running = Running::start(&bus, &paper);
    let state = running.state(RelayState::is_fault).await;
    let expected = RelayState::StreamAhead {
        stream: STREAM.to_owned(),
        stream_records: 1_000,
        log_records: 900,
    };
    assert_eq!(state, expected);
    let why = state.refuses_commands().expect("commands are refused");
    assert!(why.contains("1000") && why.contains("900"), "{why}");
    let span = bus.event_span(&Place::new("intake", 0)).await.unwrap();
    assert_eq!(span.unwrap().last, 1_000, "the stream is left alone");
    paper.add(150);
    running.acknowledged(1_050).await;
    assert_streamed(&server, &paper, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_of_an_earlier_life_is_named_and_left_alone() {
    let Some(server) = Server::start() else {
        return;
    };
    let bus = server.bus().await;
    Running::start(&bus, &Paper::of(100))
        .acknowledged(100)
        .await;
    let restored = Paper::named("after the loss", 90);
    let running = Running::start(&bus, &restored);
    let state = running.state(RelayState::is_fault).await;
    assert!(
        matches!(&state, RelayState::Stream(StreamError::OtherLog { expected, .. })
            if *expected == restored.id),
        "{state}"
    );
    assert_eq!(state.refuses_commands(), None, "the loss was declared");
    server.admin().await.delete_stream(STREAM).await.unwrap();
    running.acknowledged(90).await;
    assert_streamed(&server, &restored, 0).await;
}
