//! A share of a whole with its interval.

use crate::StatisticsError;

/// The 97.5 % point of the standard normal distribution.
pub const Z_95: f64 = 1.959_963_984_540_054;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    pub successes: u64,
    pub trials: u64,
    /// Between 0 and 1, as are the bounds.
    pub share: f64,
    pub lower: f64,
    pub upper: f64,
}

/// The score interval of Wilson, "Probable Inference, the Law of Succession, and Statistical
/// Inference", JASA 22 (1927), at 95 % and without continuity correction.
pub fn wilson(successes: u64, trials: u64) -> Result<Proportion, StatisticsError> {
    StatisticsError::unless_at_least(1, usize::try_from(trials).unwrap_or(usize::MAX))?;
    if successes > trials {
        return Err(StatisticsError::Successes { successes, trials });
    }
    let (n, share) = (trials as f64, successes as f64 / trials as f64);
    let z2 = Z_95 * Z_95;
    let centre = share + z2 / (2.0 * n);
    let half = Z_95 * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // None or all of the trials: the bound is 0 or 1 itself, not 0 or 1 give or take rounding.
    let lower = if successes == 0 {
        0.0
    } else {
        (centre - half) / scale
    };
    let upper = if successes == trials {
        1.0
    } else {
        (centre + half) / scale
    };
    Ok(Proportion {
        successes,
        trials,
        share,
        lower,
        upper,
    })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact in binary")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn none_and_all_end_exactly_at_the_edge() {
        let none = wilson(0, 25).unwrap();
        assert_eq!(none.lower, 0.0);
        assert!((none.upper - 0.133_192_250_939).abs() < 1e-11);
        let all = wilson(25, 25).unwrap();
        assert_eq!(all.upper, 1.0);
        assert!((all.lower - 0.866_807_749_061).abs() < 1e-11);
    }

    #[test]
    fn no_trials_and_too_many_successes_are_refused() {
        assert!(wilson(0, 0).is_err());
        let more = StatisticsError::Successes {
            successes: 3,
            trials: 2,
        };
        assert_eq!(wilson(3, 2), Err(more));
    }

    proptest! {
        #[test]
        fn the_share_lies_in_its_interval(trials in 1..1_000_000_u64, part in 0..=1000_u64) {
            let found = wilson(trials * part / 1000, trials).unwrap();
            prop_assert!(0.0 <= found.lower && found.lower <= found.share);
            prop_assert!(found.share <= found.upper && found.upper <= 1.0);
        }
    }
}
