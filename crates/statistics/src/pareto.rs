//! The vital few: counts from the largest down with their cumulative share.

use std::cmp::Reverse;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub struct Pareto<N> {
    pub total: u64,
    pub rows: Vec<ParetoRow<N>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ParetoRow<N> {
    pub name: N,
    pub count: u64,
    pub cumulative_count: u64,
    /// Between 0 and 1, as is the cumulative share.
    pub share: f64,
    pub cumulative_share: f64,
}

/// Sorts by count, largest first, and equal counts by name. A name that comes twice is added up; a
/// name without events has no row. Counts that do not fit together into a `u64` stop at its end.
pub fn pareto<N: Ord>(counts: impl IntoIterator<Item = (N, u64)>) -> Pareto<N> {
    let mut by_name = BTreeMap::<N, u64>::new();
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let sum = by_name.entry(name).or_default();
        *sum = sum.saturating_add(count);
    }
    let total = by_name
        .values()
        .fold(0, |sum: u64, count| sum.saturating_add(*count));
    let mut sorted: Vec<_> = by_name.into_iter().collect();
    // The map is in order of names and the sort is stable.
    sorted.sort_by_key(|(_, count)| Reverse(*count));
    let share = |count: u64| count as f64 / total as f64;
    let rows = sorted.into_iter().scan(0_u64, |running, (name, count)| {
        *running = running.saturating_add(count);
        Some(ParetoRow {
            name,
            count,
            cumulative_count: *running,
            share: share(count),
            cumulative_share: share(*running),
        })
    });
    Pareto {
        total,
        rows: rows.collect(),
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact in binary")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_counts_stand_in_order_of_name() {
        let found = pareto([("late", 5), ("wrong", 10), ("broken", 5), ("rude", 0)]);
        let rows: Vec<_> = found
            .rows
            .iter()
            .map(|row| (row.name, row.cumulative_share))
            .collect();
        assert_eq!(rows, [("wrong", 0.5), ("broken", 0.75), ("late", 1.0)]);
        assert_eq!(found.total, 20);
    }

    #[test]
    fn nothing_gives_no_rows() {
        assert_eq!(
            pareto::<&str>([]),
            Pareto {
                total: 0,
                rows: vec![]
            }
        );
        assert!(pareto([("none", 0)]).rows.is_empty());
    }

    #[test]
    fn a_name_that_comes_twice_is_one_row() {
        let found = pareto([("late", 2), ("wrong", 3), ("late", 2)]);
        assert_eq!((found.rows[0].name, found.rows[0].count), ("late", 4));
    }

    proptest! {
        #[test]
        fn shares_fall_and_end_at_one(counts in prop::collection::vec((0..9_u8, 0..99_u64), 0..30)) {
            let found = pareto(counts.clone());
            prop_assert_eq!(found.total, counts.iter().map(|(_, count)| count).sum::<u64>());
            prop_assert!(found.rows.is_sorted_by_key(|row| (Reverse(row.count), row.name)));
            let last = found.rows.last();
            prop_assert!(last.is_none_or(|row| row.cumulative_count == found.total));
            prop_assert_eq!(last.map_or(1.0, |row| row.cumulative_share), 1.0);
        }
    }
}
