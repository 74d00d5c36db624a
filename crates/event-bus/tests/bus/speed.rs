//! How many records a second go through NATS, beside the same bytes in bare publishes of the same kind.
//! For figures: `REDRESS_SPEED_RECORDS=100000`, and `--release -- --nocapture speed`.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Config;

use crate::following::{follow, source};
use crate::paper::{Paper, Running};
use crate::relaying::STREAM;
use crate::server::Server;

const IN_FLIGHT: usize = 512;
const ROUNDS: usize = 3;

fn records() -> u64 {
    let asked = std::env::var("REDRESS_SPEED_RECORDS").ok();
    asked.map_or(2_000, |text| text.parse().unwrap())
}

/// Nothing but the client: in order, with the expected sequence and every acknowledgement.
async fn bare(server: &Server, settings: &Config, paper: &Paper) -> Duration {
    let admin = server.admin().await;
    let config = Config {
        name: "BARE".to_owned(),
        subjects: vec!["bare.>".to_owned()],
        ..settings.clone()
    };
    admin.create_stream(config).await.unwrap();
    let all = paper.all();
    let begun = Instant::now();
    let mut waiting = VecDeque::new();
    for (sequence, bytes) in (0..).zip(all) {
        let message = PublishMessage::build()
            .payload(bytes)
            .expected_last_sequence(sequence);
        waiting.push_back(
            admin
                .send_publish("bare.tally.added", message)
                .await
                .unwrap(),
        );
        if waiting.len() == IN_FLIGHT {
            waiting.pop_front().unwrap().await.unwrap();
        }
    }
    for acknowledgement in waiting {
        acknowledgement.await.unwrap();
    }
    let took = begun.elapsed();
    admin.delete_stream("BARE").await.unwrap();
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn speed_of_the_relay_and_of_a_follower_beside_bare_publishes() {
    let Some(server) = Server::start() else {
        return;
    };
    measure(&server).await;
}

/// What the inbox asks for must not slow the event streams of the same server.
#[tokio::test(flavor = "multi_thread")]
async fn speed_beside_an_inbox_that_is_synced_each_time() {
    let Some(server) = Server::synced() else {
        return;
    };
    measure(&server).await;
}

async fn measure(server: &Server) {
    let paper = Paper::of(records());
    let bus = server.bus().await;
    Running::start(&bus, &Paper::of(1)).acknowledged(1).await;
    let admin = server.admin().await;
    let stream = admin.get_stream(STREAM).await.unwrap();
    let settings = stream.cached_info().config.clone();
    admin.delete_stream(STREAM).await.unwrap();
    let a_second = |took: Duration| format!("{:.0}", records() as f64 / took.as_secs_f64());
    for round in 0..ROUNDS {
        let bare = bare(server, &settings, &paper).await;
        let begun = Instant::now();
        let running = Running::start(&bus, &paper);
        running.acknowledged(records()).await;
        let relayed = begun.elapsed();
        let source = Arc::new(source(&bus, &paper).await);
        let begun = Instant::now();
        follow(&source, 0, records()).await;
        let followed = begun.elapsed();
        println!(
            "round {round}: {} bare publishes/s, {} relayed/s, {} followed/s",
            a_second(bare),
            a_second(relayed),
            a_second(followed)
        );
        assert_eq!(source.status().from_stream, records());
        drop(running);
        admin.delete_stream(STREAM).await.unwrap();
    }
}
