//! One command on one stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use jiff::Timestamp;
use redress_envelope::{Actor, LogId, derived_uuid};
use redress_event_log::{Clock, Log, OpenError, TransactError};

use crate::tally::{
    Added, Home, Outcome, State, Tally, TooMuch, add, added, all_records, command, encoded, noise,
};

#[tokio::test]
async fn events_are_appended_folded_and_answered() {
    let home = Home::new();
    let log = home.open();
    let first = add(&log, command(1), vec![added(2), added(3)])
        .await
        .unwrap();
    let second = add(&log, command(1), vec![added(10)]).await.unwrap();
    let other = add(&log, command(2), vec![added(7)]).await.unwrap();
    assert_eq!(*first.state, State { events: 2, sum: 5 });
    assert_eq!(*second.state, State { events: 3, sum: 15 });
    assert_eq!(
        (second.version, second.size, second.repeated),
        (3, 3, false)
    );
    assert_eq!(*other.state, State { events: 1, sum: 7 });
    let records = all_records(&log).await;
    let places: Vec<_> = records
        .iter()
        .map(|r| {
            (
                r.subject.id().to_owned(),
                r.position,
                r.version,
                r.command_end,
            )
        })
        .collect();
    let expected = [
        ("1", 0, 0, false),
        ("1", 1, 1, true),
        ("1", 2, 2, true),
        ("2", 3, 0, true),
    ];
    assert_eq!(
        places,
        expected.map(|(id, p, v, end)| (id.to_owned(), p, v, end))
    );
    assert_eq!(encoded(&first.records), encoded(&records[..2]));
    assert_eq!(log.head().size, 4);
}

#[tokio::test]
async fn a_decision_sees_where_its_events_will_stand() {
    let home = Home::new();
    let log = home.open();
    add(&log, command(1), vec![added(1), added(1)])
        .await
        .unwrap();
    let decide = |state: &State, moment: redress_event_log::Moment| {
        assert_eq!((state.events, moment.position, moment.version), (0, 2, 0));
        Ok::<_, TooMuch>(vec![added(moment.time.as_second().cast_unsigned() / 1000)])
    };
    let done = log
        .transact::<Tally, TooMuch>(command(2), decide)
        .await
        .unwrap();
    let expected = done.records[0].time.as_second().cast_unsigned() / 1000;
    assert_eq!(done.state.sum, expected);
}

#[tokio::test]
async fn a_command_that_expects_another_version_is_stale_and_appends_nothing() {
    let home = Home::new();
    let log = home.open();
    add(&log, command(1), vec![added(1)]).await.unwrap();
    let expecting = |version| {
        let mut command = command(1);
        command.expected_version = Some(version);
        command
    };
    for wrong in [0, 2] {
        let stale = add(&log, expecting(wrong), vec![added(1)])
            .await
            .unwrap_err();
        let is_stale =
            matches!(stale, TransactError::Stale { expected, actual: 1 } if expected == wrong);
        assert!(is_stale, "{stale}");
    }
    assert_eq!(log.head().size, 1);
    assert_eq!(
        add(&log, expecting(1), vec![added(1)])
            .await
            .unwrap()
            .version,
        2
    );
}

#[tokio::test]
async fn a_refusal_and_a_command_that_is_already_true_append_nothing() {
    let home = Home::new();
    let log = home.open();
    add(&log, command(1), vec![added(5)]).await.unwrap();
    let refused = add(&log, command(1), vec![added(2_000_000_000)])
        .await
        .unwrap_err();
    assert!(
        matches!(refused, TransactError::Refused(TooMuch)),
        "{refused}"
    );
    let nothing = add(&log, command(1), vec![]).await.unwrap();
    assert_eq!(*nothing.state, State { events: 1, sum: 5 });
    assert_eq!(
        (nothing.version, nothing.records.len(), nothing.size),
        (1, 0, 1)
    );
    assert_eq!(log.head().size, 1);
}

