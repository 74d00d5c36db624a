//! `kill -9` at any instant: while opening, while writing, while sealing.

use std::time::Duration;

use crate::child::{Acknowledged, Role, judge, number};

/// A log that has been judged so often is long enough: another is begun.
const ROUNDS_PER_LOG: u64 = 12;

#[test]
fn a_kill_at_any_instant_loses_nothing_and_repeats_nothing() {
    let rounds = number("REDRESS_CRASH_ROUNDS", 12);
    let mut random = fastrand::Rng::with_seed(21);
    let mut dir = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::new();
    let (mut during_open, mut answered, mut records, mut segments) = (0, 0, 0, 0);
    for round in 0..rounds {
        let run = round % ROUNDS_PER_LOG;
        if run == 0 {
            dir = tempfile::tempdir().unwrap();
            acknowledged = Acknowledged::new();
        }
        let mut role = Role::new("append and seal", dir.path());
        role.run = run;
        let (mut command, said) = role.command(&dir.path().join("said"));
        let mut child = command.spawn().unwrap();
        // Every third time while it opens, which with a long tail is sealing too.
        let (word, longest) = if round % 3 == 2 {
            ("OPENING", Duration::from_millis(40))
        } else {
            ("ACK", Duration::from_millis(600))
        };
        said.wait_for(word);
        std::thread::sleep(longest.mul_f64(random.f64()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!said.says("REFUSED"), "round {round}: {:?}", said.lines());
        during_open += u32::from(!said.says("OPENED"));
        let new = said.acknowledged();
        answered += new.len();
        for (id, position) in new {
            let before = acknowledged.insert(id.clone(), position);
            assert!(
                before.is_none_or(|before| before == position),
                "{id} is answered otherwise"
            );
        }
        let judged =
            judge(dir.path(), &acknowledged).unwrap_or_else(|why| panic!("round {round}: {why}"));
        records = judged.records;
        segments = segments.max(judged.segments);
    }
    println!(
        "killed {rounds} times, {during_open} of them while opening: {answered} answers, none lost; \
         {records} records in the last log, up to {segments} segments"
    );
    assert!(
        segments > 0 || rounds % ROUNDS_PER_LOG < 6,
        "sealing was part of it"
    );
}
