//! A followed log whose end is declared lost: its stream, and those who follow it.

use std::sync::Arc;

use redress_event_bus::{Bus, BusSource, Owner, Place, RelayState, SourceFault, StreamError};
use redress_event_log::Source;

use crate::disagreeing::{consume, fault, follower_log};
use crate::following::{follow, source};
use crate::paper::{Paper, Running, log_id};
use crate::server::Server;

fn place() -> Place {
    Place::new("intake", 0)
}

/// As the operator's command does once the loss is declared.
async fn remove_stream(bus: &Bus) {
    let span = bus.event_span(&place()).await.unwrap().unwrap();
    bus.remove_event_stream(&place(), &span).await.unwrap();
    assert_eq!(bus.event_span(&place()).await.unwrap(), None);
}

async fn open(bus: &Bus, paper: &Arc<Paper>) -> BusSource {
    let owner = Arc::clone(paper) as Arc<dyn Owner>;
    let opened = BusSource::open(bus.clone(), owner, place(), None).await;
    opened.unwrap()
}

/// Given that no more was handed on than was kept, then whoever reads goes on and notices nothing; and
/// whoever begins learns all lives, from the stream where the owner is away.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_goes_on_in_the_next_life() {
    let Some(server) = Server::start() else {
        return;
    };
    for handed_on in [60, 80] {
        let (paper, bus) = (Paper::of(handed_on), server.bus().await);
        let running = Running::start(&bus, &paper);
        let source = source(&bus, &paper).await;
        let mut all = follow(&source, 0, handed_on).await;
        paper.add(100 - handed_on);
        running.acknowledged(100).await;
        drop(running);
        paper.declare_lost(80, "two");
        remove_stream(&bus).await;
        let running = Running::start(&bus, &paper);
        running.acknowledged(100).await;
        paper.add(20);
        all.extend(follow(&source, handed_on, 120).await);
        assert!(all == paper.all(), "{handed_on}");
        assert_eq!(
            (source.log(), source.lives()),
            (log_id("two"), paper.lives())
        );
        running.acknowledged(120).await;
        paper.go_away(true);
        let fresh = open(&bus, &paper).await;
        assert_eq!(fresh.lives(), paper.lives());
        assert!(follow(&fresh, 0, 120).await == paper.all(), "{handed_on}");
        drop(running);
        remove_stream(&bus).await;
    }
}

/// Given that more was handed on, then that is a named error, and a follower goes back to what was kept.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_read_what_is_lost_goes_back_to_what_was_kept() {
    let Some(server) = Server::start() else {
        return;
    };
    let (paper, bus) = (Paper::of(100), server.bus().await);
    let running = Running::start(&bus, &paper);
    running.acknowledged(100).await;
    let read = source(&bus, &paper).await;
    follow(&read, 0, 100).await;
    let (folder, store) = (tempfile::tempdir().unwrap(), Arc::default());
    let log = follower_log(&folder, &store);
    let followed = Arc::new(source(&bus, &paper).await);
    let following = consume(&log, followed, 130);
    let declaring = async {
        while log
            .cursors()
            .get("intake/0")
            .is_none_or(|cursor| cursor.next < 100)
        {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        drop(running);
        paper.declare_lost(80, "two");
        remove_stream(&bus).await;
        paper.add(30);
        Running::start(&bus, &paper)
    };
    // It follows on as if nothing had happened.
    let (ended, running) = tokio::join!(following, declaring);
    assert!(ended.is_none(), "{ended:?}");
    running.acknowledged(130).await;
    let cursor = log.cursors()["intake/0"];
    assert_eq!((cursor.log, cursor.next), (log_id("two"), 130));
    let expected = SourceFault::DeclaredLost {
        place: "intake/0".to_owned(),
        found: log_id("two"),
        kept: 80,
        consumed: 100,
    };
    assert_eq!(fault(read.next(100, 10).await.unwrap_err()), expected);
    assert!(follow(&read, 80, 130).await == paper.all()[80..]);
}

/// Given a stream of a later life, then its log was restored from before that, and takes no commands; and a
/// stream of an earlier life is nobody's to write to.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_another_life_is_told_from_anothers() {
    let Some(server) = Server::start() else {
        return;
    };
    let (paper, bus) = (Paper::of(100), server.bus().await);
    let (before, after) = (Paper::of(100), Paper::of(100));
    after.declare_lost(80, "two");
    paper.declare_lost(80, "two");
    let running = Running::start(&bus, &paper);
    running.acknowledged(100).await;
    drop(running);
    let older = Running::start(&bus, &before);
    let ahead = older.state(RelayState::is_fault).await;
    assert!(ahead.refuses_commands().is_some(), "{ahead}");
    drop(older);
    after.declare_lost(90, "three");
    let later = Running::start(&bus, &after);
    let other = later.state(RelayState::is_fault).await;
    let is_other = matches!(other, RelayState::Stream(StreamError::OtherLog { .. }));
    assert!(is_other, "{other}");
    assert_eq!(other.refuses_commands(), None);
    // Nobody removes what has changed since it was looked at.
    let mut span = bus.event_span(&place()).await.unwrap().unwrap();
    span.last -= 1;
    let refused = bus.remove_event_stream(&place(), &span).await.unwrap_err();
    assert!(refused.to_string().contains("has changed"), "{refused}");
    remove_stream(&bus).await;
    later.acknowledged(100).await;
}
