use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use redress_envelope::{LogId, VaultRef, derived_uuid};
use redress_store::{Fault, FaultPlan};
use redress_vault::{EntryId, Found, Read, Sweep, Unswept, Vault, VaultError};

use super::disk::{Disk, content, contents, entry, noise, seal, someone};

fn log(name: &str) -> LogId {
    LogId(derived_uuid("log", &[name]))
}

/// A vault in a run before whose first command the log had `size` records.
fn beside(vault: Vault, size: u64) -> Arc<Vault> {
    vault.beside_log(log("one"), move || size).unwrap();
    Arc::new(vault)
}

/// Sweeps to the end, if it may, in as many parts as there can be.
async fn sweep(
    vault: &Arc<Vault>,
    known: &[&VaultRef],
    at_most: u64,
) -> Result<(Found, u64), VaultError> {
    let vault = Arc::clone(vault);
    let known: Vec<String> = known.iter().map(|it| it.entry.clone()).collect();
    let sweeping = move || {
        let mut sweep = Sweep::new(vault, at_most)?;
        for entry in &known {
            sweep.keep(entry);
        }
        while sweep.count(1)? {}
        while sweep.remove(1)? {}
        Ok((sweep.counted(), sweep.log().start))
    };
    tokio::task::spawn_blocking(sweeping).await.unwrap()
}

fn found(entries: u64, orphans: u64) -> Found {
    Found {
        entries,
        orphans,
        damaged: 0,
    }
}

#[tokio::test]
async fn only_entries_of_earlier_runs_that_nobody_knows_are_swept_and_each_is_looked_at_once() {
    let disk = Disk::new();
    let vault = beside(disk.open(), 0);
    let (known, orphan) = (seal(&vault, "known").await, seal(&vault, "orphan").await);
    let long = seal(&vault, noise(1, 300_000)).await;
    let swept = sweep(&vault, &[&known], 9).await.unwrap();
    assert_eq!(swept, (found(0, 0), 0), "all are of this run");
    drop(vault);

    let vault = beside(disk.open(), 5);
    let rows = disk.rows().len();
    let fresh = seal(&vault, "fresh").await;
    let swept = sweep(&vault, &[&known], 9).await.unwrap();
    assert_eq!(swept, (found(3, 2), 0));
    assert!(disk.rows().len() < rows - 30, "the pieces are gone");
    let again = sweep(&vault, &[], 9).await.unwrap();
    assert_eq!(again, (found(0, 0), 5), "nothing is looked at twice");
    drop(vault);
    let vault = beside(disk.open(), 7);
    for gone in [&orphan, &long] {
        assert_eq!(vault.read(&gone.entry), Ok(Read::Unknown));
    }
    assert_eq!(contents(&vault), [content("fresh"), content("known")]);
    let newest_first = [&fresh, &known].map(|it| it.entry.parse().unwrap());
    let listed = vault.entries_of_subject(someone(), None, 9).unwrap();
    assert_eq!(listed.entries, newest_first);
    let long: EntryId = long.entry.parse().unwrap();
    let after_a_swept_one = vault.entries_of_subject(someone(), Some(long), 9);
    assert_eq!(after_a_swept_one.unwrap().entries, newest_first[1..]);
    let swept = sweep(&vault, &[&fresh], 9).await.unwrap();
    assert_eq!(swept, (found(1, 0), 5), "only the last run's");
}

