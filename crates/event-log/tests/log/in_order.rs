//! Commands that are given together stand in the log in their order.

use redress_event_log::{Done, TransactError};

use crate::tally::{
    Home, State, Tally, TooMuch, added, all_bytes, command, encoded, grow, request, sealed,
};

type Outcome = Result<Done<State>, TransactError<TooMuch>>;

/// Each of these streams gets its number; 13 is too much.
async fn add_all(log: &redress_event_log::Log, streams: &[u64]) -> Vec<Outcome> {
    let commands = streams.iter().map(|stream| {
        let command = request(*stream, &format!("r-{stream}"), "d");
        let amount = *stream;
        let decide = move |_: &State, _| {
            if amount == 13 {
                Err(TooMuch)
            } else {
                Ok(vec![added(amount)])
            }
        };
        (command, decide)
    });
    log.transact_in_order::<Tally, TooMuch, _>(commands.collect())
        .await
}

#[tokio::test]
async fn commands_stand_in_the_log_as_they_were_given() {
    let home = Home::new();
    let log = home.open();
    // More than the queue has room for.
    let streams: Vec<u64> = (100..400).rev().collect();
    for (index, done) in add_all(&log, &streams).await.into_iter().enumerate() {
        let done = done.unwrap();
        assert_eq!(done.records[0].position, index as u64);
        assert_eq!(done.state.sum, streams[index]);
    }
    let other = Home::new();
    let again = other.open();
    add_all(&again, &streams).await;
    assert_eq!(all_bytes(&again).await, all_bytes(&log).await);
}

#[tokio::test]
async fn what_has_to_be_read_from_the_disk_keeps_its_place() {
    let home = Home::new();
    let log = home.open();
    let known: Vec<u64> = (1..=5).collect();
    let first = add_all(&log, &known).await;
    grow(&log, 300).await;
    sealed(&log, 256).await;
    let log = home.restart(log).await;
    let size = log.head().size;
    // 3 is a repeat, 999 a stream of which a part is in a segment, 13 is refused, 50 comes twice.
    let done = add_all(&log, &[40, 3, 999, 13, 50, 50, 41]).await;
    let position = |index: usize| done[index].as_ref().unwrap().records[0].position;
    assert_eq!(
        [position(0), position(2), position(4), position(6)],
        [size, size + 1, size + 2, size + 3]
    );
    let records = |outcome: &Outcome| encoded(&outcome.as_ref().unwrap().records);
    assert_eq!(records(&done[1]), records(&first[2]));
    assert!(matches!(done[3], Err(TransactError::Refused(TooMuch))));
    assert!(done[5].as_ref().unwrap().repeated);
    assert_eq!(records(&done[5]), records(&done[4]));
    assert_eq!(log.head().size, size + 4);
    assert_eq!(
        log.load::<Tally>(command(999).subject, size + 4)
            .await
            .unwrap()
            .0
            .sum,
        300 + 999
    );
}
