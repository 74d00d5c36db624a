//! A log that may not be written for now.

use std::time::Duration;

use redress_event_log::TransactError;

use crate::consuming::reaction;
use crate::tally::{Home, add, added, command, request};

#[tokio::test(flavor = "multi_thread")]
async fn a_held_log_refuses_commands_and_lets_reactions_wait() {
    let home = Home::new();
    let log = home.open();
    add(&log, request(1, "first", "digest"), vec![added(1)])
        .await
        .unwrap();
    log.hold(Some("its tail is missing".to_owned()));
    let refused = add(&log, command(2), vec![added(1)]).await.unwrap_err();
    let said = matches!(&refused, TransactError::Held(why) if why == "its tail is missing");
    assert!(said, "{refused}");
    // What was recorded before is told as it was.
    let repeated = add(&log, request(1, "first", "digest"), vec![added(1)]).await;
    assert!(repeated.unwrap().repeated);
    let waiting = {
        let log = log.clone();
        tokio::spawn(async move { add(&log, reaction(0), vec![added(2)]).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished());
    assert_eq!(log.head().size, 1);
    log.hold(None);
    waiting.await.unwrap().unwrap();
    add(&log, command(2), vec![added(1)]).await.unwrap();
    assert_eq!(log.head().size, 3);
}
