//! Power cuts: what was acknowledged is there. And the proof that these tests would notice.

use std::path::Path;
use std::time::Duration;

use redress_store::SledStore;

use crate::child::{self, Said};
use crate::power_loss::{Image, Machine, Running};
use crate::workload;

const DISK_MEGABYTES: usize = 40;
/// Longer than the moment between two cuts, so that at most one sync lies between them.
const PAUSE_US: u64 = 4000;
const MOMENT: Duration = Duration::from_micros(1500);

#[derive(Debug, Default)]
struct Findings {
    cuts: u32,
    torn: u32,
    unmountable: u32,
    during_open: u32,
    healed: usize,
    lost: Vec<String>,
}

impl Findings {
    fn judge(&mut self, image: &Image, acknowledged: Option<u64>) {
        let judged = image.start(|disk| judge(disk, acknowledged));
        match judged {
            Ok(Ok(healed)) => self.healed += healed,
            Ok(Err(why)) => self.lost.push(why),
            // The file system's own affair, and only ever seen with torn images.
            Err(_) => self.unmountable += 1,
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

/// Runs a child on the machine and cuts the power at random moments; each round starts it again.
fn cut_power(role: &str, rounds: u64, seed: u64) -> Option<Findings> {
    let machine = match Machine::new(DISK_MEGABYTES) {
        Ok(machine) => machine,
        Err(why) => {
            child::skip(&why);
            return None;
        }
    };
    let mut random = fastrand::Rng::with_seed(seed);
    let mut findings = Findings::default();
    let mut acknowledged = None;
    for round in 0..rounds {
        let command = child::command(role, &machine.disk().join("store"), &[]);
        let mut command = child::paused(command, PAUSE_US);
        let said = Said::by(&mut command, machine.outside().join("said"));
        let running = Running::start(&mut command).unwrap();
        let longest_ms = if round % 3 == 0 { 40 } else { 500 };
        std::thread::sleep(Duration::from_micros(random.u64(0..longest_ms * 1000)));
        running.stop();
        let first = machine.cut();
        let known_at_first = acknowledged.max(said.acknowledged());
        let applies_at_first = said.applies();
        findings.during_open += u32::from(!said.says("OPENED"));
        running.go_on();
        std::thread::sleep(MOMENT);
        running.stop();
        let second = machine.cut();
        let applies_between = said
            .lines()
            .iter()
            .filter(|line| line.starts_with("ACK"))
            .count();
        acknowledged = acknowledged.max(said.acknowledged());
        assert!(
            !said.says("FAILED") && !said.says("REFUSED"),
            "{:?}",
            said.lines()
        );
        drop(running);

        findings.judge(&first, known_at_first);
        findings.judge(&second, acknowledged);
        findings.cuts += 2;
        if applies_between <= 1 && first != second {
            for _ in 0..2 {
                findings.judge(&first.torn(&second, &mut random), known_at_first);
                findings.torn += 1;
            }
        }
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
        findings.unmountable <= findings.torn / 2,
        "most torn images are usable: {findings:?}"
    );
}

#[test]
fn without_the_sync_a_power_cut_is_noticed_to_lose_data() {
    let Some(findings) = cut_power("write without sync", 4, 5) else {
        return;
    };
    println!("{findings:?}");
    assert!(
        !findings.lost.is_empty(),
        "these tests are blind: {findings:?}"
    );
}
