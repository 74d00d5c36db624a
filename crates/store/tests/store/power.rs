//! Power cuts: what was acknowledged is there. And the proof that these tests would notice.

use std::path::Path;
use std::time::Duration;

use redress_store::SledStore;

use crate::child::{self, Said};
use crate::power_loss::{Image, Machine, Running};
use crate::workload;

const DISK_MEGABYTES: usize = 40;
/// Between two applies, so that a stop may fall into each of their parts.
const PAUSE_US: u64 = 2000;
const MOMENT: Duration = Duration::from_micros(800);
/// So often a round looks for a moment in which something was written and nothing was synced.
const MOMENTS: u32 = 12;

#[derive(Debug, Default)]
struct Findings {
    cuts: u32,
    torn: u32,
    torn_and_unmountable: u32,
    during_open: u32,
    healed: usize,
    lost: Vec<String>,
}

impl Findings {
    fn judge(&mut self, cut: &Cut) {
        self.cuts += 1;
        let judged = cut.image.start(|disk| judge(disk, cut.acknowledged));
        match judged.unwrap_or_else(|why| panic!("a whole image cannot be mounted: {why}")) {
            Ok(healed) => self.healed += healed,
            Err(why) => self.lost.push(why),
        }
    }

    fn judge_torn(&mut self, torn: &Image, acknowledged: Option<u64>) {
        match torn.start(|disk| judge(disk, acknowledged)) {
            Ok(judged) => {
                self.torn += 1;
                self.lost.extend(judged.err());
            }
            // Tearing may hit the file system's own journal; that is its affair.
            Err(_) => self.torn_and_unmountable += 1,
        }
    }
}

fn judge(disk: &Path, acknowledged: Option<u64>) -> Result<usize, String> {
    let dir = disk.join("store");
    let opened = SledStore::open_with(&dir, child::small_options());
    let (store, report) = opened.map_err(|error| error.to_string())?;
    workload::verify(&store, acknowledged)?;
    if let Some(folder) = report.snapshots_set_aside {
        return Err(format!(
            "snapshots had to be set aside into {}",
            folder.display()
        ));
    }
    Ok(report.unfinished_snapshots.len())
}

/// The disk at one moment, and what had been acknowledged until then.
struct Cut {
    image: Image,
    acknowledged: Option<u64>,
}

impl Cut {
    /// The program must be stopped.
    fn take(machine: &Machine, said: &Said, acknowledged_before: Option<u64>) -> Self {
        let acknowledged = acknowledged_before.max(said.acknowledged());
        Self {
            image: machine.cut(),
            acknowledged,
        }
    }
}

/// Runs a child on a machine and cuts the power at random moments; each round starts it again.
/// `None` where this cannot be done.
fn cut_power(role: &str, rounds: u64, seed: u64) -> Option<Findings> {
    let machine = Machine::new(DISK_MEGABYTES)
        .inspect_err(|why| child::skip(why))
        .ok()?;
    let mut random = fastrand::Rng::with_seed(seed);
    let mut findings = Findings::default();
    let mut acknowledged = None;
    for round in 0..rounds {
        let command = child::command(role, &machine.disk().join("store"), &[]);
        let mut command = child::paused(command, PAUSE_US);
        let said = Said::by(&mut command, machine.outside().join("said"));
        let running = Running::start(&mut command).unwrap();
        // Every third time so early that it is still opening.
        let longest_us = if round % 3 == 0 { 40_000 } else { 400_000 };
        std::thread::sleep(Duration::from_micros(random.u64(0..longest_us)));
        running.stop();
        let mut earlier = Cut::take(&machine, &said, acknowledged);
        findings.during_open += u32::from(!said.says("OPENED"));
        findings.judge(&earlier);
        for _ in 0..MOMENTS {
            running.go_on();
            std::thread::sleep(MOMENT.mul_f64(random.f64()));
            running.stop();
            let later = Cut::take(&machine, &said, acknowledged);
            if let Some(torn) = earlier.image.torn(&later.image, &mut random) {
                findings.judge_torn(&torn, earlier.acknowledged);
            }
            earlier = later;
        }
        findings.judge(&earlier);
        acknowledged = earlier.acknowledged;
        assert!(
            !said.says("FAILED") && !said.says("REFUSED"),
            "{:?}",
            said.lines()
        );
    }
    Some(findings)
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let Some(findings) = cut_power("write", child::rounds(8), 3) else {
        return;
    };
    println!("{findings:?}");
    assert_eq!(findings.lost, Vec::<String>::new());
    assert!(
        findings.torn > findings.torn_and_unmountable,
        "tearing was worth it: {findings:?}"
    );
}

#[test]
fn without_the_sync_a_power_cut_is_noticed_to_lose_data() {
    // Now and then the system has just written everything by itself when the power is cut.
    for seed in 5..15 {
        let Some(findings) = cut_power("write without sync", 4, seed) else {
            return;
        };
        println!("{findings:?}");
        if !findings.lost.is_empty() {
            return;
        }
    }
    panic!("these tests are blind");
}
