//! A sync that fails is never acknowledged.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::child::{Role, judge, rounds, skip, wait};

fn strace_works() -> bool {
    let tried = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    let works = tried.is_ok_and(|status| status.success());
    if !works {
        skip("strace is missing or not allowed");
    }
    works
}

/// strace counts the calls of each thread for itself.
fn fail(dir: &Path, call: &str, nth: u64, name: &str) -> Vec<String> {
    let trace = format!("trace={call}");
    let inject = format!("inject={call}:error=EIO:when={nth}");
    let wrap = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        &trace,
        "-e",
        &inject,
    ];
    let mut role = Role::new(name, dir);
    role.wrap = &wrap;
    role.commands = if call == "fsync" { 150 } else { nth + 20 };
    let (mut command, said) = role.command(&dir.join("said"));
    wait(command.spawn().unwrap(), Duration::from_mins(2));
    judge(dir, &said.acknowledged())
        .unwrap_or_else(|why| panic!("{call} {nth}: {why}: {:?}", said.lines()));
    let mut lines = said.lines();
    lines.retain(|line| !line.is_empty());
    lines
}

fn acknowledgements(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.starts_with("ACK")).count()
}

#[test]
fn a_failed_fdatasync_is_never_acknowledged_and_stops_the_log() {
    if !strace_works() {
        return;
    }
    let rounds = rounds("REDRESS_SYNC_ROUNDS", 6, 30).min(200);
    let (mut refused, mut stopped) = (0, 0);
    for round in 1..=rounds {
        // The first few are in the opening; then one at a time.
        let dir = tempfile::tempdir().unwrap();
        let lines = fail(
            dir.path(),
            "fdatasync",
            round,
            "append one at a time and seal",
        );
        let last_said = lines.iter().position(|line| line.starts_with("STOPPED"));
        let at_open = lines.iter().any(|line| line.starts_with("REFUSED"));
        assert!(
            at_open || last_said.is_some(),
            "fdatasync {round} was not noticed: {lines:?}"
        );
        if let Some(at) = last_said {
            assert!(lines[at].contains("fdatasync"), "{}", lines[at]);
            assert_eq!(acknowledgements(&lines[at..]), 0, "fdatasync {round}");
            assert!(
                lines.iter().any(|line| line == "AFTERWARDS false"),
                "{lines:?}"
            );
        }
        assert!(
            acknowledgements(&lines) < round as usize,
            "fdatasync {round}: {lines:?}"
        );
        refused += u32::from(at_open);
        stopped += u32::from(last_said.is_some());
    }
    println!("fdatasync failed {rounds} times: {refused} while opening, {stopped} while writing");
}

#[test]
fn a_failed_fsync_of_a_segment_leaves_the_records_in_the_tail() {
    if !strace_works() {
        return;
    }
    let mut went_on = 0;
    for round in 0..rounds("REDRESS_SYNC_ROUNDS", 6, 30).min(12) {
        // Begun before, and not the first calls, which are sled's while it opens.
        let nth = 8 + round;
        let dir = tempfile::tempdir().unwrap();
        let mut begin = Role::new("append and seal", dir.path());
        begin.commands = 0;
        let (mut command, _) = begin.command(&dir.path().join("said"));
        wait(command.spawn().unwrap(), Duration::from_mins(1));
        let lines = fail(dir.path(), "fsync", nth, "append and seal");
        went_on += u32::from(lines.iter().any(|line| line == "DONE"));
    }
    println!("an fsync failed while sealing: {went_on} logs went on");
    assert!(went_on > 0, "none failed after the opening");
}
