//! From a log into its stream.

use std::time::Duration;

use async_nats::jetstream::stream::Config;
use futures::StreamExt;
use redress_event_bus::{Place, RelayState, StreamError};

use crate::paper::{Paper, Running, record};
use crate::server::Server;

pub(crate) const STREAM: &str = "REDRESS_ACME_INTAKE_0";

/// What the stream holds, from a sequence on, as a stranger reads it.
pub(crate) async fn streamed(server: &Server, from: u64, to: u64) -> Vec<(u64, String, Vec<u8>)> {
    let admin = server.admin().await;
    let config = async_nats::jetstream::consumer::pull::OrderedConfig {
        deliver_policy: async_nats::jetstream::consumer::DeliverPolicy::ByStartSequence {
            start_sequence: from,
        },
        ..Default::default()
    };
    let consumer = admin
        .create_consumer_on_stream(config, STREAM)
        .await
        .unwrap();
    let mut messages = consumer.messages().await.unwrap();
    let mut all: Vec<(u64, String, Vec<u8>)> = Vec::new();
    while all.last().is_none_or(|(sequence, ..)| *sequence < to) {
        let waited = tokio::time::timeout(Duration::from_secs(20), messages.next()).await;
        let message = waited.unwrap().unwrap().unwrap();
        let sequence = message.info().unwrap().stream_sequence;
        let subject = message.subject.to_string();
        all.push((sequence, subject, message.payload.to_vec()));
    }
    all
}

/// The stream holds the log's records from a position on, each at its sequence.
pub(crate) async fn assert_streamed(server: &Server, paper: &Paper, from: u64) {
    let records = paper.all();
    let found = streamed(server, from + 1, records.len() as u64).await;
    assert_eq!(found.len(), records.len() - from as usize);
    for ((sequence, subject, bytes), position) in found.iter().zip(from..) {
        assert_eq!(*sequence, position + 1);
        assert_eq!(subject, "redress.v1.acme.event.intake.0.tally.added");
        assert_eq!(
            *bytes, records[position as usize],
            "the record at {position}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_records_are_streamed_in_order_and_as_they_are_stored() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(4_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(4_000).await;
    for _ in 0..60 {
        paper.add(100);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    running.acknowledged(10_000).await;
    assert_streamed(&server, &paper, 0).await;
    let status = running.relay.status().await.unwrap();
    assert_eq!(
        (status.lag(), status.resumed, status.published),
        (0, 1, 10_000)
    );
    assert!(status.is_known && status.narrowed.is_none());
    assert_eq!(status.state, RelayState::Relaying);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_told_what_a_message_is() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(1).await;
    let stream = server.admin().await.get_stream(STREAM).await.unwrap();
    let message = stream.direct_get(1).await.unwrap();
    let told = message.headers.get("Content-Type").unwrap();
    assert_eq!(told.as_str(), "application/cloudevents+json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_starts_again_goes_on_where_the_stream_ends() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(500);
    let bus = server.bus().await;
    Running::start(&bus, &paper).acknowledged(500).await;
    paper.add(500);
    let running = Running::start(&bus, &paper);
    running.acknowledged(1000).await;
    assert_eq!(running.relay.status().await.unwrap().published, 500);
    assert_streamed(&server, &paper, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_of_one_log_publish_every_record_once() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(3_000);
    let (one, other) = (server.bus().await, server.bus().await);
    let (one, other) = (Running::start(&one, &paper), Running::start(&other, &paper));
    for _ in 0..20 {
        paper.add(100);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    one.acknowledged(5_000).await;
    other.acknowledged(5_000).await;
    assert_streamed(&server, &paper, 0).await;
    let (one, other) = (
        one.relay.status().await.unwrap(),
        other.relay.status().await.unwrap(),
    );
    // Less where a relay gave up waiting because the other one was faster.
    assert!(
        one.published + other.published <= 5_000,
        "{one:?} {other:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_for_a_long_log_begins_near_its_head() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1_000);
    let mut config = server.config();
    config.events.republish_records = 300;
    let bus = redress_event_bus::Bus::connect(config).await.unwrap();
    let running = Running::start(&bus, &paper);
    running.acknowledged(1_000).await;
    let place = Place::new("intake", 0);
    let span = bus.event_span(&place).await.unwrap().unwrap();
    assert_eq!((span.first, span.last, span.messages), (701, 1_000, 300));
    assert_streamed(&server, &paper, 700).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_somebody_made_otherwise_is_named_with_its_differences() {
    let Some(server) = Server::start() else {
        return;
    };
    let admin = server.admin().await;
    let by_hand = Config {
        name: STREAM.to_owned(),
        subjects: vec!["redress.v1.acme.event.intake.0.>".to_owned()],
        allow_rollup: true,
        max_messages: 10,
        ..Config::default()
    };
    admin.create_stream(by_hand).await.unwrap();
    let running = Running::start(&server.bus().await, &Paper::of(10));
    let state = running.state(RelayState::is_fault).await;
    let RelayState::Stream(StreamError::Mismatch { differences, .. }) = &state else {
        panic!("{state}");
    };
    let said = differences.join("; ");
    for part in [
        "max_messages is 10 and should be -1",
        "allow_rollup is true",
        "redress-log",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(state.refuses_commands(), None, "the log goes on");
    admin.delete_stream(STREAM).await.unwrap();
    running.acknowledged(10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_given_the_size_that_the_settings_ask_for() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(10);
    Running::start(&server.bus().await, &paper)
        .acknowledged(10)
        .await;
    let mut config = server.config();
    config.events.max_age = Duration::from_mins(1);
    config.events.max_bytes = 1 << 20;
    let bus = redress_event_bus::Bus::connect(config).await.unwrap();
    paper.add(10);
    Running::start(&bus, &paper).acknowledged(20).await;
    let stream = server.admin().await.get_stream(STREAM).await.unwrap();
    let found = &stream.cached_info().config;
    assert_eq!(
        (found.max_age, found.max_bytes),
        (Duration::from_mins(1), 1 << 20)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stranger_publishes_to_an_event_stream_is_found_and_named() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(100);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(100).await;
    let admin = server.admin().await;
    let forged = record(paper.id, 100, "forged");
    let subject = "redress.v1.acme.event.intake.0.tally.added";
    admin.publish(subject, forged).await.unwrap().await.unwrap();
    paper.add(1);
    let state = running.state(RelayState::is_fault).await;
    let expected = RelayState::StreamDisagrees {
        stream: STREAM.to_owned(),
        position: 100,
    };
    assert_eq!(state, expected);
}
