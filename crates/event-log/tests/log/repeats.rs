//! A repeat answers as the first time.

use redress_event_log::{Command, Done, Log, TransactError};

use crate::basics::hold_writer;
use crate::tally::{Home, State, add, added, all_records, command, encoded, grow, request, sealed};

fn inbound(stream: u64, key: &str, digest: &str) -> Command {
    let mut command = command(stream);
    command.context.inbound_key = Some(key.to_owned());
    command.context.request_digest = Some(digest.to_owned());
    command
}

/// The answer of a repeat is that of the first time, and nothing was appended.
async fn check_repeat(log: &Log, first: &Done<State>, repeat: Command) {
    let size = log.head().size;
    let again = add(log, repeat, vec![added(99)]).await.unwrap();
    assert!(again.repeated);
    assert_eq!(encoded(&again.records), encoded(&first.records));
    assert_eq!((again.version, again.size), (first.version, first.size));
    assert_eq!(again.state, first.state);
    assert_eq!(log.head().size, size);
}

#[tokio::test]
async fn a_repeat_is_answered_as_the_first_time_for_ever() {
    let home = Home::new();
    let log = home.open();
    let asked = || request(1, "r-1", "d");
    let came = || inbound(1, "k-1", "d");
    let first = add(&log, asked(), vec![added(1), added(2)]).await.unwrap();
    let second = add(&log, came(), vec![added(4), added(5)]).await.unwrap();
    add(&log, command(1), vec![added(3)]).await.unwrap();
    check_repeat(&log, &first, asked()).await;
    check_repeat(&log, &second, came()).await;
    let log = home.restart(log).await;
    check_repeat(&log, &first, asked()).await;
    check_repeat(&log, &second, came()).await;
    grow(&log, 260).await;
    sealed(&log, 256).await;
    check_repeat(&log, &first, asked()).await;
    check_repeat(&log, &second, came()).await;
    let log = home.restart(log).await;
    check_repeat(&log, &first, asked()).await;
    check_repeat(&log, &second, came()).await;
    assert_eq!(
        encoded(&log.find_request("r-1").await.unwrap()),
        encoded(&first.records)
    );
    assert_eq!(
        encoded(&log.find_inbound("k-1").await.unwrap()),
        encoded(&second.records)
    );
    assert_eq!(
        log.find_request("k-1").await.unwrap().len(),
        0,
        "kinds of keys are apart"
    );
}

#[tokio::test]
async fn a_command_that_lies_across_two_segments_is_found_whole() {
    let home = Home::new();
    let log = home.open();
    grow(&log, 254).await;
    let asked = || request(1, "across", "d");
    let first = add(&log, asked(), vec![added(1), added(2), added(3), added(4)])
        .await
        .unwrap();
    let after = add(&log, request(1, "after", "d"), vec![added(5)])
        .await
        .unwrap();
    sealed(&log, 256).await;
    check_repeat(&log, &first, asked()).await;
    let log = home.restart(log).await;
    check_repeat(&log, &first, asked()).await;
    check_repeat(&log, &after, request(1, "after", "d")).await;
    grow(&log, 256).await;
    sealed(&log, 512).await;
    let log = home.restart(log).await;
    check_repeat(&log, &first, asked()).await;
    check_repeat(&log, &after, request(1, "after", "d")).await;
}

#[tokio::test]
async fn a_key_with_another_body_or_stream_is_refused() {
    let home = Home::new();
    let log = home.open();
    add(&log, request(1, "r", "d"), vec![added(1)])
        .await
        .unwrap();
    add(&log, inbound(1, "k", "d"), vec![added(1)])
        .await
        .unwrap();
    let log = home.restart(log).await;
    let reuses = [
        (request(1, "r", "other"), "request_id"),
        (request(2, "r", "d"), "request_id"),
        (inbound(1, "k", "other"), "inbound key"),
        (inbound(2, "k", "d"), "inbound key"),
    ];
    for (reuse, name) in reuses {
        let error = add(&log, reuse, vec![added(1)]).await.unwrap_err();
        assert!(
            matches!(error, TransactError::KeyReused { key } if key == name),
            "{error}"
        );
    }
    assert_eq!(log.head().size, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_same_request_many_times_in_one_group_one_is_recorded() {
    let home = Home::new();
    let log = home.open();
    let (release, held) = hold_writer(&log).await;
    let same: Vec<_> = (0..10)
        .map(|_| {
            let log = log.clone();
            tokio::spawn(async move { add(&log, request(1, "r", "d"), vec![added(1)]).await })
        })
        .collect();
    // Long enough for them to stand in the queue; the outcome is the same if they do not.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    drop(release);
    held.await.unwrap().unwrap();
    let mut fresh = 0;
    let mut answers = Vec::new();
    for task in same {
        let done = task.await.unwrap().unwrap();
        fresh += u32::from(!done.repeated);
        answers.push(encoded(&done.records));
    }
    assert_eq!(fresh, 1);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(all_records(&log).await.len(), 1);
}

#[tokio::test]
async fn a_request_that_changed_nothing_is_decided_again() {
    let home = Home::new();
    let log = home.open();
    let nothing = add(&log, request(1, "r", "d"), vec![]).await.unwrap();
    assert!(nothing.records.is_empty());
    let done = add(&log, request(1, "r", "d"), vec![added(1)])
        .await
        .unwrap();
    assert_eq!((done.repeated, done.records.len()), (false, 1));
}
