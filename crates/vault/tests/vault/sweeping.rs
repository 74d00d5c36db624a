use redress_envelope::VaultRef;
use redress_store::{Fault, FaultPlan};
use redress_vault::{EntryId, Read, Swept, Vault, VaultError};

use super::disk::{Disk, content, contents, entry, noise, seal, someone};

/// One part of a sweep, in a run before whose first command the log had `log_size` records.
async fn sweep(vault: Vault, known: &[&VaultRef], log_size: u64) -> (Vault, Swept) {
    let known = known.iter().map(|reference| reference.entry.parse());
    let known: Vec<EntryId> = known.map(Result::unwrap).collect();
    let sweeping = move || {
        let swept = vault
            .sweep_orphans(1, log_size, |entry| known.contains(&entry))
            .unwrap();
        (vault, swept)
    };
    tokio::task::spawn_blocking(sweeping).await.unwrap()
}

fn swept(entries: u64, removed: u64) -> Swept {
    Swept {
        entries,
        removed,
        damaged: 0,
        is_complete: true,
    }
}

#[tokio::test]
async fn only_entries_of_earlier_runs_that_nobody_knows_are_swept_and_each_is_looked_at_once() {
    let disk = Disk::new();
    let vault = disk.open();
    let (known, orphan) = (seal(&vault, "known").await, seal(&vault, "orphan").await);
    let long = seal(&vault, noise(1, 300_000)).await;
    let (vault, found) = sweep(vault, &[&known], 0).await;
    assert_eq!(found, swept(0, 0), "all are of this run");
    drop(vault);

    let vault = disk.open();
    let rows = disk.rows().len();
    let fresh = seal(&vault, "fresh").await;
    let (vault, found) = sweep(vault, &[&known], 5).await;
    assert_eq!(found, swept(3, 2));
    assert!(disk.rows().len() < rows - 30, "the pieces are gone");
    let again = sweep(vault, &[], 9).await;
    assert_eq!(again.1, swept(0, 0), "nothing is looked at twice");
    for vault in [again.0, disk.open()] {
        for gone in [&orphan, &long] {
            assert_eq!(vault.read(&gone.entry), Ok(Read::Unknown));
        }
        assert_eq!(contents(&vault), [content("fresh"), content("known")]);
        let newest_first = [&fresh, &known].map(|it| it.entry.parse().unwrap());
        assert_eq!(
            vault.entries_of_subject(someone(), None, 9).unwrap(),
            newest_first
        );
        let long: EntryId = long.entry.parse().unwrap();
        let after_a_swept_one = vault.entries_of_subject(someone(), Some(long), 9);
        assert_eq!(after_a_swept_one.unwrap(), newest_first[1..]);
    }

    let vault = disk.open();
    assert_eq!(vault.sweep_log_from(), Ok(5));
    let (vault, found) = sweep(vault, &[&fresh], 7).await;
    assert_eq!(found, swept(1, 0), "only the last run's");
    assert_eq!(vault.sweep_log_from(), Ok(7));
}

#[tokio::test]
async fn a_sweep_is_done_in_parts_and_goes_on_in_the_next_run() {
    let disk = Disk::new();
    let mut known = Vec::new();
    for run in 0..3 {
        let vault = disk.open();
        for number in 0..150 {
            let sealed = seal(&vault, format!("{run} {number}")).await;
            known.extend((number % 2 == 0).then_some(sealed));
        }
        seal(&vault, noise(1, 900_000)).await;
    }
    let known: Vec<_> = known.iter().collect();
    let (mut entries, mut removed, mut parts) = (0, 0, 0);
    loop {
        let (_, found) = sweep(disk.open(), &known, 3).await;
        (entries, removed) = (entries + found.entries, removed + found.removed);
        parts += 1;
        let vault = disk.open();
        assert_eq!(
            vault.sweep_log_from(),
            Ok(if found.is_complete { 3 } else { 0 })
        );
        if found.is_complete {
            break;
        }
    }
    assert!(parts > 2, "{parts} parts");
    assert_eq!((entries, removed), (453, 228));
    let vault = disk.open();
    assert_eq!(contents(&vault).len(), known.len());
    for reference in known {
        assert!(matches!(
            vault.read_committed(reference),
            Ok(Read::Content(_))
        ));
    }
}

#[tokio::test]
async fn pieces_of_an_entry_that_was_cut_off_are_swept_and_those_of_others_stay() {
    let disk = Disk::new();
    let whole = seal(&disk.open(), noise(2, 100_000)).await;
    let rows = disk.rows().len();
    for _ in 0..12 {
        let cut = Fault::PartlyPersisted { batches: 30 };
        let vault = disk.open_faulty(FaultPlan::nth(1, cut));
        let cut = vault.seal(vec![entry(noise(1, 300_000))]).await;
        assert!(matches!(cut, Err(VaultError::Store(_))));
    }
    assert_eq!(disk.rows().len(), rows + 12 * 30);
    let mut vault = disk.open();
    loop {
        let found;
        (vault, found) = sweep(vault, &[&whole], 0).await;
        assert_eq!(found.removed, 0);
        if found.is_complete {
            break;
        }
    }
    assert_eq!(disk.rows().len(), rows + 1, "and the note of the sweep");
    let read = vault.read_committed(&whole);
    assert_eq!(read, Ok(content(noise(2, 100_000))));
}

#[tokio::test]
async fn a_sweep_that_is_cut_off_anywhere_can_be_done_again() {
    for batches in 0..45 {
        let disk = Disk::new();
        let vault = disk.open();
        let orphan = seal(&vault, noise(1, 300_000)).await;
        let known = seal(&vault, "known").await;
        drop(vault);
        let broken = Fault::PartlyPersisted { batches };
        let vault = disk.open_faulty(FaultPlan::nth(1, broken));
        let is_known: EntryId = known.entry.parse().unwrap();
        let cut = move || {
            let swept = vault.sweep_orphans(1, 4, |entry| entry == is_known);
            assert!(matches!(swept, Err(VaultError::Store(_))));
        };
        tokio::task::spawn_blocking(cut).await.unwrap();

        let (vault, found) = sweep(disk.open(), &[&known], 4).await;
        assert!(found.is_complete && found.damaged == 0, "{batches}");
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
        let vault = disk.open();
        (seal(&vault, "damaged").await, seal(&vault, "known").await)
    };
    let (key, mut block) = disk.rows().swap_remove(0);
    block[20] ^= 1;
    disk.put(&key, &block);
    let (vault, found) = sweep(disk.open(), &[&known], 0).await;
    assert_eq!((found.entries, found.removed, found.damaged), (1, 0, 1));
    assert!(matches!(
        vault.read(&damaged.entry),
        Err(VaultError::Damaged { .. })
    ));
    assert_eq!(disk.rows()[0], (key, block));
}
