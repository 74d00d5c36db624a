//! Counting by value.

use std::cmp::Reverse;
use std::collections::HashMap;

use redress_wire::reporting::v1::Count;

/// How often each value came.
#[derive(Debug, Default)]
pub(crate) struct Tally(HashMap<Box<str>, u64>);

impl Tally {
    pub(crate) fn add(&mut self, value: &str) {
        match self.0.get_mut(value) {
            Some(count) => *count += 1,
            None => {
                self.0.insert(value.into(), 1);
            }
        }
    }

    /// The largest first, equal counts by value.
    pub(crate) fn sorted(self) -> Vec<Count> {
        let count = |(value, count): (Box<str>, u64)| Count {
            value: value.into(),
            count,
        };
        let mut counts: Vec<_> = self.0.into_iter().map(count).collect();
        counts.sort_by(|a, b| (Reverse(a.count), &a.value).cmp(&(Reverse(b.count), &b.value)));
        counts
    }

    pub(crate) fn into_counts(self) -> impl Iterator<Item = (String, u64)> {
        self.0
            .into_iter()
            .map(|(value, count)| (value.into(), count))
    }
}
