//! From the stream, and from the owner, to who follows.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use redress_event_bus::{Bus, BusSource, Known, Owner, Place, SourceTimes, Via};
use redress_event_log::Source;

use crate::paper::{Paper, Running};
use crate::relaying::STREAM;
use crate::server::Server;

pub(crate) async fn source(bus: &Bus, paper: &Arc<Paper>) -> BusSource {
    let known = Known {
        log: paper.id,
        size: 0,
    };
    let owner = Arc::clone(paper) as Arc<dyn Owner>;
    let opened = BusSource::open(bus.clone(), owner, Place::new("intake", 0), Some(known));
    opened.await.unwrap().with_times(SourceTimes {
        watch: Duration::from_millis(300),
        shortest_pause: Duration::from_millis(10),
        longest_pause: Duration::from_millis(100),
    })
}

/// Follows up to a position, and checks that nothing is missing and nothing is twice.
pub(crate) async fn follow(source: &BusSource, from: u64, to: u64) -> Vec<Bytes> {
    let mut all = Vec::new();
    let mut next = from;
    while next < to {
        let waited = tokio::time::timeout(Duration::from_secs(30), source.next(next, 256)).await;
        let records = waited
            .unwrap_or_else(|_| panic!("nothing comes at {next}: {:?}", source.status()))
            .unwrap();
        assert!(!records.is_empty() && records.len() <= 256);
        for record in records {
            assert_eq!(record.position, next);
            next += 1;
            all.push(record.bytes);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_records_arrive_in_order_without_a_question_to_the_owner() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(5_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(5_000).await;
    let source = source(&server.bus().await, &paper).await;
    assert_eq!(follow(&source, 0, 5_000).await, paper.all());
    let following = follow(&source, 5_000, 10_000);
    let (all, ()) = tokio::join!(following, async {
        for _ in 0..100 {
            paper.add(50);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    assert_eq!(all, paper.all()[5_000..]);
    let status = source.status();
    assert_eq!(
        (status.from_stream, status.from_owner),
        (10_000, 0),
        "{status:?}"
    );
    assert_eq!((status.consumers, status.via), (1, Via::Stream));
    assert_eq!(paper.asked.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_waits_gets_a_record_at_once() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1);
    let _running = Running::start(&server.bus().await, &paper);
    let source = source(&server.bus().await, &paper).await;
    follow(&source, 0, 1).await;
    for position in 1..20 {
        let waiting = source.next(position, 10);
        let add = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            paper.add(1);
            tokio::time::Instant::now()
        };
        let (records, added) = tokio::join!(waiting, add);
        let took = added.elapsed();
        assert_eq!(records.unwrap()[0].position, position);
        assert!(took < Duration::from_millis(250), "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nats_is_away_the_owner_gives_what_there_is() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(1_000).await;
    let source = source(&server.bus().await, &paper).await;
    follow(&source, 0, 700).await;
    server.kill();
    paper.add(1_000);
    follow(&source, 700, 2_000).await;
    assert_eq!(source.status().via, Via::Owner);
    let asked = paper.asked.load(Ordering::Relaxed);
    let waiting = tokio::time::timeout(Duration::from_millis(500), source.next(2_000, 256)).await;
    assert!(waiting.is_err(), "there is nothing");
    assert_eq!(
        paper.asked.load(Ordering::Relaxed),
        asked,
        "heads are enough"
    );
    server.run();
    running.acknowledged(2_000).await;
    paper.add(100);
    let tail = follow(&source, 2_000, 2_100).await;
    assert_eq!(tail, paper.all()[2_000..]);
    // It comes back to the stream while the log goes on growing.
    let following = follow(&source, 2_100, 4_100);
    let growing = async {
        for _ in 0..200 {
            paper.add(10);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let (tail, ()) = tokio::join!(following, growing);
    assert_eq!(tail, paper.all()[2_100..]);
    let status = source.status();
    assert_eq!(status.via, Via::Stream, "{status:?}");
    assert!(status.from_stream > 2_000, "{status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_stands_still_does_not_slow_a_follower() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(100);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(100).await;
    drop(running);
    paper.add(20_000);
    let source = source(&server.bus().await, &paper).await;
    let begun = std::time::Instant::now();
    assert_eq!(follow(&source, 0, 20_100).await, paper.all());
    // Waiting for the stream each time would take 300 ms for each of 79 pages.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_owner_is_away_the_stream_is_enough() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(500);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(500).await;
    paper.go_away(true);
    let owner = Arc::clone(&paper) as Arc<dyn Owner>;
    let place = Place::new("intake", 0);
    let source = BusSource::open(server.bus().await, owner, place, None)
        .await
        .unwrap();
    assert_eq!(source.log(), paper.id, "the stream told");
    assert_eq!(source.size().await.unwrap(), 500);
    assert_eq!(follow(&source, 0, 500).await, paper.all());
    paper.add(500);
    assert_eq!(follow(&source, 500, 1_000).await, paper.all()[500..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_again_and_again_costs_a_follower_nothing() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(100);
    let running = Running::start(&server.bus().await, &paper);
    let source = Arc::new(source(&server.bus().await, &paper).await);
    let following = Arc::clone(&source);
    let all = tokio::spawn(async move { follow(&following, 0, 10_100).await });
    for round in 0..5 {
        // Half of the time there is only the stream.
        paper.go_away(round % 2 == 0);
        paper.add(1_000);
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.kill();
        paper.add(1_000);
        server.run();
    }
    running.acknowledged(10_100).await;
    assert_eq!(all.await.unwrap(), paper.all());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_in_the_stream_is_read_from_the_owner() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(1_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(1_000).await;
    let stream = server.admin().await.get_stream(STREAM).await.unwrap();
    stream.purge().sequence(301).await.unwrap();
    stream.delete_message(500).await.unwrap();
    stream.delete_message(501).await.unwrap();
    let source = source(&server.bus().await, &paper).await;
    assert_eq!(follow(&source, 0, 1_000).await, paper.all());
    let status = source.status();
    assert_eq!(
        (status.from_owner, status.from_stream),
        (302, 698),
        "{status:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_waited_for_and_never_passed_over() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(20);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(20).await;
    let stream = server.admin().await.get_stream(STREAM).await.unwrap();
    stream.delete_message(11).await.unwrap();
    paper.go_away(true);
    let source = source(&server.bus().await, &paper).await;
    follow(&source, 0, 10).await;
    let waiting = tokio::time::timeout(Duration::from_secs(1), source.next(10, 256)).await;
    assert!(waiting.is_err(), "{waiting:?}");
    paper.go_away(false);
    assert_eq!(follow(&source, 10, 20).await, paper.all()[10..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wiped_server_is_followed_from_where_the_follower_was() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(2_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(2_000).await;
    let source = source(&server.bus().await, &paper).await;
    follow(&source, 0, 1_500).await;
    server.kill();
    std::fs::remove_dir_all(server.store()).unwrap();
    server.run();
    paper.add(500);
    assert_eq!(follow(&source, 1_500, 2_500).await, paper.all()[1_500..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consumer_that_somebody_deletes_is_made_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(10);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(10).await;
    let source = source(&server.bus().await, &paper).await;
    follow(&source, 0, 10).await;
    paper.go_away(true);
    let stream = server.admin().await.get_stream(STREAM).await.unwrap();
    let mut names = stream.consumer_names();
    while let Some(name) = futures::StreamExt::next(&mut names).await {
        stream.delete_consumer(&name.unwrap()).await.unwrap();
    }
    paper.add(10);
    assert_eq!(follow(&source, 10, 20).await, paper.all()[10..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_slow_follower_is_bounded() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(20_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(20_000).await;
    let source = source(&server.bus().await, &paper).await;
    let stream = server.admin().await.get_stream(STREAM).await.unwrap();
    let mut next = 0;
    for round in 0..10 {
        next += source.next(next, 20).await.unwrap().len() as u64;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut consumers = stream.consumers();
        let info = futures::StreamExt::next(&mut consumers).await;
        let delivered = info.unwrap().unwrap().delivered.stream_sequence;
        assert!(
            delivered <= next + 1_024,
            "{delivered} are out, {next} consumed: {round}"
        );
    }
    assert!((20..=200).contains(&next), "{next}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_at_different_places_do_not_disturb_each_other() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(3_000);
    let running = Running::start(&server.bus().await, &paper);
    running.acknowledged(3_000).await;
    let source = source(&server.bus().await, &paper).await;
    let (one, other) = tokio::join!(follow(&source, 0, 3_000), follow(&source, 1_000, 3_000));
    assert_eq!((one, other), (paper.all(), paper.all()[1_000..].to_vec()));
    let consumers = source.status().consumers;
    assert_eq!(consumers, 2, "one each");
    // A single record is looked up, without a consumer of its own.
    let found = source.next(1_234, 1).await.unwrap();
    assert_eq!(found[0].bytes, paper.all()[1_234]);
    assert_eq!(source.status().consumers, consumers);
}

/// Given a log of which one follower has consumed a record and another eight, when its owner is away and its
/// stream is gone, then it is not taken for one that has lost seven.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_tells_of_has_at_least_what_was_consumed_of_it() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(8);
    paper.go_away(true);
    let known = Known {
        log: paper.id,
        size: 1,
    };
    let owner = Arc::clone(&paper) as Arc<dyn Owner>;
    let bus = server.bus().await;
    let opened = BusSource::open(bus, owner, Place::new("intake", 0), Some(known));
    let source = opened.await.unwrap();
    assert_eq!(source.size().await.unwrap(), 1);
    source.had(paper.id, 8);
    assert_eq!(source.size().await.unwrap(), 8);
    source.had(crate::paper::log_id("another"), 9);
    assert_eq!(source.size().await.unwrap(), 8);
    // Who owns it knows better.
    paper.cut(5);
    paper.go_away(false);
    assert_eq!(source.size().await.unwrap(), 5);
}
