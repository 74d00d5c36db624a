//! Power cuts: what the whole process acknowledged is there, in the logs and in the vaults. And the
//! proof that this test would notice.

use std::cell::Cell;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::client::Client;
use super::judge;
use super::ledger::{Books, Ledger};
use super::load::{Load, runtime, wait_for_answers};
use super::power_loss::{Image, Machine, Running};
use super::server::{
    self, PATIENCE, Server, number, rounds, serve, skip, strace, strace_works, verify,
};

const DISK_MEGABYTES: usize = 80;
const ROUNDS_PER_DISK: u64 = 3;
const IN_FLIGHT: usize = 8;
/// So often a round looks for a moment in which something was written and nothing was synced.
const MOMENTS: u32 = 12;
const MOMENT: Duration = Duration::from_micros(800);
/// If opening was not measured yet.
const OPENING: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(2);

#[derive(Debug, Default)]
struct Figures {
    whole: u32,
    torn: u32,
    torn_and_unmountable: u32,
    while_opening: u32,
    while_sealing: u32,
    answers: usize,
    records: u64,
    segments: usize,
}

/// The disk at one moment, and what had been acknowledged until then.
struct Cut {
    image: Image,
    books: Books,
}

impl Cut {
    /// The server must be stopped: whatever it acknowledged then, it did before the image.
    fn take(machine: &Machine, ledger: &Ledger) -> Self {
        Self {
            image: machine.cut(),
            books: ledger.now(),
        }
    }
}

/// Starts the server on what a power cut left, and looks for everything acknowledged.
fn recovers(runtime: &Runtime, disk: &Path, books: &Books) -> Result<(u64, usize), String> {
    let outside = tempfile::tempdir().map_err(|error| error.to_string())?;
    let data = disk.join("data");
    let mut server = Server::start(&data, outside.path());
    let address = server
        .ready_or_ended()
        .map_err(|status| format!("it ended with {status}: {}", server.complaints()))?;
    let client = runtime.block_on(Client::connect(&address));
    let mut wrong = judge::present(runtime, &client, books);
    if wrong.is_empty() {
        wrong = judge::everything(runtime, &client, books);
    }
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    drop(client);
    server.stop();
    Ok((verify(&data), judge::folders(&data)))
}

impl Figures {
    fn judge(&mut self, runtime: &Runtime, cut: &Cut) {
        self.whole += 1;
        let recovered = cut.image.start(|disk| {
            self.while_sealing += u32::from(judge::is_sealing(&disk.join("data")));
            recovers(runtime, disk, &cut.books)
        });
        let recovered = recovered.expect("a whole image can be mounted");
        let (records, segments) = recovered.unwrap_or_else(|why| panic!("{self:?}: {why}"));
        self.records = self.records.max(records);
        self.segments = self.segments.max(segments);
        self.answers = self.answers.max(cut.books.answers());
    }

    fn judge_torn(&mut self, runtime: &Runtime, torn: &Image, books: &Books) {
        match torn.start(|disk| recovers(runtime, disk, books)) {
            Ok(recovered) => {
                self.torn += 1;
                recovered.unwrap_or_else(|why| panic!("torn: {self:?}: {why}"));
            }
            // Tearing may hit the file system's own journal; that is its affair.
            Err(_) => self.torn_and_unmountable += 1,
        }
    }
}

/// A disk with a server's data on it, used until it has been cut off often enough.
struct Site {
    machine: Machine,
    ledger: Ledger,
    opening: Cell<Duration>,
}

impl Site {
    fn new() -> Option<Self> {
        let machine = Machine::new(DISK_MEGABYTES)
            .inspect_err(|why| skip(why))
            .ok()?;
        Some(Self {
            machine,
            ledger: Ledger::default(),
            opening: Cell::new(OPENING),
        })
    }

    fn data(&self) -> PathBuf {
        self.machine.disk().join("data")
    }

    fn start(&self) -> Running {
        let mut command = serve(&self.data(), self.machine.outside(), &[], &[]);
        Running::start(&mut command).expect("it can be started")
    }

    fn is_ready(&self) -> bool {
        server::ready(self.machine.outside()).is_some()
    }

