//! How fast durable writes are on this disk, with the disk's own figure beside them.
//!
//! `cargo run --release -p redress-store --example durable_writes [directory]`

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use redress_store::{Batch, SledOptions, SledStore, Store};

const RUN: Duration = Duration::from_secs(2);
const ROUNDS: u32 = 3;
const VALUE_BYTES: usize = 500;

/// Repeats `write` for a while and prints how often a second it was done.
fn measure(
    name: &str,
    puts: u64,
    mut write: impl FnMut(u64) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let mut applies = 0_u64;
    while started.elapsed() < RUN {
        write(applies)?;
        applies += 1;
    }
    let per_second = applies as f64 / started.elapsed().as_secs_f64();
    println!(
        "{name:34} {per_second:8.0} syncs/s {:9.0} puts/s",
        per_second * puts as f64
    );
    Ok(())
}

fn value(seed: u64) -> Vec<u8> {
    let mut value = vec![0; VALUE_BYTES];
    fastrand::Rng::with_seed(seed).fill(&mut value);
    value
}

fn bare_file(dir: &Path, puts: u64) -> Result<(), Box<dyn Error>> {
    let mut file = File::create(dir.join("bare file"))?;
    measure(&format!("bare file, {puts} values a sync"), puts, |apply| {
        for put in 0..puts {
            file.write_all(&value(apply * puts + put))?;
        }
        Ok(file.sync_data()?)
    })
}

/// Keys grow, like positions in a log.
fn store(store: &SledStore, batches: u64, keys: u64) -> Result<(), Box<dyn Error>> {
    let puts = batches * keys;
    measure(
        &format!("store, {batches} batch(es) of {keys} key(s)"),
        puts,
        |apply| {
            let mut group = Vec::new();
            for number in 0..batches {
                let mut batch = Batch::new();
                for key in 0..keys {
                    let position = apply * puts + number * keys + key;
                    batch.put(
                        [&[keys as u8, batches as u8][..], &position.to_be_bytes()].concat(),
                        value(position),
                    )?;
                }
                group.push(batch);
            }
            Ok(store.apply(group)?)
        },
    )
}

fn main() -> Result<(), Box<dyn Error>> {
    let parent = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for _ in 0..ROUNDS {
        let dir = tempfile::tempdir_in(&parent)?;
        let (sled, _) = SledStore::open_with(&dir.path().join("store"), SledOptions::default())?;
        for puts in [1, 16, 64] {
            bare_file(dir.path(), puts)?;
        }
        for (batches, keys) in [(1, 1), (1, 16), (4, 16)] {
            store(&sled, batches, keys)?;
        }
    }
    Ok(())
}
