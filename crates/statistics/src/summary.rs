//! Mean and quantiles, with the flag that says when there are too few values to go by.

use crate::StatisticsError;

/// Below this many values every figure is flagged.
pub const SMALL_N: u64 = 30;

pub const fn is_small(n: u64) -> bool {
    n < SMALL_N
}

/// The median and the tail stand beside every mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    pub n: u64,
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    /// Fewer than [`SMALL_N`] values.
    pub small: bool,
}

pub fn summary(values: &[f64]) -> Result<Summary, StatisticsError> {
    let sorted = checked_sorted(values)?;
    let n = sorted.len() as u64;
    Ok(Summary {
        n,
        mean: mean_of(values),
        p50: quantile_of(&sorted, 0.5),
        p90: quantile_of(&sorted, 0.9),
        p99: quantile_of(&sorted, 0.99),
        small: is_small(n),
    })
}

pub fn mean(values: &[f64]) -> Result<f64, StatisticsError> {
    checked(values, 1)?;
    Ok(mean_of(values))
}

/// Type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician
/// 50 (1996): linear between the order statistics around (n - 1)p. The default of R and numpy.
pub fn quantile(values: &[f64], p: f64) -> Result<f64, StatisticsError> {
    if !(0.0..=1.0).contains(&p) {
        return Err(StatisticsError::Probability);
    }
    Ok(quantile_of(&checked_sorted(values)?, p))
}

pub(crate) fn checked(values: &[f64], needed: usize) -> Result<(), StatisticsError> {
    StatisticsError::unless_at_least(needed, values.len())?;
    let infinite = values.iter().position(|value| !value.is_finite());
    infinite.map_or(Ok(()), |index| Err(StatisticsError::NotFinite { index }))
}

pub(crate) fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn checked_sorted(values: &[f64]) -> Result<Vec<f64>, StatisticsError> {
    checked(values, 1)?;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    Ok(sorted)
}

#[expect(clippy::cast_sign_loss, reason = "neither n - 1 nor p is below zero")]
fn quantile_of(sorted: &[f64], p: f64) -> f64 {
    let at = (sorted.len() - 1) as f64 * p;
    let (below, share) = (at.floor() as usize, at.fract());
    let low = sorted[below];
    sorted
        .get(below + 1)
        .map_or(low, |high| low + share * (high - low))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(quantile(&values, 0.0), Ok(1.0));
        assert_eq!(quantile(&values, 0.5), Ok(2.5));
        assert_eq!(quantile(&values, 0.25), Ok(1.75));
        assert_eq!(quantile(&values, 1.0), Ok(4.0));
        assert_eq!(quantile(&[7.0], 0.9), Ok(7.0));
    }

    /// NIST/SEMATECH e-Handbook 7.2.6.2 gives 95.1957 for the method of R's default.
    #[test]
    fn the_90th_percentile_of_the_handbook() {
        let values = [
            95.1772, 95.1567, 95.1937, 95.1959, 95.1442, 95.061, 95.1591, 95.1195, 95.1065,
            95.0925, 95.199, 95.1682,
        ];
        assert!((quantile(&values, 0.9).unwrap() - 95.195_68).abs() < 1e-9);
    }

    #[test]
    fn nothing_has_no_mean_and_no_median() {
        let none = StatisticsError::TooFew {
            needed: 1,
            found: 0,
        };
        assert_eq!(mean(&[]), Err(none));
        assert_eq!(summary(&[]), Err(none));
        let infinite = StatisticsError::NotFinite { index: 1 };
        assert_eq!(mean(&[1.0, f64::NAN]), Err(infinite));
        assert_eq!(quantile(&[1.0], 1.1), Err(StatisticsError::Probability));
        assert_eq!(
            quantile(&[1.0], f64::NAN),
            Err(StatisticsError::Probability)
        );
    }

    #[test]
    fn fewer_than_thirty_values_are_flagged() {
        let values: Vec<f64> = (1..=30).map(f64::from).collect();
        let all = summary(&values).unwrap();
        assert_eq!(
            (all.n, all.mean, all.p50, all.small),
            (30, 15.5, 15.5, false)
        );
        assert!((all.p90 - 27.1).abs() < 1e-12 && (all.p99 - 29.71).abs() < 1e-12);
        assert!(summary(&values[1..]).unwrap().small);
    }

    proptest! {
        #[test]
        fn a_summary_is_ordered_and_within_its_values(
            values in prop::collection::vec(-1e9..1e9_f64, 1..60),
        ) {
            let found = summary(&values).unwrap();
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(low <= found.p50 && found.p50 <= found.p90);
            prop_assert!(found.p90 <= found.p99 && found.p99 <= high);
            prop_assert!(found.mean >= low - 1e-3 && found.mean <= high + 1e-3);
        }
    }
}
