//! Reactions to another log: each once, in order, with the position in the same write.

use std::sync::Arc;
use std::time::Duration;

use redress_envelope::{LogId, derived_uuid};
use redress_event_log::{Command, Consumed, Follower, Log, TransactError};
use redress_evidence::leaf_hash;
use redress_store::MemoryStore;

use crate::tally::{Home, Tally, add, added, all_bytes, command, config, grow, request, sealed};

const PLACE: &str = "other/0";

pub(crate) fn record(position: u64) -> Consumed {
    Consumed {
        source: PLACE.to_owned(),
        log: LogId(derived_uuid("log", &["the other"])),
        from: position,
        position,
        hash: leaf_hash(&position.to_be_bytes()),
    }
}

pub(crate) fn reaction(position: u64) -> Command {
    let mut command = command(1);
    command.consumed = Some(record(position));
    command
}

fn next(log: &Log) -> u64 {
    log.cursors().get(PLACE).map_or(0, |cursor| cursor.next)
}

#[tokio::test]
async fn a_record_is_consumed_once_and_its_position_is_as_durable_as_its_effect() {
    let home = Home::new();
    let log = home.open();
    add(&log, reaction(0), vec![added(1)]).await.unwrap();
    add(&log, reaction(1), vec![]).await.unwrap();
    log.advance(record(2)).await.unwrap();
    let log = home.restart(log).await;
    let cursor = log.cursors()[PLACE];
    assert_eq!((cursor.next, cursor.hash), (3, record(2).hash));
    for past in 0..3 {
        let again = add(&log, reaction(past), vec![added(1)]).await.unwrap_err();
        let said =
            matches!(again, TransactError::AlreadyConsumed { position, .. } if position == past);
        assert!(said, "{again}");
        log.advance(record(past)).await.unwrap();
    }
    assert_eq!((next(&log), log.head().size), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_waits_for_the_one_before() {
    let home = Home::new();
    let log = home.open();
    let later: Vec<_> = [3, 1, 2]
        .into_iter()
        .map(|position| {
            let log = log.clone();
            tokio::spawn(async move { add(&log, reaction(position), vec![added(position)]).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(later.iter().all(|task| !task.is_finished()));
    add(&log, command(2), vec![added(1)]).await.unwrap();
    add(&log, reaction(0), vec![added(10)]).await.unwrap();
    for task in later {
        task.await.unwrap().unwrap();
    }
    let records = log.read_stream(command(1).subject, u64::MAX).await.unwrap();
    let amounts: Vec<_> = records.iter().map(|record| record.data.get()).collect();
    assert_eq!(
        amounts,
        [
            r#"{"amount":10}"#,
            r#"{"amount":1}"#,
            r#"{"amount":2}"#,
            r#"{"amount":3}"#
        ]
    );
    assert_eq!(next(&log), 4);
}

#[tokio::test]
async fn a_refused_reaction_consumes_nothing() {
    let home = Home::new();
    let log = home.open();
    let refused = add(&log, reaction(0), vec![added(2_000_000_000)])
        .await
        .unwrap_err();
    assert!(matches!(refused, TransactError::Refused(_)));
    assert_eq!(next(&log), 0);
    add(&log, reaction(0), vec![added(1)]).await.unwrap();
    assert_eq!(next(&log), 1);
}

/// After a restore the effects stand and the positions are gone: those who wait must not wait for ever.
#[tokio::test]
async fn a_repeated_reaction_lets_the_next_one_through() {
    let home = Home::new();
    let log = home.open();
    add(&log, request(1, "reaction 0", "d"), vec![added(1)])
        .await
        .unwrap();
    let mut repeated = request(1, "reaction 0", "d");
    repeated.consumed = Some(record(0));
    assert!(add(&log, repeated, vec![added(1)]).await.unwrap().repeated);
    let following = add(&log, reaction(1), vec![added(1)]);
    tokio::time::timeout(Duration::from_secs(5), following)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((next(&log), log.head().size), (2, 2));
}

#[tokio::test]
async fn segments_hold_the_positions_that_their_records_account_for() {
    let home = Home::new();
    let log = home.open();
    for position in 0..10 {
        add(&log, reaction(position), vec![added(1)]).await.unwrap();
    }
    grow(&log, 245).await;
    // The command that lies across the end of the segment is not in it whole, nor what it consumed.
    add(&log, reaction(10), vec![added(1), added(1)])
        .await
        .unwrap();
    grow(&log, 20).await;
    sealed(&log, 256).await;
    log.close().await.unwrap();
    let bare = tempfile::tempdir().unwrap();
    let to = bare.path().join("log");
    std::fs::create_dir_all(to.join("segments")).unwrap();
    let from = home.path().join("log");
    std::fs::copy(from.join("identity.json"), to.join("identity.json")).unwrap();
    let name = "segments/00000000000000000000.seg";
    std::fs::copy(from.join(name), to.join(name)).unwrap();
    let store = Arc::new(MemoryStore::new());
    let log = Log::open_with(config(bare.path()), store, crate::tally::clock()).unwrap();
    assert_eq!((log.head().size, next(&log)), (256, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_is_interrupted_again_and_again_has_every_effect_once() {
    let (source_home, home) = (Home::new(), Home::new());
    let source = source_home.open();
    for amount in 0..120 {
        add(&source, command(amount % 7), vec![added(amount), added(1)])
            .await
            .unwrap();
        if amount == 60 {
            grow(&source, 300).await;
        }
    }
    let size = source.head().size;
    let mut random = fastrand::Rng::with_seed(11);
    let mut log = home.open();
    let mut interrupted = 0;
    while log
        .cursors()
        .get("intake/0")
        .is_none_or(|cursor| cursor.next < size)
    {
        let (owner, log_to_follow) = (log.clone(), source.clone());
        let following = tokio::spawn(async move {
            let follower = Follower::new(owner.clone(), Arc::new(log_to_follow));
            let react = move |record: redress_envelope::Record, consumed| {
                // Every third record has no effect, but the last is there to be waited for.
                if record.position % 3 == 1 && record.position + 1 != size {
                    return None;
                }
                let mut command = command(record.position % 5);
                command.consumed = Some(consumed);
                let owner = owner.clone();
                Some(async move {
                    let decide = move |_: &_, _| Ok::<_, String>(vec![added(record.position)]);
                    match owner.transact::<Tally, String>(command, decide).await {
                        Ok(_) | Err(TransactError::AlreadyConsumed { .. }) => Ok(()),
                        Err(error) => Err(error.to_string()),
                    }
                })
            };
            follower.run(react).await
        });
        tokio::time::sleep(Duration::from_micros(random.u64(100..8000))).await;
        assert!(!following.is_finished(), "{:?}", following.await);
        following.abort();
        let _aborted = following.await;
        interrupted += 1;
        assert!(
            interrupted < 5000,
            "it comes no further than {:?}",
            log.cursors()
        );
        log.close().await.unwrap();
        log = reopen(&home).await;
    }
    let expected: Vec<_> = (0..size)
        .filter(|at| at % 3 != 1 || at + 1 == size)
        .collect();
    let found: Vec<u64> = crate::tally::all_records(&log)
        .await
        .iter()
        .map(|record| {
            serde_json::from_str::<crate::tally::Added>(record.data.get())
                .unwrap()
                .amount
        })
        .collect();
    assert_eq!(
        found, expected,
        "in order and once, after {interrupted} interruptions"
    );
    assert_eq!(all_bytes(&log).await.len(), expected.len());
}

/// Commands that were under way when the follower was stopped may hold the log for a moment longer.
async fn reopen(home: &Home) -> Log {
    for _ in 0..1000 {
        let store = Arc::clone(&home.tail);
        match Log::open_with(home.config(), store, Arc::clone(&home.clock)) {
            Ok(log) => return log,
            Err(redress_event_log::OpenError::Lock(_)) => {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the log was never given back");
}
