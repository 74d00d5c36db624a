//! Power cuts: what was acknowledged is there. And the proof that these tests would notice.

use std::path::Path;
use std::time::Duration;

use crate::child::{Acknowledged, Role, Said, judge, rounds as rounds_of, skip};
use crate::power_loss::{Image, Machine, Running};

const DISK_MEGABYTES: usize = 64;
const ROUNDS_PER_LOG: u64 = 10;
const APPENDING: &str = "append";
const SEALING: &str = "append and seal";
/// Between two commits, so that a stop may fall into each of their parts.
const PAUSE_US: u64 = 2000;
const MOMENT: Duration = Duration::from_micros(800);
/// So often a round looks for a moment in which something was written and nothing was synced.
const MOMENTS: u32 = 10;

#[derive(Debug, Default)]
struct Findings {
    whole: u32,
    torn: u32,
    torn_and_unmountable: u32,
    during_open: u32,
    while_sealing: u32,
    records: u64,
    segments: usize,
    lost: Vec<String>,
}

impl Findings {
    fn judge(&mut self, cut: &Cut) {
        self.whole += 1;
        let judged = cut.image.start(|disk| {
            self.while_sealing += u32::from(is_sealing(&disk.join(&cut.log)));
            judge(&disk.join(&cut.log), &cut.acknowledged)
        });
        match judged.unwrap_or_else(|why| panic!("a whole image cannot be mounted: {why}")) {
            Ok(judged) => {
                self.records = self.records.max(judged.records);
                self.segments = self.segments.max(judged.segments);
            }
            Err(why) => self.lost.push(why),
        }
    }

    fn judge_torn(&mut self, torn: &Image, cut: &Cut) {
        match torn.start(|disk| judge(&disk.join(&cut.log), &cut.acknowledged)) {
            Ok(judged) => {
                self.torn += 1;
                self.lost.extend(judged.err());
            }
            // Tearing may hit the file system's own journal; that is its affair.
            Err(_) => self.torn_and_unmountable += 1,
        }
    }
}

fn is_sealing(disk: &Path) -> bool {
    let segments = std::fs::read_dir(disk.join("log/segments"));
    segments.is_ok_and(|mut entries| {
        entries.any(|entry| {
            entry
                .unwrap()
                .path()
                .extension()
                .is_some_and(|e| e == "tmp")
        })
    })
}

/// The disk at one moment, and what had been acknowledged until then.
struct Cut {
    image: Image,
    /// The folder on the disk.
    log: std::ffi::OsString,
    acknowledged: Acknowledged,
}

impl Cut {
    /// The program must be stopped.
    fn take(machine: &Machine, dir: &Path, said: &Said, before: &Acknowledged) -> Self {
        let mut acknowledged = before.clone();
        acknowledged.extend(said.acknowledged());
        Self {
            image: machine.cut(),
            log: dir.file_name().unwrap().to_owned(),
            acknowledged,
        }
    }
}

/// Runs a child on a machine and cuts the power at random moments; each round starts it again.
/// `None` where this cannot be done.
fn cut_power(name: &str, rounds: u64, seed: u64) -> Option<Findings> {
    let machine = Machine::new(DISK_MEGABYTES)
        .inspect_err(|why| skip(why))
        .ok()?;
    let mut random = fastrand::Rng::with_seed(seed);
    let mut findings = Findings::default();
    let mut acknowledged = Acknowledged::new();
    let mut dir = machine.disk().join("0");
    for run in 0..rounds {
        if run % ROUNDS_PER_LOG == 0 {
            // No log grows for ever, nor does the disk.
            std::fs::remove_dir_all(&dir).ok();
            dir = machine.disk().join(run.to_string());
            acknowledged = Acknowledged::new();
        }
        let mut role = Role::new(name, &dir);
        role.run = run % ROUNDS_PER_LOG;
        role.pause_us = if name == APPENDING { PAUSE_US } else { 0 };
        let (mut command, said) = role.command(&machine.outside().join("said"));
        let running = Running::start(&mut command).unwrap();
        // Every third time so early that it is still opening.
        if run % 3 == 2 {
            std::thread::sleep(Duration::from_micros(random.u64(0..60_000)));
        } else {
            let enough = if name == SEALING { 250 } else { 80 };
            said.wait_for_answers(random.usize(enough / 2..enough));
        }
        running.stop();
        let mut earlier = Cut::take(&machine, &dir, &said, &acknowledged);
        findings.during_open += u32::from(!said.says("OPENED"));
        findings.judge(&earlier);
        for _ in 0..MOMENTS {
            running.go_on();
            std::thread::sleep(MOMENT.mul_f64(random.f64()));
            running.stop();
            let later = Cut::take(&machine, &dir, &said, &acknowledged);
            if let Some(torn) = earlier.image.torn(&later.image, &mut random) {
                findings.judge_torn(&torn, &earlier);
            }
            earlier = later;
        }
        findings.judge(&earlier);
        acknowledged = earlier.acknowledged;
        assert!(
            !said.says("STOPPED") && !said.says("REFUSED"),
            "{:?}",
            said.lines()
        );
    }
    Some(findings)
}

fn rounds() -> u64 {
    rounds_of("REDRESS_POWER_ROUNDS", 3, 20)
}

#[test]
fn a_power_cut_also_a_torn_one_loses_nothing_that_was_acknowledged() {
    let Some(findings) = cut_power(APPENDING, rounds(), 3) else {
        return;
    };
    println!("{findings:?}");
    assert_eq!(findings.lost, Vec::<String>::new());
    assert!(
        findings.records > 0 && findings.torn > findings.torn_and_unmountable,
        "{findings:?}"
    );
}

#[test]
fn a_power_cut_while_sealing_loses_nothing_that_was_acknowledged() {
    let Some(findings) = cut_power(SEALING, rounds(), 4) else {
        return;
    };
    println!("{findings:?}");
    assert_eq!(findings.lost, Vec::<String>::new());
    assert!(
        findings.segments > 0,
        "sealing was part of it: {findings:?}"
    );
}

#[test]
fn without_the_sync_a_power_cut_is_noticed_to_lose_records() {
    // Now and then the system has just written everything by itself when the power is cut.
    for seed in 5..15 {
        let Some(findings) = cut_power("append without sync", 3, seed) else {
            return;
        };
        println!("{findings:?}");
        if !findings.lost.is_empty() {
            return;
        }
    }
    panic!("these tests are blind");
}
