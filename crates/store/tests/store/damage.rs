//! One flipped bit in any of sled's files: opening answers, in words.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redress_store::{SledStore, Store};

use crate::child::{self, Said};
use crate::folder::copy;
use crate::workload;

fn sled_files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join("sled"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

fn flip_one_bit(file: &Path, random: &mut fastrand::Rng) {
    let mut bytes = fs::read(file).unwrap();
    // Zeros at the end are space that sled has not used yet.
    let used = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let at = random.usize(0..used.max(1));
    bytes[at] ^= 1 << random.u8(0..8);
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_flipped_bit_never_makes_open_panic_or_hang() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let (store, _) = SledStore::open_with(&whole, child::small_options()).unwrap();
    for number in 0..60 {
        store.apply(vec![workload::batch(number)]).unwrap();
    }
    drop(store);
    drop(SledStore::open_with(&whole, child::small_options()).unwrap());
    let files = sled_files(&whole);
    assert!(files.len() >= 3, "conf, db and a snapshot: {files:?}");
    let mut random = fastrand::Rng::with_seed(7);
    let (mut opened, mut set_aside, mut refused) = (0, 0, 0);
    for round in 0..child::rounds(8) * 3 {
        let damaged = dir.path().join(format!("damaged {round}"));
        copy(&whole, &damaged);
        let file = sled_files(&damaged)[round as usize % files.len()].clone();
        flip_one_bit(&file, &mut random);
        let mut command = child::command("read", &damaged, &[]);
        let said = Said::by(&mut command, dir.path().join("said"));
        child::wait(command.spawn().unwrap(), Duration::from_secs(30));
        let lines = said.lines();
        assert!(
            said.says("OPENED") || said.says("REFUSED"),
            "{}: {lines:?}",
            file.display()
        );
        opened += u32::from(said.says("OPENED"));
        set_aside += u32::from(lines.iter().any(|line| line.contains("set-aside-1")));
        refused += u32::from(said.says("REFUSED"));
        fs::remove_dir_all(damaged).unwrap();
    }
    println!("flipped bits: {opened} opened ({set_aside} without snapshots), {refused} refused");
}
