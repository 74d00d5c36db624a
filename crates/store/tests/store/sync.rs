//! The order of the system calls: write, sync, answer. And what happens when the sync fails.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use redress_store::SledStore;

use crate::child::{self, Said};
use crate::workload;

fn strace_works() -> bool {
    let tried = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status();
    let works = tried.is_ok_and(|status| status.success());
    if !works {
        child::skip("strace is missing or not allowed");
    }
    works
}

#[test]
fn every_acknowledgement_comes_after_an_fdatasync_that_comes_after_the_writes() {
    if !strace_works() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let trace = dir.path().join("trace");
    let wrap = [
        "strace",
        "-f",
        "-y",
        "-s",
        "8",
        "-o",
        trace.to_str().unwrap(),
    ];
    let calls = ["-e", "trace=write,pwrite64,sync_file_range,fdatasync"];
    let wrap: Vec<_> = wrap.into_iter().chain(calls).collect();
    let command = child::command("write", &dir.path().join("store"), &wrap);
    let mut command = child::limited(command, 20);
    let said = Said::by(&mut command, dir.path().join("said"));
    child::wait(command.spawn().unwrap(), Duration::from_mins(1));
    let acknowledged = said
        .lines()
        .iter()
        .filter(|line| line.starts_with("ACK"))
        .count();
    assert_eq!(acknowledged, 20, "{:?}", said.lines());
    check_trace(&std::fs::read_to_string(trace).unwrap(), acknowledged);
}

fn check_trace(trace: &str, expected_acknowledgements: usize) {
    let (mut unsynced, mut syncing, mut writes, mut acknowledgements) = (false, false, 0, 0);
    for line in trace.lines() {
        let of_db = line.contains("/sled/db>");
        if line.contains("resumed>") {
            if line.contains("fdatasync resumed") && syncing && line.ends_with("= 0") {
                (unsynced, syncing) = (false, false);
            }
        } else if of_db && (line.contains("pwrite64(") || line.contains("sync_file_range(")) {
            (unsynced, writes) = (true, writes + 1);
        } else if of_db && line.contains("fdatasync(") {
            syncing = line.contains("unfinished");
            unsynced &= !line.ends_with("= 0");
        } else if line.contains("\"ACK ") {
            assert!(!unsynced, "acknowledged before the sync: {line}");
            assert!(writes > 0, "acknowledged without a write: {line}");
            (writes, acknowledgements) = (0, acknowledgements + 1);
        }
    }
    assert_eq!(
        acknowledgements, expected_acknowledgements,
        "the trace shows them all"
    );
}

fn fail_the_sync(dir: &Path, nth: u64) {
    let store_dir = dir.join("store");
    let inject = format!("inject=fdatasync:error=EIO:when={nth}");
    let wrap = [
        "strace",
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "trace=fdatasync",
        "-e",
        &inject,
    ];
    let mut command = child::command("write", &store_dir, &wrap);
    let said = Said::by(&mut command, dir.join("said"));
    child::wait(command.spawn().unwrap(), Duration::from_mins(1));
    let lines = said.lines();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("FAILED") && line.contains("fdatasync"))
    );
    assert!(
        said.says("AFTERWARDS true true"),
        "the store stays failed: {lines:?}"
    );
    // A large group has several syncs, so there may be fewer acknowledgements, never more.
    let acknowledged = said.applies() as u64;
    assert!(
        acknowledged < nth,
        "sync {nth} failed, yet {acknowledged} were acknowledged"
    );
    let (store, _) = SledStore::open_with(&store_dir, child::small_options()).unwrap();
    workload::verify(&store, said.acknowledged()).unwrap();
}

#[test]
fn a_failed_fdatasync_is_never_acknowledged_and_ends_the_store() {
    if !strace_works() {
        return;
    }
    for nth in 1..=child::rounds(6) {
        fail_the_sync(tempfile::tempdir().unwrap().path(), nth);
    }
}

/// The write fails late, so that whoever waits for it has long begun to wait.
fn fail_a_write_late(dir: &Path, nth: u64) -> bool {
    let store_dir = dir.join("store");
    drop(SledStore::open_with(&store_dir, child::small_options()).unwrap());
    let inject = format!("inject=sync_file_range:error=EIO:delay_exit=100000:when={nth}");
    let calls = ["-e", "trace=sync_file_range", "-e", &inject];
    let wrap: Vec<_> = ["strace", "-f", "-o", "/dev/null"]
        .into_iter()
        .chain(calls)
        .collect();
    let mut command = child::command("write", &store_dir, &wrap);
    let said = Said::by(&mut command, dir.join("said"));
    child::wait(command.spawn().unwrap(), Duration::from_secs(20));
    let lines = said.lines();
    let failed = said.says("FAILED");
    assert!(failed || said.says("REFUSED"), "{lines:?}");
    assert_eq!(
        failed,
        said.says("AFTERWARDS true true"),
        "the store stays failed: {lines:?}"
    );
    let (store, _) = SledStore::open_with(&store_dir, child::small_options()).unwrap();
    workload::verify(&store, said.acknowledged()).unwrap();
    failed
}

#[test]
fn a_write_that_fails_while_somebody_waits_for_it_is_an_error_and_no_endless_wait() {
    if !strace_works() {
        return;
    }
    let rounds = child::rounds(8);
    let failed = (1..=rounds)
        .filter(|nth| fail_a_write_late(tempfile::tempdir().unwrap().path(), *nth))
        .count();
    assert!(failed > 0, "each of {rounds} failed while opening");
}
