//! Several logs: causes first, and the same rows for every order that respects them.

use std::sync::Arc;

use proptest::prelude::*;
use redress_envelope::{Cause, Record};
use redress_event_log::{Log, Source};
use redress_view::{View, fold_all};
use tempfile::tempdir;

use crate::toy::{
    ADDED, Gated, JOINED, LONG, Sums, all_rows, append, fill, log_id, open_log, oracle, records,
    small_steps,
};

/// Two logs; each record of the second was caused by one of the first.
async fn two_logs(dir: &std::path::Path, causes: &[u64]) -> (Log, Log) {
    let intake = open_log(dir, "intake", log_id("intake"));
    let workflow = open_log(dir, "workflow", log_id("workflow"));
    fill(&intake, 60).await;
    for (amount, position) in (0..).zip(causes) {
        let cause = Cause {
            log: intake.id(),
            partition: 0,
            position: *position,
        };
        append(&workflow, "w", &[(JOINED, amount)], Some(cause)).await;
    }
    (intake, workflow)
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

fn logs_of(causes: &[u64]) -> [Vec<Record>; 2] {
    let dir = tempdir().unwrap();
    block_on(async {
        let (intake, workflow) = two_logs(dir.path(), causes).await;
        [records(&intake).await, records(&workflow).await]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_interleaving_gives_the_same_rows(
        causes in prop::collection::vec(0_u64..60, 0..40),
        order in prop::collection::vec(0_usize..2, 0..120),
    ) {
        let logs = logs_of(&causes);
        let folded = fold_all(Sums::<1>::default(), &logs, &order).unwrap();
        prop_assert_eq!(folded.rows, oracle(&logs));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn a_running_view_gives_the_same_rows_however_its_logs_arrive(
        causes in prop::collection::vec(0_u64..60, 1..40),
        arrivals in prop::collection::vec((0_usize..2, 1_u64..20), 1..30),
    ) {
        let dir = tempdir().unwrap();
        let rows = block_on(async {
            let (intake, workflow) = two_logs(dir.path(), &causes).await;
            let gates = [Gated::new(&intake), Gated::new(&workflow)];
            let sources = gates.iter().map(|gate| Arc::clone(gate) as Arc<dyn Source>).collect();
            let fold = Sums::<1>::default();
            let view = View::start(&dir.path().join("views"), fold, sources, small_steps()).unwrap();
            for (log, more) in arrivals.into_iter().chain([(1, 100), (0, 100)]) {
                let size = gates[log].log.head().size;
                gates[log].shown.send_modify(|shown| *shown = (*shown + more).min(size));
                tokio::task::yield_now().await;
            }
            view.wait_for(&intake.token(60), LONG).await.unwrap();
            view.wait_for(&workflow.token(causes.len() as u64), LONG).await.unwrap();
            let expected = oracle(&[records(&intake).await, records(&workflow).await]);
            (all_rows(&view), expected)
        });
        prop_assert_eq!(rows.0, rows.1);
    }
}

#[tokio::test]
async fn a_record_waits_for_its_cause_and_says_so() {
    let dir = tempdir().unwrap();
    let (intake, workflow) = two_logs(dir.path(), &[3, 40]).await;
    let gate = Gated::new(&intake);
    let sources: Vec<Arc<dyn Source>> = vec![gate.clone(), Arc::new(workflow.clone())];
    let fold = Sums::<1>::default();
    gate.shown.send_replace(10);
    let view = View::start(&dir.path().join("views"), fold, sources, small_steps()).unwrap();
    let mut changes = view.watch_changes();
    let first = changes.wait_for(|token| {
        token
            .get("workflow", 0)
            .is_some_and(|(_, count)| count == 1)
            && token.get("intake", 0).is_some_and(|(_, count)| count == 10)
    });
    let _ = tokio::time::timeout(LONG, first)
        .await
        .expect("the first needs no more");
    let status = view.status().await;
    let cause = Cause {
        log: intake.id(),
        partition: 0,
        position: 40,
    };
    assert_eq!(status.sources[1].waiting_for, Some(cause));
    assert_eq!(status.sources[1].position, 1);
    gate.shown.send_replace(60);
    view.wait_for(&workflow.token(2), LONG).await.unwrap();
    assert!(view.position("intake/0") > 40);
    assert_eq!(view.status().await.sources[1].waiting_for, None);
}

#[tokio::test]
async fn a_cause_in_a_log_that_is_not_followed_holds_nothing_back() {
    let dir = tempdir().unwrap();
    let log = open_log(dir.path(), "workflow", log_id("workflow"));
    let elsewhere = Cause {
        log: log_id("elsewhere"),
        partition: 0,
        position: 1 << 40,
    };
    append(&log, "w", &[(ADDED, 1)], Some(elsewhere)).await;
    // A record that names a later one of its own log cannot be waited for either.
    let own = Cause {
        log: log.id(),
        partition: 0,
        position: 1 << 40,
    };
    append(&log, "w", &[(ADDED, 1)], Some(own)).await;
    crate::toy::caught_up(dir.path(), Sums::<1>::default(), &[&log]).await;
}
