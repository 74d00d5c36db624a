//! Received, closed and open, bucket by bucket.

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
    pub(crate) fn new(cut: Cut) -> Self {
        Self {
            cut,
            changes: BTreeMap::new(),
        }
    }

    pub(crate) fn add(&mut self, case: &Case<'_>) {
        let Some(course) = case.complaint() else {
            return;
        };
        let received = case.received();
        let at = self.at(received);
        at.received += 1;
        let mut is_open = !course.begins_closed();
        at.open += i64::from(is_open);
        let mut latest = received;
        for (time, opens) in course.turns() {
            // Nothing ends before it begins, whatever times were given.
            latest = latest.max(*time);
            let at = self.at(latest);
            at.closed += u64::from(!opens);
            at.open += i64::from(*opens) - i64::from(is_open);
            is_open = *opens;
        }
    }

    fn at(&mut self, time: i64) -> &mut Change {
        self.changes.entry(self.cut.number(time)).or_default()
    }

    /// The points of a range without gaps; without a range, of where something happened.
    pub(crate) fn points(&self, range: Received) -> Result<Vec<Point>, TooMany> {
        let first = range.from.map(|from| self.cut.number(from));
        let last = range.to.map(|to| self.cut.number(to.saturating_sub(1)));
        let first = first.or(self.changes.first_key_value().map(|(bucket, _)| *bucket));
        let last = last.or(self.changes.last_key_value().map(|(bucket, _)| *bucket));
        let (Some(first), Some(last)) = (first, last) else {
            return Ok(Vec::new());
        };
        let count = i64::from(last) - i64::from(first) + 1;
        if count > MAX_POINTS {
            return Err(TooMany(count));
        }
        let mut open = 0;
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
