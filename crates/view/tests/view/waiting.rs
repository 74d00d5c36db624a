//! Consistency tokens.

use std::time::Duration;

use redress_envelope::Token;
use redress_view::WaitError;
use tempfile::tempdir;

use crate::toy::{ADDED, LONG, Sums, append, caught_up, fill, log_id, open_log};

#[tokio::test]
async fn a_client_reads_its_own_write() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    for amount in 0..50 {
        let size = append(&log, "own", &[(ADDED, amount)], None).await;
        view.wait_for(&log.token(size), LONG).await.unwrap();
        let sum: Option<u64> = view
            .read(|rows| {
                assert_eq!(
                    rows.token(),
                    &log.token(size),
                    "exactly one writer, so no more either"
                );
                rows.get_json(b"sum/intake/note/own")
            })
            .unwrap()
            .unwrap();
        assert_eq!(sum, Some(amount * (amount + 1) / 2));
    }
}

#[tokio::test]
async fn rows_read_together_are_of_the_moment_of_their_token() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let writer = {
        let log = log.clone();
        tokio::spawn(async move { fill(&log, 2_000).await })
    };
    let mut moments = 0;
    while !writer.is_finished() {
        let (count, rows) = view
            .query::<_, redress_view::ReadError>(|rows| {
                let included = rows
                    .token()
                    .iter()
                    .map(|(_, _, _, count)| count)
                    .sum::<u64>();
                Ok((
                    included,
                    rows.page(b"at/", None, usize::MAX - 1)?.rows.len(),
                ))
            })
            .await
            .unwrap();
        assert_eq!(count, rows as u64);
        moments += 1;
    }
    assert!(moments > 0);
    writer.await.unwrap();
}

#[tokio::test]
async fn a_token_of_what_is_not_there_times_out() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    fill(&log, 5).await;
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let waited = view
        .wait_for(&log.token(6), Duration::from_millis(30))
        .await;
    assert_eq!(
        waited,
        Err(WaitError::Timeout {
            reached: log.token(5)
        })
    );
    let late = view.clone();
    let token = log.token(6);
    let waiting = tokio::spawn(async move { late.wait_for(&token, LONG).await });
    fill(&log, 1).await;
    assert_eq!(waiting.await.unwrap(), Ok(()));
}

#[tokio::test]
async fn tokens_of_other_logs_and_other_lives_are_refused() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let mut other = Token::new();
    other.include("workflow", 0, log_id("workflow"), 0);
    let unknown = WaitError::UnknownLog {
        place: "workflow/0".to_owned(),
    };
    assert_eq!(view.wait_for(&other, LONG).await, Err(unknown));
    assert_eq!(view.wait_for(&view.part_of(&other), LONG).await, Ok(()));
    let mut before = Token::new();
    before.include("intake", 0, log_id("an earlier life"), 0);
    let life = WaitError::OtherLife {
        place: "intake/0".to_owned(),
    };
    assert_eq!(view.wait_for(&before, LONG).await, Err(life));
}

#[tokio::test]
async fn watchers_are_told_of_each_change() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "intake", log_id("intake"));
    let view = caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
    let mut changes = view.watch_changes();
    changes.borrow_and_update();
    fill(&log, 1).await;
    tokio::time::timeout(LONG, changes.changed())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(*changes.borrow(), log.token(1));
}