#[tokio::test]
async fn a_sweep_that_was_left_in_the_middle_is_begun_again_in_the_next_run() {
    let disk = Disk::new();
    let mut known = Vec::new();
    for run in 0..3 {
        let vault = beside(disk.open(), run);
        for number in 0..20 {
            let sealed = seal(&vault, format!("{run} {number}")).await;
            known.extend((number % 2 == 0).then_some(sealed));
        }
        seal(&vault, noise(1, 900_000)).await;
    }
    let vault = beside(disk.open(), 3);
    let kept = known.clone();
    let begun = move || {
        let mut sweep = Sweep::new(vault, 99).unwrap();
        assert_eq!(sweep.log(), 0..3, "nothing was looked at yet");
        for reference in &kept {
            sweep.keep(&reference.entry);
        }
        let early = sweep.remove(1);
        assert_eq!(early, Err(VaultError::Unswept(Unswept::NotCounted)));
        while sweep.count(7).unwrap() {}
        assert_eq!(sweep.counted(), found(63, 33));
        assert!(sweep.remove(25).unwrap());
    };
    tokio::task::spawn_blocking(begun).await.unwrap();

    let known: Vec<_> = known.iter().collect();
    let swept = sweep(&beside(disk.open(), 3), &known, 99).await.unwrap();
    assert_eq!(swept, (found(63 - 25, 33 - 13), 0));
    let vault = disk.open();
    assert_eq!(contents(&vault).len(), known.len());
    for reference in known {
        let read = vault.read_committed(reference);
        assert!(matches!(read, Ok(Read::Content(_))));
    }
}

#[tokio::test]
async fn pieces_of_an_entry_that_was_cut_off_are_swept_and_those_of_others_stay() {
    let disk = Disk::new();
    let whole = seal(&beside(disk.open(), 0), noise(2, 100_000)).await;
    let rows = disk.rows().len();
    for _ in 0..12 {
        let cut = Fault::PartlyPersisted { batches: 30 };
        let vault = disk.open_faulty(FaultPlan::nth(1, cut));
        let cut = vault.seal(vec![entry(noise(1, 300_000))]).await;
        assert!(matches!(cut, Err(VaultError::Store(_))));
        // No two have pieces under the same number.
        let now = disk.rows().len();
        assert_eq!((now - rows) % 30, 0);
    }
    assert_eq!(disk.rows().len(), rows + 12 * 30);
    let vault = beside(disk.open(), 0);
    let swept = sweep(&vault, &[&whole], 0).await.unwrap();
    assert_eq!(swept.0, found(1, 0));
    assert_eq!(disk.rows().len(), rows);
    let read = vault.read_committed(&whole);
    assert_eq!(read, Ok(content(noise(2, 100_000))));
    drop(vault);
    let next = seal(&disk.open(), "next").await;
    assert!(
        next.entry.as_str() > "00000000000d",
        "no number is given twice"
    );
}

