//! What flowed into and out of the stock of open complaints, and what stood there, bucket by bucket.
//!
//! A series counts what happened between two times: its flows and its stock are of every complaint,
//! whenever it was received. Each bucket adds up, and the next one begins with what it ends with:
//! open at start + received + reopened - closed - withdrawn - closed at an unknown time = open at end.

use std::collections::BTreeMap;

use crate::bucket::Cut;
use crate::facts::{Case, Received, Turn};

/// What flowed in and out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flows {
    pub(crate) received: u64,
    pub(crate) reopened: u64,
    pub(crate) closed: u64,
    pub(crate) withdrawn: u64,
    /// Reported as closed by a system that does not say when: out with its receipt, never in the stock.
    pub(crate) closed_at_unknown_time: u64,
}

/// A series in the making: only buckets in which something happened.
#[derive(Debug)]
pub(crate) struct Series {
    cut: Cut,
    /// The time that is shown; nothing after it is counted.
    range: Received,
    /// What happened before that time.
    before: Flows,
    flows: BTreeMap<i32, Flows>,
}

/// One bucket, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) bucket: i32,
    pub(crate) open_at_start: u64,
    pub(crate) flows: Flows,
    pub(crate) open_at_end: u64,
}

impl Flows {
    /// What stands afterwards, of so many that stood before.
    fn onto(self, stock: u64) -> u64 {
        let came = stock
            .saturating_add(self.received)
            .saturating_add(self.reopened);
        // Nothing leaves that did not come before: see `Series::add`.
        came.saturating_sub(self.closed)
            .saturating_sub(self.withdrawn)
            .saturating_sub(self.closed_at_unknown_time)
    }
}

/// A series would have so many points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany(pub(crate) i64);

pub(crate) const MAX_POINTS: i64 = 5_000;

impl Series {
    pub(crate) fn new(cut: Cut, range: Received) -> Self {
        Self {
            cut,
            range,
            before: Flows::default(),
            flows: BTreeMap::new(),
        }
    }

    /// The complaints that it must be shown: all that were received before its end.
    pub(crate) fn asks_for(range: Received) -> Received {
        Received {
            from: None,
            ..range
        }
    }

    pub(crate) fn add(&mut self, case: &Case<'_>) {
        let Some(course) = case.complaint() else {
            return;
        };
        let received = case.received();
        let mut is_open = !course.begins_closed();
        self.count(received, |flows| {
            flows.received += 1;
            flows.closed_at_unknown_time += u64::from(!is_open);
        });
        let mut latest = received;
        for (time, turn) in course.turns() {
            // Nothing ends before it begins, whatever times were given.
            latest = latest.max(*time);
            let opens = *turn == Turn::Reopened;
            // Out goes only what is in, and in what is out: or the buckets would not add up.
            if is_open != opens {
                self.count(latest, |flows| match turn {
                    Turn::Closed => flows.closed += 1,
                    Turn::Withdrawn => flows.withdrawn += 1,
                    Turn::Reopened => flows.reopened += 1,
                });
                is_open = opens;
            }
        }
    }

    fn count(&mut self, time: i64, count: impl FnOnce(&mut Flows)) {
        if self.range.to.is_some_and(|to| to <= time) {
            return;
        }
        let is_before = self.range.from.is_some_and(|from| time < from);
        count(if is_before {
            &mut self.before
        } else {
            self.flows.entry(self.cut.number(time)).or_default()
        });
    }

    /// The points of the range without gaps; without a range, of where something happened.
    pub(crate) fn points(&self) -> Result<Vec<Point>, TooMany> {
        let bucket = |time| self.cut.number(time);
        let first = self.range.from.map(bucket);
        let last = self.range.to.map(|to| bucket(to.saturating_sub(1)));
        let first = first.or(self.flows.first_key_value().map(|(bucket, _)| *bucket));
        let last = last.or(self.flows.last_key_value().map(|(bucket, _)| *bucket));
        let mut stock = self.before.onto(0);
        // What still stands is worth a point, also where nothing has happened since.
        let standing = first.filter(|_| stock > 0);
        let (Some(first), Some(last)) = (first, last.or(standing)) else {
            return Ok(Vec::new());
        };
        let count = i64::from(last) - i64::from(first) + 1;
        if count > MAX_POINTS {
            return Err(TooMany(count));
        }
        let point = |bucket| {
            let flows = self.flows.get(&bucket).copied().unwrap_or_default();
            let open_at_start = stock;
            stock = flows.onto(stock);
            Point {
                bucket,
                open_at_start,
                flows,
                open_at_end: stock,
            }
        };
        Ok((first..=last).map(point).collect())
    }
}
