//! A disk whose sync fails: the process stops, says why, and has acknowledged nothing that is not there.

use std::time::Instant;

use super::client::Client;
use super::judge;
use super::ledger::Ledger;
use super::load::{Load, runtime, wait_for_answers};
use super::server::{Server, rounds, strace, strace_works, verify};

const IN_FLIGHT: usize = 16;

#[derive(Debug, Default)]
struct Figures {
    while_opening: u64,
    while_answering: u64,
    went_on: u64,
    answers: usize,
}

/// Which call of each thread fails: counted from the start, or from when it is ready.
#[derive(Debug, Clone, Copy)]
enum Nth {
    FromTheStart(u64),
    FromReady(u64),
}

/// Runs a server of which one call of each thread fails, until it ends or has given `enough` answers.
/// Afterwards everything acknowledged must be there. Answers what it told the operator if it ended by
/// itself.
fn fail(call: &str, nth: Nth, enough: usize, figures: &mut Figures) -> Option<String> {
    let (runtime, ledger) = (runtime(), Ledger::default());
    let (data, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut server = match nth {
        Nth::FromTheStart(nth) => {
            let inject = format!("inject={call}:error=EIO:when={nth}");
            let trace = format!("trace={call}");
            Server::start_with(data.path(), outside.path(), &strace(&trace, &inject), &[])
        }
        Nth::FromReady(_) => Server::start(data.path(), outside.path()),
    };
    let mut went_on = false;
    if let Ok(address) = server.ready_or_ended() {
        let client = runtime.block_on(Client::connect(&address));
        let _strace = match nth {
            Nth::FromTheStart(_) => None,
            Nth::FromReady(nth) => Some(server.fail_from_now_on(call, nth)),
        };
        let load = Load::start(&runtime, &client, &ledger, IN_FLIGHT);
        went_on = wait_for_answers(&ledger, enough, || server.is_running());
        load.end(&runtime);
        figures.while_answering += u64::from(!went_on);
    } else {
        figures.while_opening += 1;
    }
    figures.answers += ledger.answers();
    figures.went_on += u64::from(went_on);
    let said = if went_on {
        server.terminate();
        server.ended();
        None
    } else {
        let (status, said) = (server.ended(), server.complaints());
        assert_eq!(status.code(), Some(1), "{call} {nth:?}: {status}: {said}");
        Some(said)
    };

    let mut server = Server::start(data.path(), outside.path());
    let client = runtime.block_on(Client::connect(&server.ready()));
    judge::settle(&runtime, &client, &ledger);
    let wrong = judge::everything(&runtime, &client, &ledger.now());
    assert_eq!(wrong, Vec::<String>::new(), "{call} {nth:?}: {said:?}");
    drop(client);
    server.stop();
    verify(data.path());
    judge::folders(data.path());
    said
}

#[test]
fn a_failed_fdatasync_is_never_acknowledged_and_stops_the_process_with_the_reason() {
    if !strace_works() {
        return;
    }
    let (mut figures, begun) = (Figures::default(), Instant::now());
    let mut random = fastrand::Rng::with_seed(51);
    for round in 0..rounds("REDRESS_SYNC_ROUNDS", 3, 20) {
        // The first ones of a thread are those of opening.
        let nth = if round % 3 == 1 {
            random.u64(1..6)
        } else {
            random.u64(10..90)
        };
        let said = fail("fdatasync", Nth::FromTheStart(nth), 20_000, &mut figures);
        let said = said.unwrap_or_else(|| panic!("fdatasync {nth} failed, and nothing happened"));
        assert!(
            said.contains("fdatasync") || said.contains("os error 5"),
            "{nth}: {said}"
        );
    }
    println!("{figures:?} in {:?}", begun.elapsed());
}

/// Segments, keys and notes beside the logs are synced by `fsync`, and sled's own writes by
/// `sync_file_range`. Not everything of it is worth an end; nothing of it may cost a record.
#[test]
fn another_sync_that_fails_loses_nothing_that_was_acknowledged() {
    if !strace_works() {
        return;
    }
    let (mut figures, begun) = (Figures::default(), Instant::now());
    let mut random = fastrand::Rng::with_seed(52);
    for round in 0..rounds("REDRESS_SYNC_ROUNDS", 3, 20) {
        match round % 3 {
            0 => fail("fsync", Nth::FromReady(random.u64(1..4)), 900, &mut figures),
            1 => fail(
                "sync_file_range",
                Nth::FromReady(random.u64(1..40)),
                900,
                &mut figures,
            ),
            _ => fail(
                "fsync",
                Nth::FromTheStart(random.u64(1..60)),
                900,
                &mut figures,
            ),
        };
    }
    println!("{figures:?} in {:?}", begun.elapsed());
}
