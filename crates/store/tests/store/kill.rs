//! `kill -9` at any instant: while opening, while writing.

use std::time::Duration;

use redress_store::{SledStore, Store};

use crate::child::{self, Said};
use crate::workload;

fn wait_for(said: &Said, word: &str) {
    for _ in 0..5000 {
        if said.says(word) {
            return;
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    panic!("the child never said {word}: {:?}", said.lines());
}

/// Kills a child some time after it said `word`, again and again in one directory.
fn kill_after(word: &str, longest: Duration, rounds: u64) {
    let dir = tempfile::tempdir().unwrap();
    let store_dir = dir.path().join("store");
    let mut random = fastrand::Rng::with_seed(1);
    let mut acknowledged = None;
    let (mut healed, mut opened) = (0, 0);
    for round in 0..rounds {
        let mut command = child::command("write", &store_dir, &[]);
        let said = Said::by(&mut command, dir.path().join("said"));
        let mut child = command.spawn().unwrap();
        wait_for(&said, word);
        std::thread::sleep(longest.mul_f64(random.f64()));
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged = acknowledged.max(said.acknowledged());
        opened += u64::from(said.says("OPENED"));
        assert!(!said.says("REFUSED"), "round {round}: {:?}", said.lines());
        let (store, report) = SledStore::open_with(&store_dir, child::small_options()).unwrap();
        healed += report.unfinished_snapshots.len();
        assert_eq!(report.snapshots_set_aside, None, "round {round}");
        let next = workload::verify(&store, acknowledged)
            .unwrap()
            .map_or(0, |head| head + 1);
        // Something new in the log, so that the next open has a snapshot to write.
        store
            .apply((next..next + 3).map(workload::batch).collect())
            .unwrap();
        acknowledged = Some(next + 2);
    }
    println!(
        "killed {rounds} times up to {longest:?} after {word}: nothing lost, \
         {healed} unfinished snapshots removed, {opened} opens had been completed"
    );
}

#[test]
fn a_kill_while_writing_loses_nothing() {
    kill_after("ACK", Duration::from_millis(60), child::rounds(10));
}

#[test]
fn a_kill_while_opening_loses_nothing() {
    kill_after("OPENING", Duration::from_millis(40), child::rounds(10) * 3);
}