    fn wait_until_ready(&self) -> String {
        let (begun, end) = (Instant::now(), Instant::now() + PATIENCE);
        loop {
            if let Some(address) = server::ready(self.machine.outside()) {
                self.opening.set(begun.elapsed());
                return address;
            }
            let said = || server::complaints(self.machine.outside());
            assert!(
                Instant::now() < end,
                "not ready after {PATIENCE:?}: {}",
                said()
            );
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// Cuts it off while it opens, which is also sealing what a crash left.
    fn cut_while_opening(
        &self,
        runtime: &Runtime,
        random: &mut fastrand::Rng,
        figures: &mut Figures,
    ) {
        let running = self.start();
        std::thread::sleep(self.opening.get().mul_f64(random.f64()));
        running.stop();
        figures.while_opening += u32::from(!self.is_ready());
        figures.judge(runtime, &Cut::take(&self.machine, &self.ledger));
    }

    /// Cuts it off while it answers, and looks for moments to tear.
    fn cut_while_answering(
        &self,
        runtime: &Runtime,
        count: usize,
        figures: &mut Figures,
        random: &mut fastrand::Rng,
    ) {
        let running = self.start();
        let client = runtime.block_on(Client::connect(&self.wait_until_ready()));
        judge::settle(runtime, &client, &self.ledger);
        let load = Load::start_with(runtime, &client, &self.ledger, IN_FLIGHT, PAUSE);
        assert!(wait_for_answers(&self.ledger, count, || true));
        if count.is_multiple_of(2) {
            judge::waits_until_sealing(&self.data());
        }
        running.stop();
        let mut earlier = Cut::take(&self.machine, &self.ledger);
        figures.judge(runtime, &earlier);
        let mut torn = Vec::new();
        for _ in 0..MOMENTS {
            running.go_on();
            std::thread::sleep(MOMENT.mul_f64(random.f64()));
            running.stop();
            let later = Cut::take(&self.machine, &self.ledger);
            if let Some(image) = earlier.image.torn(&later.image, random) {
                torn.push((image, earlier.books.clone()));
            }
            earlier = later;
        }
        figures.judge(runtime, &earlier);
        for (image, books) in torn.iter().take(2) {
            figures.judge_torn(runtime, image, books);
        }
        drop(running);
        load.end(runtime);
    }
}

#[test]
fn a_power_cut_also_a_torn_one_loses_nothing_that_was_acknowledged() {
    let (runtime, begun) = (runtime(), Instant::now());
    let mut random = fastrand::Rng::with_seed(number("REDRESS_CRASH_SEED", 31));
    let mut figures = Figures::default();
    let Some(mut site) = Site::new() else { return };
    for round in 0..rounds("REDRESS_POWER_ROUNDS", 2, 20) {
        if round > 0 && round % ROUNDS_PER_DISK == 0 {
            let Some(another) = Site::new() else { return };
            site = another;
        }
        if round % 3 == 2 {
            site.cut_while_opening(&runtime, &mut random, &mut figures);
        } else {
            let count = random.usize(150..400);
            site.cut_while_answering(&runtime, count, &mut figures, &mut random);
        }
    }
    println!("{figures:?} in {:?}", begun.elapsed());
    assert!(figures.answers > 100 && figures.segments > 0, "{figures:?}");
}

/// The same with a server that was opened in order, and whose syncs are then said to be done and are
/// not: the disk is never told to keep anything, and what it tears is acknowledged.
#[test]
fn without_syncs_a_power_cut_is_noticed_to_lose_what_was_acknowledged() {
    if !strace_works() {
        return;
    }
    let Some(site) = Site::new() else { return };
    let runtime = runtime();
    Server::start(&site.data(), site.machine.outside()).ready_and_stop();
    let wrap = strace("trace=fdatasync,fsync", "inject=fdatasync,fsync:retval=0");
    let mut server = Server::start_with(&site.data(), site.machine.outside(), &wrap, &[]);
    let client = runtime.block_on(Client::connect(&server.ready()));
    let earlier = Cut::take(&site.machine, &site.ledger);
    let load = Load::start(&runtime, &client, &site.ledger, IN_FLIGHT);
    assert!(wait_for_answers(&site.ledger, 100, || server.is_running()));
    load.end(&runtime);
    let later = Cut::take(&site.machine, &site.ledger);
    let mut random = fastrand::Rng::with_seed(41);
    let torn = earlier.image.torn(&later.image, &mut random);
    let torn = torn.expect("something was written and no sync was done after all");
    let why = catch_unwind(|| torn.start(|disk| recovers(&runtime, disk, &later.books)));
    match why {
        Ok(Ok(Ok(_))) => panic!("this test is blind: nothing was synced, and nothing is lost"),
        Ok(Ok(Err(why))) => println!("{} answers: {:.200}", later.books.answers(), why),
        Ok(Err(why)) => println!("{} answers: {why}", later.books.answers()),
        Err(_panic) => println!(
            "{} answers, and what is there is damaged",
            later.books.answers()
        ),
    }
}
