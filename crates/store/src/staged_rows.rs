//! Rows of a view that is being built, before they are sorted into a [`RowStore`](crate::RowStore).
//!
//! Building a view changes rows all over the place, millions of them, and nobody reads them but the
//! fold. A store that keeps everything sorted the while writes most rows many times. Here each batch
//! becomes a run, a sorted and compressed file; where there are many, sixteen of a size become one;
//! and at the end all of them are merged once, [poured](StagedRows::pour) into the store that serves.
//! So each row is written three or four times, and what was overwritten or removed seldom arrives.
//!
//! A run is there when the books name it, and both are written before the books are replaced: a
//! process that ends anywhere leaves the rows and the note of one batch. Nothing is synced. After a
//! power cut a run may lack what was written to it; every block has a checksum and all are looked at
//! when the runs are opened, so that this is noticed, and the rows can be folded again.

mod block;
mod books;
mod filter;
mod merge;
mod run;

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use self::books::Books;
use self::filter::KeyHash;
use self::merge::Merge;
use self::run::{Found, Run, RunWriter, path_of};
use crate::row_store::{Ingested, Order, PutRow, RowChange, RowError, broken};

/// So many runs of one tier become one of the next.
const MERGED_RUNS: usize = 16;

#[derive(Debug)]
pub struct StagedRows {
    dir: PathBuf,
    /// The oldest first.
    runs: RwLock<Vec<Arc<Run>>>,
    /// Held while the books are replaced.
    writing: Mutex<Writing>,
}

#[derive(Debug)]
struct Writing {
    next_number: u64,
    note: Option<Vec<u8>>,
}

impl StagedRows {
    /// Opens what is in a folder, or begins with nothing. Reads all of it.
    pub fn open(dir: &Path) -> Result<Self, RowError> {
        Self::read(dir).map_err(|error| broken(dir, &error))
    }

    fn read(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let books = Books::read(dir)?.unwrap_or_default();
        remove_strangers(dir, &books)?;
        let runs: io::Result<Vec<_>> = books
            .runs
            .iter()
            .map(|facts| Run::open(dir, *facts).map(Arc::new))
            .collect();
        let last = books.runs.iter().map(|run| run.number).max();
        Ok(Self {
            dir: dir.to_owned(),
            runs: RwLock::new(runs?),
            writing: Mutex::new(Writing {
                next_number: last.map_or(0, |last| last + 1),
                note: books.note,
            }),
        })
    }

    /// What was noted with the last rows.
    pub fn note(&self) -> Option<Vec<u8>> {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        writing.note.clone()
    }

    fn runs(&self) -> Vec<Arc<Run>> {
        let runs = self.runs.read().unwrap_or_else(PoisonError::into_inner);
        runs.clone()
    }