fn large(bytes: usize) -> Added {
    let noise = noise(&mut fastrand::Rng::with_seed(1), bytes);
    Added { amount: 1, noise }
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_the_largest_is_kept() {
    let home = Home::new();
    let log = home.open();
    let one = add(&log, command(1), vec![large(66_000)])
        .await
        .unwrap_err();
    assert!(matches!(one, TransactError::TooLarge(_)), "{one}");
    let together = vec![large(40_000), large(40_000), large(40_000)];
    let three = add(&log, command(1), together).await.unwrap_err();
    assert!(matches!(three, TransactError::TooLarge(_)), "{three}");
    add(&log, command(1), vec![large(64_000), large(40_000)])
        .await
        .unwrap();
    let log = home.restart(log).await;
    let records = all_records(&log).await;
    assert_eq!(records.len(), 2);
    assert!(records[0].data.get().len() > 64_000);
}

#[tokio::test]
async fn a_record_that_could_not_be_read_back_is_not_written() {
    let home = Home::new();
    let log = home.open();
    let mut unreadable = command(1);
    unreadable.context.actor = Actor::User("a name with spaces".to_owned());
    let refused = add(&log, unreadable, vec![added(1)]).await.unwrap_err();
    assert!(matches!(refused, TransactError::Unwritable(_)), "{refused}");
    add(&log, command(1), vec![added(1)]).await.unwrap();
    assert_eq!(home.restart(log).await.head().size, 1);
}

#[tokio::test]
async fn a_panic_costs_that_decision_and_nothing_else() {
    let home = Home::new();
    let log = home.open();
    add(&log, command(1), vec![added(1)]).await.unwrap();
    let decide = |_: &State, _| -> Result<Vec<Added>, TooMuch> { panic!("of a decision") };
    let panicked = log
        .transact::<Tally, TooMuch>(command(1), decide)
        .await
        .unwrap_err();
    let said = matches!(&panicked, TransactError::Panicked(why) if why == "of a decision");
    assert!(said, "{panicked}");
    assert_eq!(
        add(&log, command(1), vec![added(1)]).await.unwrap().version,
        2
    );
}

/// Keeps the writer busy until the returned sender is used or dropped.
pub(crate) async fn hold_writer(
    log: &Log,
) -> (
    std::sync::mpsc::SyncSender<()>,
    tokio::task::JoinHandle<Outcome>,
) {
    let (release, released) = sync_channel::<()>(1);
    let (decides, deciding) = sync_channel::<()>(1);
    let log = log.clone();
    let held = tokio::spawn(async move {
        let decide = move |_: &State, _| {
            decides.send(()).unwrap();
            let _released_or_gone = released.recv();
            Ok(vec![])
        };
        log.transact::<Tally, TooMuch>(command(77), decide).await
    });
    tokio::task::spawn_blocking(move || deciding.recv())
        .await
        .unwrap()
        .unwrap();
    (release, held)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_answers_busy_and_whoever_waits_is_served() {
    let home = Home::new();
    let mut config = home.config();
    config.queue = 3;
    let store = Arc::clone(&home.tail);
    let log = Log::open_with(config, store, Arc::clone(&home.clock)).unwrap();
    let (release, held) = hold_writer(&log).await;
    let busy = Arc::new(AtomicUsize::new(0));
    let waiting: Vec<_> = (0..8)
        .map(|_| {
            let (log, busy) = (log.clone(), Arc::clone(&busy));
            tokio::spawn(async move {
                match add(&log, command(1), vec![added(1)]).await {
                    Ok(_) => 1,
                    Err(TransactError::Busy { waiting }) => {
                        busy.fetch_add(1, Ordering::Relaxed);
                        assert_eq!(waiting, 3);
                        0
                    }
                    Err(other) => panic!("{other}"),
                }
            })
        })
        .collect();
    while busy.load(Ordering::Relaxed) < 5 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(release);
    held.await.unwrap().unwrap();
    let mut served = 0;
    for task in waiting {
        served += task.await.unwrap();
    }
    assert_eq!((served, log.head().size), (3, 3));
}

/// A clock that somebody sets back.
#[derive(Debug)]
struct SetBack(AtomicUsize);

impl Clock for SetBack {
    fn now(&self) -> Timestamp {
        let seconds = [100, 200, 150, 50, 300];
        let asked = self.0.fetch_add(1, Ordering::Relaxed);
        Timestamp::from_second(seconds[asked.min(4)]).unwrap()
    }
}

#[tokio::test]
async fn recorded_time_never_goes_back_also_over_a_restart() {
    let mut home = Home::new();
    home.clock = Arc::new(SetBack(AtomicUsize::new(0)));
    let mut log = home.open();
    for _ in 0..5 {
        add(&log, command(1), vec![added(1)]).await.unwrap();
        log = home.restart(log).await;
    }
    let times: Vec<_> = all_records(&log)
        .await
        .iter()
        .map(|r| r.time.as_second())
        .collect();
    assert_eq!(times, [100, 200, 200, 200, 300]);
}

#[tokio::test]
async fn one_folder_is_one_log_with_one_writer() {
    let home = Home::new();
    let log = home.open();
    add(&log, command(1), vec![added(1)]).await.unwrap();
    let open = |config| Log::open_with(config, Arc::clone(&home.tail) as _, crate::tally::clock());
    let held = open(home.config()).unwrap_err();
    assert!(matches!(held, OpenError::Lock(_)), "{held}");
    let id = log.id();
    log.close().await.unwrap();
    let mut other_service = home.config();
    other_service.service = "workflow".to_owned();
    let other = open(other_service).unwrap_err();
    assert!(matches!(other, OpenError::OtherLog { .. }), "{other}");
    let mut new_id = home.config();
    new_id.new_log_id = LogId(derived_uuid("log", &["another"]));
    let log = open(new_id.clone()).unwrap();
    assert_eq!(log.id(), id, "a log keeps its id");
    log.close().await.unwrap();
    std::fs::remove_file(home.path().join("log/identity.json")).unwrap();
    let stray = open(new_id.clone()).unwrap_err();
    assert!(
        matches!(stray, OpenError::StrayRecord { position: 0, .. }),
        "{stray}"
    );
    let again = open(new_id).unwrap_err();
    assert!(
        matches!(again, OpenError::StrayRecord { .. }),
        "the attempt left no identity: {again}"
    );
}

#[test]
fn names_and_sizes_that_would_break_the_format_are_refused() {
    let home = Home::new();
    let check = |change: &dyn Fn(&mut redress_event_log::LogConfig)| {
        let mut config = home.config();
        change(&mut config);
        Log::open_with(config, Arc::clone(&home.tail) as _, crate::tally::clock()).unwrap_err()
    };
    for records in [0, 255, 300, 1 << 25] {
        let error = check(&|config| config.segment_records = records);
        assert!(matches!(error, OpenError::SegmentRecords(_)), "{error}");
    }
    for name in ["", "a/b", "a,b", "a\"b", "müller"] {
        let error = check(&|config| config.service = name.to_owned());
        assert!(matches!(error, OpenError::Name(_)), "{error}");
        let error = check(&|config| config.tenant = name.to_owned());
        assert!(matches!(error, OpenError::Name(_)), "{error}");
    }
}
