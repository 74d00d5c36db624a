//! `kill -9` at any instant: while opening, while answering, while sealing.

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::client::Client;
use super::judge;
use super::ledger::Ledger;
use super::load::{Load, runtime, wait_for_answers};
use super::records::Records;
use super::server::{Server, number, verify};

/// Data that has been judged so often is large enough: others are begun.
const ROUNDS_PER_DATA: u64 = 10;
const IN_FLIGHT: usize = 32;
/// If opening was not measured yet.
const OPENING: Duration = Duration::from_millis(500);
const ANSWERING: Duration = Duration::from_millis(400);

#[derive(Debug, Default)]
struct Figures {
    kills: u64,
    while_opening: u64,
    while_sealing: u64,
    answers: usize,
    repeats: usize,
    records: usize,
    segments: usize,
}

/// One data directory, its books, and what its logs were seen to hold.
struct Life {
    data: tempfile::TempDir,
    outside: tempfile::TempDir,
    ledger: Ledger,
    records: Records,
    judged: u64,
    /// How long it took to open the last time.
    opening: Duration,
}

impl Life {
    fn new() -> Self {
        Self {
            data: tempfile::tempdir().expect("a folder can be made"),
            outside: tempfile::tempdir().expect("a folder can be made"),
            ledger: Ledger::default(),
            records: Records::default(),
            judged: 0,
            opening: OPENING,
        }
    }

    fn data(&self) -> &Path {
        self.data.path()
    }

    fn start(&self) -> Server {
        Server::start(self.data(), self.outside.path())
    }

    fn connect(&mut self, runtime: &Runtime, server: &mut Server) -> Client {
        let begun = Instant::now();
        let address = server.ready();
        self.opening = begun.elapsed();
        runtime.block_on(Client::connect(&address))
    }

    /// What a start after the kill must find.
    fn judge(&mut self, runtime: &Runtime, client: &Client, all: bool, figures: &mut Figures) {
        let mut random = fastrand::Rng::with_seed(self.judged);
        let from = if all { 0 } else { self.judged };
        let before = self.ledger.now();
        let mut wrong = judge::acknowledged(runtime, client, &before, from, &mut random);
        figures.repeats += judge::settle(runtime, client, &self.ledger);
        let after = self.ledger.now();
        judge::read(runtime, client, &mut self.records, all);
        wrong.extend(judge::once(&self.records, &after));
        assert_eq!(after.refused, std::collections::BTreeMap::new());
        assert_eq!(wrong, Vec::<String>::new());
        self.judged = after.next();
    }

    /// The last look: a clean stop, and every record hashed again from the disk.
    fn end(mut self, runtime: &Runtime, figures: &mut Figures) {
        let mut server = self.start();
        let client = self.connect(runtime, &mut server);
        self.judge(runtime, &client, true, figures);
        drop(client);
        server.stop();
        assert_eq!(
            verify(self.data()) as usize,
            self.records.len(),
            "a stop records nothing"
        );
        figures.segments += judge::folders(self.data());
        figures.records += self.records.len();
        figures.answers += self.ledger.answers();
    }
}

#[test]
fn a_kill_at_any_instant_loses_nothing_and_repeats_nothing() {
    let rounds = number("REDRESS_CRASH_ROUNDS", 5);
    let (runtime, begun) = (runtime(), Instant::now());
    let mut random = fastrand::Rng::with_seed(number("REDRESS_CRASH_SEED", 21));
    let (mut life, mut figures) = (Life::new(), Figures::default());
    for round in 0..rounds {
        if round > 0 && round % ROUNDS_PER_DATA == 0 {
            std::mem::replace(&mut life, Life::new()).end(&runtime, &mut figures);
        }
        let mut server = life.start();
        figures.kills += 1;
        if round % 3 == 2 {
            std::thread::sleep(life.opening.mul_f64(random.f64()));
            figures.while_opening += u64::from(super::server::ready(life.outside.path()).is_none());
            server.kill();
        } else {
            let client = life.connect(&runtime, &mut server);
            life.judge(&runtime, &client, false, &mut figures);
            let load = Load::start(&runtime, &client, &life.ledger, IN_FLIGHT);
            assert!(
                wait_for_answers(&life.ledger, 1, || server.is_running()),
                "it ended by itself"
            );
            figures.while_sealing += u64::from(wait_to_strike(life.data(), round, &mut random));
            server.kill();
            load.end(&runtime);
        }
        judge::folders(life.data());
    }
    life.end(&runtime, &mut figures);
    println!("{figures:?} in {:?}", begun.elapsed());
    assert!(
        figures.answers > 0 && figures.segments > 0,
        "there was something to lose: {figures:?}"
    );
}

/// Any moment, or with every second load the one in which a segment is written.
fn wait_to_strike(data: &Path, round: u64, random: &mut fastrand::Rng) -> bool {
    if round.is_multiple_of(2) {
        std::thread::sleep(ANSWERING.mul_f64(random.f64()));
        return judge::is_sealing(data);
    }
    judge::waits_until_sealing(data)
}
