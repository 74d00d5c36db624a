//! Told to stop: what was begun is finished, and a second signal does not wait.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::client::Client;
use super::judge;
use super::ledger::Ledger;
use super::load::{Load, runtime, wait_for_answers};
use super::records::Records;
use super::server::{Server, verify};

const IN_FLIGHT: usize = 64;

#[test]
fn a_soft_stop_answers_every_request_that_it_recorded() {
    let (runtime, data, outside) = (
        runtime(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let ledger = Ledger::default();
    let mut figures = Vec::new();
    for _ in 0..3 {
        let mut server = Server::start(data.path(), outside.path());
        let client = runtime.block_on(Client::connect(&server.ready()));
        let load = Load::start(&runtime, &client, &ledger, IN_FLIGHT);
        assert!(wait_for_answers(&ledger, 150, || server.is_running()));
        let signalled = Instant::now();
        server.terminate();
        let (status, took) = (server.ended(), signalled.elapsed());
        assert!(
            status.success(),
            "it ended with {status}: {}",
            server.complaints()
        );
        load.end(&runtime);
        drop(client);
        let books = ledger.now();
        let unanswered: Vec<_> = books
            .asked
            .iter()
            .filter(|(_, it)| it.is_none())
            .map(|(key, _)| *key)
            .collect();
        figures.push((books.answers(), unanswered.len(), took));

        let mut server = Server::start(data.path(), outside.path());
        let client = runtime.block_on(Client::connect(&server.ready()));
        let mut records = Records::default();
        judge::read(&runtime, &client, &mut records, true);
        for (number, step) in unanswered {
            let recorded = records.of_request.get(&step.request_id(number));
            assert_eq!(
                recorded, None,
                "{step:?} {number} was recorded, but not answered"
            );
        }
        judge::settle(&runtime, &client, &ledger);
        let wrong = judge::everything(&runtime, &client, &ledger.now());
        assert_eq!(wrong, Vec::<String>::new());
        drop(client);
        server.stop();
    }
    verify(data.path());
    println!("answers so far, requests that were turned away, time to stop: {figures:?}");
}

/// A request whose body never comes: it is in flight for as long as this lives.
fn hanging_request(address: &str) -> TcpStream {
    let address = address.trim_start_matches("http://");
    let mut headers = vec![0x83, 0x86];
    let path = "/redress.intake.v1.IntakeService/SubmitFeedback";
    for (name, value) in [
        (&b"\x44"[..], path),
        (b"\x41", address),
        (b"\x5f", "application/grpc"),
        (b"\x40\x02te", "trailers"),
    ] {
        headers.extend_from_slice(name);
        headers.push(value.len() as u8);
        headers.extend_from_slice(value.as_bytes());
    }
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend_from_slice(&[0, 0, 0, 4, 0, 0, 0, 0, 0]); // SETTINGS, none of its own
    bytes.extend_from_slice(&[0, 0, 0, 4, 1, 0, 0, 0, 0]); // and those of the server are heard
    bytes.extend_from_slice(&[0, 0, headers.len() as u8, 1, 4, 0, 0, 0, 1]); // HEADERS, not the end
    bytes.extend_from_slice(&headers);
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&bytes).unwrap();
    // It has read the headers once it has answered the settings.
    let mut answer = [0; 9];
    stream.read_exact(&mut answer).unwrap();
    stream
}

#[test]
fn a_second_signal_stops_at_once_and_loses_nothing() {
    let (runtime, data, outside) = (
        runtime(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let ledger = Ledger::default();
    let mut server = Server::start_with(
        data.path(),
        outside.path(),
        &[],
        &["--set", "limits.drain_millis=600000"],
    );
    let address = server.ready();
    let client = runtime.block_on(Client::connect(&address));
    let load = Load::start(&runtime, &client, &ledger, IN_FLIGHT);
    assert!(wait_for_answers(&ledger, 100, || server.is_running()));
    let _hanging = hanging_request(&address);
    std::thread::sleep(Duration::from_millis(300));
    server.terminate();
    std::thread::sleep(Duration::from_secs(2));
    assert!(
        server.is_running(),
        "it does not wait for a request in flight: {}",
        server.complaints()
    );
    let signalled = Instant::now();
    server.terminate();
    let (status, took) = (server.ended(), signalled.elapsed());
    let said = server.complaints();
    assert_eq!(status.code(), Some(1), "{status}: {said}");
    assert!(said.contains("stopped at once"), "{said}");
    load.end(&runtime);
    drop(client);

    let mut server = Server::start(data.path(), outside.path());
    let client = runtime.block_on(Client::connect(&server.ready()));
    judge::settle(&runtime, &client, &ledger);
    let wrong = judge::everything(&runtime, &client, &ledger.now());
    assert_eq!(wrong, Vec::<String>::new());
    drop(client);
    server.stop();
    verify(data.path());
    println!(
        "{} answers; the second signal took {took:?}",
        ledger.answers()
    );
}

#[test]
fn a_request_that_never_ends_is_dropped_when_the_time_to_drain_is_over() {
    let (data, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let drain = ["--set", "limits.drain_millis=500"];
    let mut server = Server::start_with(data.path(), outside.path(), &[], &drain);
    let _hanging = hanging_request(&server.ready());
    std::thread::sleep(Duration::from_millis(300));
    server.terminate();
    let (status, said) = (server.ended(), server.complaints());
    assert_eq!(status.code(), Some(1), "{status}: {said}");
    assert!(said.contains("limits.drain_millis"), "{said}");
}