#[tokio::test]
async fn a_sweep_that_is_cut_off_anywhere_can_be_done_again() {
    for batches in 0..45 {
        let disk = Disk::new();
        let vault = beside(disk.open(), 0);
        let orphan = seal(&vault, noise(1, 300_000)).await;
        let known = seal(&vault, "known").await;
        drop(vault);
        let broken = Fault::PartlyPersisted { batches };
        let vault = beside(disk.open_faulty(FaultPlan::nth(1, broken)), 4);
        let (kept, cut) = (known.entry.clone(), Arc::clone(&vault));
        let cut = move || {
            let mut sweep = Sweep::new(cut, 9).unwrap();
            sweep.keep(&kept);
            while sweep.count(9).unwrap() {}
            assert!(matches!(sweep.remove(9), Err(VaultError::Store(_))));
        };
        tokio::task::spawn_blocking(cut).await.unwrap();
        drop(vault);

        let vault = beside(disk.open(), 4);
        let swept = sweep(&vault, &[&known], 9).await.unwrap();
        assert_eq!(swept.0.damaged, 0, "{batches}");
        assert_eq!(vault.read(&orphan.entry), Ok(Read::Unknown));
        assert_eq!(contents(&vault), [content("known")]);
        let rows = disk.rows().len();
        assert_eq!(rows, 5, "meta, sweep, subject and two blocks: {batches}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_left_alone() {
    let disk = Disk::new();
    let (damaged, known) = {
        let vault = beside(disk.open(), 0);
        let long = seal(&vault, noise(1, 20_000)).await;
        (long, seal(&vault, "known").await)
    };
    let (key, mut block) = disk.rows().swap_remove(0);
    block[20] ^= 1;
    disk.put(&key, &block);
    let rows = disk.rows().len();
    let vault = beside(disk.open(), 1);
    let (found, _) = sweep(&vault, &[&known], 9).await.unwrap();
    assert_eq!((found.entries, found.orphans, found.damaged), (1, 0, 1));
    let read = vault.read(&damaged.entry);
    assert!(matches!(read, Err(VaultError::Damaged { .. })));
    assert_eq!(disk.rows().len(), rows, "its pieces are there");
    assert_eq!(disk.rows()[0], (key, block));
}

#[tokio::test]
async fn nothing_is_removed_beside_another_log_or_an_older_one_and_nothing_of_that_time_ever() {
    let refusals: [(&str, u64, Unswept); 3] = [
        ("other", 90, Unswept::OtherLog),
        ("one", 0, Unswept::ShorterLog { size: 0, seen: 8 }),
        ("one", 7, Unswept::ShorterLog { size: 7, seen: 8 }),
    ];
    for (name, size, why) in refusals {
        let disk = Disk::new();
        {
            let vault = beside(disk.open(), 1);
            seal(&vault, "of the first run").await;
        }
        {
            // The log grows while something is sealed.
            let (vault, size) = (disk.open(), Arc::new(AtomicU64::new(3)));
            let now = Arc::clone(&size);
            let size_now = move || now.load(Ordering::SeqCst);
            vault.beside_log(log("one"), size_now).unwrap();
            let vault = Arc::new(vault);
            sweep(&vault, &[], 9).await.unwrap();
            seal(&vault, "known").await;
            size.store(8, Ordering::SeqCst);
            seal(&vault, "known, too").await;
        }
        let vault = disk.open();
        assert_eq!(vault.unswept(), Some(Unswept::NoLog));
        vault.beside_log(log(name), move || size).unwrap();
        assert_eq!(vault.unswept(), Some(why));
        let vault = Arc::new(vault);
        let refused = sweep(&vault, &[], 9).await;
        assert_eq!(refused, Err(VaultError::Unswept(why)));
        let late = seal(&vault, "late").await;
        drop(vault);

        // The log grows past where it was; what records said meanwhile is known no more.
        let vault = disk.open();
        vault.beside_log(log(name), || 99).unwrap();
        assert_eq!(vault.unswept(), None);
        let vault = Arc::new(vault);
        let swept = sweep(&vault, &[], 9).await;
        assert_eq!(swept, Ok((found(1, 1), size)), "that run's is looked at");
        assert_eq!(vault.read(&late.entry), Ok(Read::Unknown));
        assert_eq!(contents(&vault), [content("known, too"), content("known")]);
    }
}

#[tokio::test]
async fn nothing_is_removed_where_too_much_would_be_until_somebody_allows_it() {
    let disk = Disk::new();
    {
        let vault = beside(disk.open(), 0);
        for n in 0..5 {
            seal(&vault, format!("{n}")).await;
        }
    }
    let vault = beside(disk.open(), 0);
    let rows = disk.rows();
    let too_many = Unswept::TooMany {
        found: 5,
        at_most: 4,
    };
    for _ in 0..2 {
        let refused = sweep(&vault, &[], 4).await;
        assert_eq!(refused, Err(VaultError::Unswept(too_many)));
    }
    assert_eq!(disk.rows(), rows);
    assert_eq!(sweep(&vault, &[], 5).await, Ok((found(5, 5), 0)));
    assert_eq!(contents(&vault), []);
}

#[tokio::test]
async fn a_damaged_note_and_entries_of_before_the_first_log_remove_nothing() {
    let disk = Disk::new();
    seal(&disk.open(), "before any log").await;
    drop(beside(disk.open(), 4));
    let vault = beside(disk.open(), 4);
    assert_eq!(sweep(&vault, &[], 9).await, Ok((found(0, 0), 4)));
    seal(&vault, "beside it").await;
    drop(vault);
    disk.put(b"o", b"nonsense");
    let vault = beside(disk.open(), 4);
    assert_eq!(vault.unswept(), Some(Unswept::NoteDamaged));
    let refused = sweep(&vault, &[], 9).await;
    assert_eq!(refused, Err(VaultError::Unswept(Unswept::NoteDamaged)));
    drop(vault);
    let vault = beside(disk.open(), 4);
    assert_eq!(sweep(&vault, &[], 9).await, Ok((found(0, 0), 4)));
    assert_eq!(contents(&vault).len(), 2);
}

#[derive(Debug, Clone)]
enum Step {
    Seal {
        is_recorded: bool,
        is_long: bool,
    },
    Restart,
    Sweep,
    /// Restart with a log that lacks its last records.
    TakeBack {
        records: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (any::<bool>(), prop::bool::weighted(0.1))
            .prop_map(|(is_recorded, is_long)| Step::Seal { is_recorded, is_long }),
        2 => Just(Step::Restart),
        2 => Just(Step::Sweep),
        1 => (1..4_usize).prop_map(|records| Step::TakeBack { records }),
    ]
}

/// What was sealed, and what is known about it without asking the vault.
struct Sealed {
    entry: String,
    run: u32,
    /// Something told the vault that its record may be gone.
    stays: bool,
    is_gone: bool,
}

struct World {
    disk: Disk,
    runtime: tokio::runtime::Runtime,
    vault: Option<Arc<Vault>>,
    run: u32,
    /// The log: each record refers to one entry.
    records: Vec<String>,
    size: Arc<AtomicU64>,
    sealed: Vec<Sealed>,
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let mut world = Self {
            disk: Disk::new(),
            runtime: runtime.unwrap(),
            vault: None,
            run: 0,
            records: Vec::new(),
            size: Arc::default(),
            sealed: Vec::new(),
        };
        world.restart();
        world
    }

    fn vault(&self) -> &Arc<Vault> {
        self.vault.as_ref().unwrap()
    }

    fn restart(&mut self) {
        self.vault = None;
        self.run += 1;
        self.size.store(self.records.len() as u64, Ordering::SeqCst);
        let (vault, size) = (self.disk.open(), Arc::clone(&self.size));
        let size = move || size.load(Ordering::SeqCst);
        vault.beside_log(log("one"), size).unwrap();
        if vault.unswept().is_some() {
            for sealed in &mut self.sealed {
                sealed.stays = true;
            }
        }
        self.vault = Some(Arc::new(vault));
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Seal {
                is_recorded,
                is_long,
            } => {
                let bytes = if *is_long { 20_000 } else { 9 };
                let content = noise(self.sealed.len() as u64, bytes);
                let entry = self.runtime.block_on(seal(self.vault(), content)).entry;
                if *is_recorded {
                    self.records.push(entry.clone());
                    self.size.store(self.records.len() as u64, Ordering::SeqCst);
                }
                self.sealed.push(Sealed {
                    entry,
                    run: self.run,
                    stays: false,
                    is_gone: false,
                });
            }
            Step::Restart => self.restart(),
            Step::Sweep => self.sweep(),
            Step::TakeBack { records } => {
                let left = self.records.len().saturating_sub(*records);
                self.records.truncate(left);
                self.restart();
            }
        }
    }

    fn sweep(&mut self) {
        let Ok(mut sweep) = Sweep::new(Arc::clone(self.vault()), u64::MAX) else {
            assert!(self.vault().unswept().is_some());
            return;
        };
        // No more than it asks for.
        for position in sweep.log() {
            sweep.keep(&self.records[position as usize]);
        }
        while sweep.count(2).unwrap() {}
        while sweep.remove(2).unwrap() {}
        for sealed in &mut self.sealed {
            let is_recorded = self.records.contains(&sealed.entry);
            sealed.is_gone |= sealed.run < self.run && !is_recorded && !sealed.stays;
        }
    }

    fn check(&self) {
        for sealed in &self.sealed {
            let read = self.vault().read(&sealed.entry).unwrap();
            assert_eq!(read == Read::Unknown, sealed.is_gone, "{}", sealed.entry);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_happens_only_words_without_a_record_are_dropped(
        steps in prop::collection::vec(step(), 1..50)
    ) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
            world.check();
        }
    }
}
