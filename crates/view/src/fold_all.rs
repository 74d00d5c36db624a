//! A fold without files, threads or a runtime, for tests.

use std::collections::{BTreeMap, VecDeque};

use redress_envelope::{LogId, Record, derived_uuid};
use redress_event_log::{EarlierLife, Lives};
use redress_evidence::Hash;

use crate::engine::{Engine, Step};
use crate::fold::{Fold, Folder};
use crate::generation::digest_of;
use crate::overlay::MemoryRows;
use crate::progress::{Followed, Incomplete};
use crate::stop::Stop;

/// What a fold made of some logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    pub rows: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The same as [`View::digest`](crate::View::digest) over the same rows.
    pub digest: Hash,
    /// By `service/partition`.
    pub incomplete: BTreeMap<String, Incomplete>,
}

/// Folded records between two writes: few, so that most reads meet both rows that are written and
/// rows that are not.
const WRITE_EVERY: usize = 7;

/// Folds whole logs, each from its first record, in a given interleaving.
///
/// Each number in `order` is the log of which one more record arrives; what is left over arrives
/// at the end, log by log. A record whose cause has not been folded is held back, and with it what
/// follows in its log, exactly as in a running view. What is held back for ever (its cause lies
/// behind the end of a log) is not folded.
pub fn fold_all<F: Fold>(fold: F, logs: &[Vec<Record>], order: &[usize]) -> Result<Folded, Stop> {
    let firsts = logs.iter().map(|log| log.first());
    let followed = firsts.enumerate().map(|(index, first)| match first {
        Some(first) => {
            let place = format!("{}/{}", first.service, first.partition);
            Followed::new(place, lives(&logs[index]))
        }
        // No record can name it as its log or cause.
        None => Followed::new(format!("empty/{index}"), lives(&[])),
    });
    let engine = Engine::new(
        Folder::new(fold),
        followed.flatten().collect(),
        vec![0; logs.len()],
        BTreeMap::new(),
    );
    let mut driver = Driver {
        engine,
        below: MemoryRows::default(),
        arrived: vec![VecDeque::new(); logs.len()],
        folded: 0,
    };
    let mut unread: Vec<_> = logs.iter().map(|log| log.iter()).collect();
    let rest = (0..logs.len()).flat_map(|log| std::iter::repeat_n(log, logs[log].len()));
    for log in order.iter().copied().chain(rest) {
        if let Some(record) = unread.get_mut(log).and_then(Iterator::next) {
            driver.arrived[log].push_back(record);
            driver.fold()?;
        }
    }
    driver.write();
    let rows = driver.below.0;
    let digest = digest_of(|see| {
        for (key, value) in &rows {
            see(key, value);
        }
        Ok::<_, Stop>(())
    })?;
    Ok(Folded {
        rows,
        digest,
        incomplete: driver.engine.incomplete,
    })
}

/// As its records say: each names the life in which it was written.
fn lives(records: &[Record]) -> Lives {
    let none = LogId(derived_uuid("empty log", &[]));
    let mut lives = Lives::only(records.first().map_or(none, |first| first.log));
    for record in records {
        if record.log != lives.log {
            let log = std::mem::replace(&mut lives.log, record.log);
            let records = record.position;
            lives.earlier.push(EarlierLife { log, records });
        }
    }
    lives
}

struct Driver<'a> {
    engine: Engine,
    below: MemoryRows,
    arrived: Vec<VecDeque<&'a Record>>,
    folded: usize,
}

impl Driver<'_> {
    /// Folds all that has arrived and need not wait.
    fn fold(&mut self) -> Result<(), Stop> {
        loop {
            let before = self.folded;
            for log in 0..self.arrived.len() {
                while let Some(record) = self.arrived[log].front()
                    && self.engine.step(log, record, &self.below)? == Step::Folded
                {
                    self.arrived[log].pop_front();
                    self.folded += 1;
                    if self.folded.is_multiple_of(WRITE_EVERY) {
                        self.write();
                    }
                }
            }
            if self.folded == before {
                return Ok(());
            }
        }
    }

    fn write(&mut self) {
        self.below.write(&self.engine.overlay.take());
    }
}
