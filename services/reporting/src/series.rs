//! Received, closed and open, bucket by bucket.
//!
//! A series counts what flowed in and out between two times, and what stood there: the closings and the
//! stock are of every complaint, whenever it was received.

use std::collections::BTreeMap;

use crate::bucket::Cut;
use crate::facts::{Case, Received};

/// What changes in one bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Change {
    received: u64,
    closed: u64,
    open: i64,
}

/// A series in the making: only buckets in which something happened.
#[derive(Debug)]
pub(crate) struct Series {
    cut: Cut,
    /// The time that is shown; nothing after it is counted.
    range: Received,
    /// What happened before that time.
    before: Change,
    changes: BTreeMap<i32, Change>,
}

/// One bucket, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) bucket: i32,
    pub(crate) received: u64,
    pub(crate) closed: u64,
    pub(crate) open_at_end: u64,
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
            before: Change::default(),
            changes: BTreeMap::new(),
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
        self.count(received, |change| {
            change.received += 1;
            change.open += i64::from(is_open);
        });
        let mut latest = received;
        for (time, opens) in course.turns() {
            // Nothing ends before it begins, whatever times were given.
            latest = latest.max(*time);
            self.count(latest, |change| {
                change.closed += u64::from(!opens);
                change.open += i64::from(*opens) - i64::from(is_open);
            });
            is_open = *opens;
        }
    }

    fn count(&mut self, time: i64, count: impl FnOnce(&mut Change)) {
        if self.range.to.is_some_and(|to| to <= time) {
            return;
        }
        let is_before = self.range.from.is_some_and(|from| time < from);
        count(if is_before {
            &mut self.before
        } else {
            self.changes.entry(self.cut.number(time)).or_default()
        });
    }

    /// The points of the range without gaps; without a range, of where something happened.
    pub(crate) fn points(&self) -> Result<Vec<Point>, TooMany> {
        let bucket = |time| self.cut.number(time);
        let first = self.range.from.map(bucket);
        let last = self.range.to.map(|to| bucket(to.saturating_sub(1)));
        let first = first.or(self.changes.first_key_value().map(|(bucket, _)| *bucket));
        let last = last.or(self.changes.last_key_value().map(|(bucket, _)| *bucket));
        // What still stands is worth a point, also where nothing has happened since.
        let standing = first.filter(|_| self.before.open > 0);
        let (Some(first), Some(last)) = (first, last.or(standing)) else {
            return Ok(Vec::new());
        };
        let count = i64::from(last) - i64::from(first) + 1;
        if count > MAX_POINTS {
            return Err(TooMany(count));
        }
        let mut open = self.before.open;
        let point = |bucket| {
            let change = self.changes.get(&bucket).copied().unwrap_or_default();
            open += change.open;
            Point {
                bucket,
                received: change.received,
                closed: change.closed,
                open_at_end: u64::try_from(open).unwrap_or(0),
            }
        };
        Ok((first..=last).map(point).collect())
    }
}
