//! Streams and owners that say something else than before.

use std::sync::Arc;

use redress_event_bus::{BusSource, Known, Owner, Place, RelayState, SourceFault};
use redress_event_log::{
    CountingClock, FollowError, Follower, Log, LogConfig, Source, SourceError,
};
use redress_store::MemoryStore;

use crate::following::{follow, source};
use crate::paper::{Paper, Running, log_id, record};
use crate::relaying::STREAM;
use crate::server::Server;

pub(crate) fn fault(error: SourceError) -> SourceFault {
    match error {
        SourceError::Remote(fault) => *fault.downcast().unwrap(),
        SourceError::Read(_) | SourceError::Ended(_) => panic!("{error}"),
    }
}

/// A log of somebody who follows, kept in memory.
pub(crate) fn follower_log(folder: &tempfile::TempDir, store: &Arc<MemoryStore>) -> Log {
    let config = LogConfig {
        folder: folder.path().join("log"),
        tenant: "acme".to_owned(),
        service: "workflow".to_owned(),
        partition: 0,
        new_log_id: log_id("the follower's"),
        segment_records: 256,
        queue: 64,
        state_cache_bytes: 1 << 20,
    };
    let clock = CountingClock::from("2026-01-01T00:00:00Z".parse().unwrap());
    Log::open_with(config, Arc::clone(store) as _, Arc::new(clock)).unwrap()
}

/// Consumes everything, until something is wrong or so many were consumed.
pub(crate) async fn consume(log: &Log, source: Arc<BusSource>, until: u64) -> Option<FollowError> {
    let follower = Follower::new(log.clone(), source);
    let mut consumed = follower.consumed();
    let appending = log.clone();
    let run = follower.run(move |_record, consumed| {
        let log = appending.clone();
        Some(async move {
            log.advance(consumed)
                .await
                .map_err(|error| error.to_string())
        })
    });
    tokio::select! {
        ended = run => ended.err(),
        _ = consumed.reaches(until) => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_is_shown_a_changed_record_at_its_position_stops() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(100);
    let bus = server.bus().await;
    let running = Running::start(&bus, &paper);
    running.acknowledged(100).await;
    let (folder, store) = (tempfile::tempdir().unwrap(), Arc::default());
    let log = follower_log(&folder, &store);
    let before = Arc::new(source(&bus, &paper).await);
    assert!(consume(&log, Arc::clone(&before), 100).await.is_none());
    assert_eq!(log.cursors()["intake/0"].next, 100);
    // It goes on where it was, as long as all is as it was.
    paper.add(10);
    assert!(consume(&log, before, 110).await.is_none());
    drop(running);
    server.admin().await.delete_stream(STREAM).await.unwrap();
    paper.change(109);
    let running = Running::start(&bus, &paper);
    running.acknowledged(110).await;
    let after = Arc::new(source(&bus, &paper).await);
    let error = consume(&log, after, u64::MAX).await.unwrap();
    assert!(
        matches!(&error, FollowError::OtherRecord { place, position: 110 } if place == "intake/0"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_changed_while_it_was_followed_is_a_named_error() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(100);
    let bus = server.bus().await;
    let running = Running::start(&bus, &paper);
    running.acknowledged(100).await;
    let source = source(&bus, &paper).await;
    follow(&source, 0, 100).await;
    drop(running);
    server.kill();
    std::fs::remove_dir_all(server.store()).unwrap();
    server.run();
    bus.connected().await;
    paper.change(99);
    paper.add(10);
    let _running = Running::start(&bus, &paper);
    let said = loop {
        match source.next(100, 10).await {
            Err(error) => break fault(error),
            // The owner's answer came before the stream was there: nothing tells yet.
            Ok(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    };
    let expected = SourceFault::OtherRecord {
        place: "intake/0".to_owned(),
        position: 99,
    };
    assert_eq!(said, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_another_history_is_left_for_the_owner() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let paper = Paper::of(100);
    let bus = server.bus().await;
    let running = Running::start(&bus, &paper);
    running.acknowledged(100).await;
    let source = source(&bus, &paper).await;
    follow(&source, 0, 100).await;
    drop(running);
    // Another server takes its place, with a stream in which some records are others.
    server.kill();
    std::fs::remove_dir_all(server.store()).unwrap();
    server.run();
    bus.connected().await;
    let forged = Paper::of(100);
    forged.add(50);
    forged.change(99);
    forged.change(149);
    Running::start(&bus, &forged).acknowledged(150).await;
    paper.add(200);
    let running = Running::start(&bus, &paper);
    assert_eq!(follow(&source, 100, 300).await, paper.all()[100..]);
    let hiccup = source.status().hiccup.unwrap();
    assert!(hiccup.contains("another record"), "{hiccup}");
    let state = running.state(RelayState::is_fault).await;
    assert!(
        matches!(state, RelayState::StreamDisagrees { position: 149, .. }),
        "{state}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_not_the_next_record_is_read_from_the_owner() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(50);
    let bus = server.bus().await;
    let running = Running::start(&bus, &paper);
    running.acknowledged(50).await;
    drop(running);
    let admin = server.admin().await;
    let subject = "redress.v1.acme.event.intake.0.tally.added";
    for stray in [
        record(paper.id, 7, "another position"),
        record(log_id("another"), 51, "another log"),
        "no record".into(),
    ] {
        admin.publish(subject, stray).await.unwrap().await.unwrap();
    }
    paper.add(50);
    let source = source(&bus, &paper).await;
    assert_eq!(follow(&source, 0, 100).await, paper.all());
    assert!(source.status().from_owner >= 3, "{:?}", source.status());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_life_of_the_log_is_a_named_error() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(10);
    let bus = server.bus().await;
    let restored = Paper::named("after the loss", 20);
    let known = Known {
        log: paper.id,
        size: 10,
    };
    let owner = Arc::clone(&restored) as Arc<dyn Owner>;
    let opened = BusSource::open(bus.clone(), owner, Place::new("intake", 0), Some(known));
    let source = opened.await.unwrap();
    let expected = SourceFault::OtherLog {
        place: "intake/0".to_owned(),
        followed: paper.id,
        found: restored.id,
    };
    assert_eq!(fault(source.next(10, 10).await.unwrap_err()), expected);
    assert_eq!(fault(source.size().await.unwrap_err()), expected);
    // A follower that begins with what the owner says of itself notices it as in one process.
    let (folder, store) = (tempfile::tempdir().unwrap(), Arc::default());
    let log = follower_log(&folder, &store);
    let running = Running::start(&bus, &paper);
    running.acknowledged(10).await;
    let first = Arc::new(crate::following::source(&bus, &paper).await);
    assert!(consume(&log, first, 10).await.is_none());
    let owner = Arc::clone(&restored) as Arc<dyn Owner>;
    let opened = BusSource::open(bus, owner, Place::new("intake", 0), None).await;
    let error = consume(&log, Arc::new(opened.unwrap()), u64::MAX).await;
    assert!(
        matches!(error, Some(FollowError::OtherLog { .. })),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_shorter_than_what_was_consumed_is_a_named_error() {
    let Some(server) = Server::start() else {
        return;
    };
    let paper = Paper::of(100);
    let bus = server.bus().await;
    let source = source(&bus, &paper).await;
    follow(&source, 0, 100).await;
    paper.cut(60);
    let expected = SourceFault::Behind {
        place: "intake/0".to_owned(),
        size: 60,
        consumed: 100,
    };
    assert_eq!(fault(source.next(100, 10).await.unwrap_err()), expected);
    assert_eq!(
        source.size().await.unwrap(),
        60,
        "and the follower says so too"
    );
}
