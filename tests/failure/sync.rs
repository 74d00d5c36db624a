//! A disk whose sync fails: the process stops, says why, and has acknowledged nothing that is not there.

use std::time::Instant;

use super::client::Client;
use super::judge;
use super::ledger::Ledger;
use super::load::{Load, runtime, wait_for_answers};
use super::server::{Server, rounds, strace, strace_works, verify};

const IN_FLIGHT: usize = 16;

#[test]
fn a_failed_fdatasync_is_never_acknowledged_and_stops_the_process_with_the_reason() {
    if !strace_works() {
        return;
    }
    let (runtime, begun) = (runtime(), Instant::now());
    let mut random = fastrand::Rng::with_seed(51);
    let (mut while_opening, mut while_answering, mut answers) = (0, 0, 0);
    for round in 0..rounds("REDRESS_SYNC_ROUNDS", 3, 20) {
        let (data, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let ledger = Ledger::default();
        // Of each thread; the first ones are those of opening.
        let nth = if round % 4 == 3 {
            random.u64(1..6)
        } else {
            random.u64(10..90)
        };
        let inject = format!("inject=fdatasync:error=EIO:when={nth}");
        let wrap = strace("trace=fdatasync", &inject);
        let mut server = Server::start_with(data.path(), outside.path(), &wrap, &[]);
        if let Ok(address) = server.ready_or_ended() {
            let client = runtime.block_on(Client::connect(&address));
            let load = Load::start(&runtime, &client, &ledger, IN_FLIGHT);
            let went_on = wait_for_answers(&ledger, 20_000, || server.is_running());
            assert!(
                !went_on,
                "fdatasync {nth} of a thread failed, and nothing happened"
            );
            load.end(&runtime);
            while_answering += 1;
        } else {
            while_opening += 1;
        }
        let status = server.ended();
        let said = server.complaints();
        assert_eq!(status.code(), Some(1), "fdatasync {nth}: {status}: {said}");
        assert!(
            said.contains("fdatasync") || said.contains("Input/output"),
            "{nth}: {said}"
        );
        answers += ledger.answers();

        let mut server = Server::start(data.path(), outside.path());
        let client = runtime.block_on(Client::connect(&server.ready()));
        judge::settle(&runtime, &client, &ledger);
        let wrong = judge::everything(&runtime, &client, &ledger.now());
        assert_eq!(wrong, Vec::<String>::new(), "fdatasync {nth}");
        drop(client);
        server.stop();
        verify(data.path());
        judge::folders(data.path());
    }
    println!(
        "fdatasync failed: {while_opening} times while opening, {while_answering} while answering; \
         {answers} answers, none of them false, in {:?}",
        begun.elapsed()
    );
}
