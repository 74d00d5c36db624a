//! What was promised, and what became of it: by clock, and by the day, week or month in which the clock
//! began.

use std::collections::BTreeMap;

use redress_wire::reporting::v1 as wire;

use crate::bucket::Cut;
use crate::facts::{Promises, Standing};

/// How many promises stand in which way. They add up to what was started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    met: u64,
    ended_late: u64,
    late_still: u64,
    cancelled: u64,
    running: u64,
    paused: u64,
}

impl Tally {
    fn add(&mut self, standing: Standing) {
        let count = match standing {
            Standing::Met => &mut self.met,
            Standing::EndedLate => &mut self.ended_late,
            Standing::LateStill => &mut self.late_still,
            Standing::Cancelled => &mut self.cancelled,
            Standing::Running => &mut self.running,
            Standing::Paused => &mut self.paused,
        };
        *count += 1;
    }

    fn and(self, other: Self) -> Self {
        Self {
            met: self.met + other.met,
            ended_late: self.ended_late + other.ended_late,
            late_still: self.late_still + other.late_still,
            cancelled: self.cancelled + other.cancelled,
            running: self.running + other.running,
            paused: self.paused + other.paused,
        }
    }

    fn to_wire(self) -> wire::ClockCounts {
        let late = self.ended_late + self.late_still;
        wire::ClockCounts {
            started: self.met + late + self.cancelled + self.running + self.paused,
            met: self.met,
            late,
            late_still: self.late_still,
            cancelled: self.cancelled,
            running: self.running,
            paused: self.paused,
        }
    }
}

/// Promises by clock and bucket.
#[derive(Debug)]
pub(crate) struct Promised {
    cut: Cut,
    /// The moment of the answer, in microseconds.
    at: i64,
    clocks: BTreeMap<String, BTreeMap<i32, Tally>>,
}

impl Promised {
    pub(crate) fn new(cut: Cut, at: i64) -> Self {
        Self {
            cut,
            at,
            clocks: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, promises: &Promises) {
        for (clock, promise) in promises.iter() {
            let bucket = self.cut.number(promise.began);
            let standing = promise.standing(self.at);
            let buckets = match self.clocks.get_mut(clock) {
                Some(buckets) => buckets,
                None => self.clocks.entry(clock.to_owned()).or_default(),
            };
            buckets.entry(bucket).or_default().add(standing);
        }
    }

    /// How many buckets there are in all.
    pub(crate) fn len(&self) -> usize {
        self.clocks.values().map(BTreeMap::len).sum()
    }

    pub(crate) fn to_wire(&self) -> Vec<wire::ClockReport> {
        let report = |(clock, buckets): (&String, &BTreeMap<i32, Tally>)| {
            let (policy, name) = clock.split_once('/').unwrap_or(("", clock));
            let total = buckets.values().copied().fold(Tally::default(), Tally::and);
            let point = |(bucket, tally): (&i32, &Tally)| wire::ClockPoint {
                start: self.cut.first_day(*bucket).to_string(),
                counts: Some(tally.to_wire()),
            };
            wire::ClockReport {
                policy: policy.to_owned(),
                clock: name.to_owned(),
                total: Some(total.to_wire()),
                points: buckets.iter().map(point).collect(),
            }
        };
        self.clocks.iter().map(report).collect()
    }
}
