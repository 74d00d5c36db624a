//! Reading, waiting, and the proofs of what was read.

use std::sync::Arc;
use std::time::Duration;

use redress_event_log::{Source, SourceError};
use redress_store::{Fault, FaultPlan, FaultyStore};

use crate::tally::{
    Home, Tally, add, added, all_bytes, all_records, command, grow, root_of, sealed, subject,
};

#[tokio::test]
async fn a_read_keeps_to_its_limits_and_crosses_from_segments_into_the_tail() {
    let home = Home::new();
    let log = home.open();
    grow(&log, 600).await;
    sealed(&log, 512).await;
    let all = all_bytes(&log).await;
    assert_eq!(all.len(), 600);
    for (from, most) in [(0, 1), (250, 20), (500, 30), (511, 2), (599, 10)] {
        let read = log.read(from, most, usize::MAX).await.unwrap();
        let expected: Vec<_> = all.iter().skip(from as usize).take(most).cloned().collect();
        let bytes: Vec<_> = read.iter().map(|stored| stored.bytes.to_vec()).collect();
        assert_eq!(bytes, expected, "{most} from {from}");
    }
    let one = all[0].len();
    assert_eq!(
        log.read(0, 100, 1).await.unwrap().len(),
        1,
        "one is always there"
    );
    assert_eq!(log.read(0, 100, one + 1).await.unwrap().len(), 1);
    assert_eq!(log.read(0, 100, one * 3 + 20).await.unwrap().len(), 3);
    assert_eq!(log.read(600, 100, 1).await.unwrap(), vec![]);
    assert_eq!(log.read(u64::MAX, 100, 1).await.unwrap(), vec![]);
    assert_eq!(log.read(0, 0, 1000).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_stream_reads_as_it_was_at_any_size() {
    let home = Home::new();
    let log = home.open();
    for round in 0..200 {
        add(&log, command(round % 3), vec![added(round), added(1)])
            .await
            .unwrap();
    }
    sealed(&log, 256).await;
    let log = home.restart(log).await;
    let all = all_records(&log).await;
    for before in [0, 1, 2, 255, 256, 257, 399, 400, 5000] {
        for stream in 0..4 {
            let read = log.read_stream(subject(stream), before).await.unwrap();
            let positions: Vec<_> = read.iter().map(|record| record.position).collect();
            let expected: Vec<_> = all
                .iter()
                .filter(|record| record.subject == subject(stream) && record.position < before)
                .map(|record| record.position)
                .collect();
            assert_eq!(positions, expected);
            let (state, version) = log.load::<Tally>(subject(stream), before).await.unwrap();
            assert_eq!((state.events, version), (version, expected.len() as u64));
        }
    }
}

#[tokio::test]
async fn the_size_at_a_time_counts_what_was_recorded_until_then() {
    let home = Home::new();
    let log = home.open();
    grow(&log, 530).await;
    sealed(&log, 512).await;
    let records = all_records(&log).await;
    let microsecond = jiff::SignedDuration::from_micros(1);
    for at in [0, 49, 50, 255, 256, 300, 511, 512, 529] {
        let time = records[at].time;
        let expected = records.iter().filter(|record| record.time <= time).count() as u64;
        assert_eq!(log.size_at(time).await.unwrap(), expected);
        let before = records.iter().filter(|record| record.time < time).count() as u64;
        assert_eq!(log.size_at(time - microsecond).await.unwrap(), before);
    }
    assert_eq!(log.size_at(jiff::Timestamp::MAX).await.unwrap(), 530);
    assert_eq!(log.size_at(jiff::Timestamp::MIN).await.unwrap(), 0);
}

#[tokio::test]
async fn the_root_at_any_size_is_that_of_the_records_before() {
    let home = Home::new();
    let log = home.open();
    assert_eq!(log.head().root, root_of(&[]));
    for _ in 0..90 {
        add(&log, command(1), vec![added(1), added(2), added(3)])
            .await
            .unwrap();
        assert_eq!(log.root_at(log.head().size).await.unwrap(), log.head().root);
    }
    add(&log, command(1), vec![added(1); 150]).await.unwrap();
    add(&log, command(2), vec![added(1); 150]).await.unwrap();
    sealed(&log, 512).await;
    let log = home.restart(log).await;
    let all = all_bytes(&log).await;
    for size in [0, 1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 569, 570] {
        assert_eq!(
            log.root_at(size).await.unwrap(),
            root_of(&all[..size as usize]),
            "{size}"
        );
    }
    assert_eq!(log.head().root, root_of(&all));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_waits_for_the_next_record_and_is_told_of_the_end() {
    let home = Home::new();
    let faulty = FaultyStore::new(
        Arc::clone(&home.tail),
        FaultPlan::nth(3, Fault::NotPersisted),
    );
    let log = home.open_on(Arc::new(faulty));
    let waiting = |from| {
        let log = log.clone();
        tokio::spawn(async move { Source::next(&log, from, 10).await })
    };
    let first = waiting(0);
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert!(!first.is_finished());
    add(&log, command(1), vec![added(1), added(2)])
        .await
        .unwrap();
    assert_eq!(first.await.unwrap().unwrap().len(), 2);
    let later = waiting(2);
    add(&log, command(1), vec![added(3)]).await.unwrap();
    assert_eq!(later.await.unwrap().unwrap()[0].position, 2);
    assert_eq!(Source::size(&log).await.unwrap(), 3);
    let never = waiting(3);
    add(&log, command(1), vec![added(4)]).await.unwrap_err();
    let ended = never.await.unwrap().unwrap_err();
    assert!(matches!(ended, SourceError::Ended(_)), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_every_record_while_it_moves_from_the_tail_into_segments() {
    let home = Home::new();
    let log = home.open();
    let mut random = fastrand::Rng::with_seed(4);
    let reader = {
        let log = log.clone();
        tokio::spawn(async move {
            let (mut next, mut rounds) = (0, 0);
            while next < 2400 {
                let batch = Source::next(&log, next, 7).await.unwrap();
                next = batch.last().unwrap().position + 1;
                // What has just been sealed is looked at again, from the index on.
                let of_stream = log.read_stream(subject(next % 3), next).await.unwrap();
                assert!(
                    of_stream
                        .windows(2)
                        .all(|pair| pair[0].version + 1 == pair[1].version)
                );
                rounds += 1;
            }
            rounds
        })
    };
    for round in 0..800 {
        let bytes = random.usize(0..6000);
        let noise = crate::tally::noise(&mut random, bytes);
        let large = crate::tally::Added { amount: 1, noise };
        add(&log, command(round % 3), vec![added(1), large, added(2)])
            .await
            .unwrap();
    }
    assert!(reader.await.unwrap() > 100);
    sealed(&log, 2304).await;
    assert_eq!(log.head().root, root_of(&all_bytes(&log).await));
}