    /// Adds rows whose keys rise, at most `most`, and the note that belongs to them: both or neither.
    pub fn add<'a>(
        &self,
        rows: impl Iterator<Item = RowChange<'a>>,
        most: usize,
        note: Vec<u8>,
    ) -> Result<(), RowError> {
        let failed = |error: io::Error| broken(&self.dir, &error);
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut run = self.create(&mut writing, 0, most).map_err(failed)?;
        let mut order = Order::default();
        for (key, value) in rows {
            order.check(&key)?;
            run.push((&key, value.as_deref())).map_err(failed)?;
        }
        writing.note = Some(note);
        let mut runs = self.runs();
        runs.push(Arc::new(run.finish().map_err(failed)?));
        self.replace(&writing, runs).map_err(failed)?;
        while self.merge_newest(&mut writing).map_err(failed)? {}
        Ok(())
    }

    fn create(&self, writing: &mut Writing, tier: u32, most: usize) -> io::Result<RunWriter> {
        let number = writing.next_number;
        writing.next_number += 1;
        RunWriter::create(&self.dir, number, tier, most)
    }

    fn replace(&self, writing: &Writing, runs: Vec<Arc<Run>>) -> io::Result<()> {
        let books = Books {
            runs: runs.iter().map(|run| run.facts).collect(),
            note: writing.note.clone(),
        };
        books.write(&self.dir)?;
        *self.runs.write().unwrap_or_else(PoisonError::into_inner) = runs;
        Ok(())
    }

    /// Merges the newest runs if there are enough of one tier; says whether it did.
    fn merge_newest(&self, writing: &mut Writing) -> io::Result<bool> {
        let mut runs = self.runs();
        let Some(tier) = runs.last().map(|run| run.facts.tier) else {
            return Ok(false);
        };
        let same = runs.iter().rev().take_while(|run| run.facts.tier == tier);
        let same = same.count();
        if same < MERGED_RUNS {
            return Ok(false);
        }
        let merged = runs.split_off(runs.len() - same);
        let most: u64 = merged.iter().map(|run| run.facts.rows).sum();
        let mut into = self.create(writing, tier + 1, most as usize)?;
        // Below the oldest run there is nothing that a removal could hide.
        let is_oldest = runs.is_empty();
        Merge::new(&merged, &[])?.for_each(|(key, value)| {
            if value.is_some() || !is_oldest {
                into.push((key, value))?;
            }
            Ok::<_, io::Error>(ControlFlow::Continue(()))
        })?;
        runs.push(Arc::new(into.finish()?));
        self.replace(writing, runs)?;
        for run in merged {
            fs::remove_file(path_of(&self.dir, run.facts.number))?;
        }
        Ok(true)
    }

    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowError> {
        let hash = KeyHash::of(key);
        let runs = self.runs.read().unwrap_or_else(PoisonError::into_inner);
        for run in runs.iter().rev().filter(|run| run.may_have(hash)) {
            let found = run.get(key).map_err(|error| broken(&self.dir, &error))?;
            match found {
                Some(Found::Value(value)) => return Ok(Some(value)),
                Some(Found::Removed) => return Ok(None),
                None => {}
            }
        }
        Ok(None)
    }

    /// Shows the rows with keys in `[from, to)` in order, as of the call; `None` means to the end.
    pub fn for_each(
        &self,
        from: &[u8],
        to: Option<&[u8]>,
        mut see: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), RowError> {
        let shown = Merge::new(&self.runs(), from).and_then(|mut merge| {
            merge.for_each(|(key, value)| {
                if to.is_some_and(|to| key >= to) {
                    return Ok(ControlFlow::Break(()));
                }
                let flow = value.map(|value| see(key, value));
                Ok::<_, io::Error>(flow.unwrap_or(ControlFlow::Continue(())))
            })
        });
        shown.map_err(|error| broken(&self.dir, &error))
    }

    /// Hands all rows on in order, unless `goes_on` says no on the way.
    pub fn pour(
        &self,
        put: &mut PutRow<'_>,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Ingested, RowError> {
        let failed = |error: io::Error| broken(&self.dir, &error);
        let mut merge = Merge::new(&self.runs(), &[]).map_err(failed)?;
        let mut count = 0_u64;
        let mut ingested = Ingested::All;
        let poured = merge.for_each(|(key, value)| {
            if value.is_some() {
                put(key, value).map_err(Failed::Rows)?;
            }
            count += 1;
            if count.is_multiple_of(1_024) && !goes_on() {
                ingested = Ingested::Nothing;
                return Ok(ControlFlow::Break(()));
            }
            Ok(ControlFlow::Continue(()))
        });
        poured.map_err(|error| match error {
            Failed::Rows(error) => error,
            Failed::Read(error) => failed(error),
        })?;
        Ok(ingested)
    }
}

/// Why rows were not handed on.
enum Failed {
    Rows(RowError),
    Read(io::Error),
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// Removes what a process left that ended before its books were written.
fn remove_strangers(dir: &Path, books: &Books) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("run-"));
        let number = number.and_then(|number| number.parse::<u64>().ok());
        if let Some(number) = number
            && !books.runs.iter().any(|run| run.number == number)
        {
            fs::remove_file(path_of(dir, number))?;
        }
    }
    Ok(())
}
