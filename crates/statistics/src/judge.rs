//! One new month against the months before it.

use crate::chart::Side;

/// The name of the rule that [`xmr_judge`] applies, for signals to carry: individuals and moving
/// ranges, limits at 2.66 mean moving ranges, lower limit not below zero, ranges not screened.
pub const XMR_RULE: &str = "xmr_limits";

pub const MIN_BASELINE_POINTS: usize = 12;
pub const MIN_BASELINE_MEAN: u64 = 5;

/// A value against the limits of its baseline, which it is not part of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    pub baseline_points: usize,
    pub centre: f64,
    pub mean_moving_range: f64,
    pub lower: f64,
    pub upper: f64,
    pub value: u64,
    /// On which side of the limits the value lies; a value on a limit is not out.
    pub out: Option<Side>,
}

#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum BaselineRefusal {
    #[error("a baseline has at least {MIN_BASELINE_POINTS} points, and this one has {found}")]
    TooShort { found: usize },
    #[error("the mean of a baseline is at least {MIN_BASELINE_MEAN}, and this one's is {mean:.3}")]
    MeanTooLow { mean: f64 },
}

impl BaselineRefusal {
    /// Stable, for answers that say why a point was not judged.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "BASELINE_TOO_SHORT",
            Self::MeanTooLow { .. } => "BASELINE_MEAN_TOO_LOW",
        }
    }
}

/// Judges `value` by the individuals chart of the baseline: mean ± 2.66 mean moving ranges
/// (NIST/SEMATECH e-Handbook 6.3.2.2; 2.66 is 3 / 1.128 as Shewhart's tables give it), lower limit
/// not below zero. The verdict compares whole numbers, so that no rounding decides it.
pub fn xmr_judge(baseline: &[u64], value: u64) -> Result<Judgement, BaselineRefusal> {
    let found = baseline.len();
    if found < MIN_BASELINE_POINTS {
        return Err(BaselineRefusal::TooShort { found });
    }
    let (points, ranges) = (found as u128, found as u128 - 1);
    let sum: u128 = baseline.iter().copied().map(u128::from).sum();
    let range_sum: u128 = baseline
        .windows(2)
        .map(|pair| u128::from(pair[0].abs_diff(pair[1])))
        .sum();
    let (n, centre) = (found as f64, sum as f64 / found as f64);
    if sum < u128::from(MIN_BASELINE_MEAN) * points {
        return Err(BaselineRefusal::MeanTooLow { mean: centre });
    }
    let mean_moving_range = range_sum as f64 / (n - 1.0);
    let reach = 2.66 * mean_moving_range;
    // Everything times 100 n (n - 1); counts of events are far from where this would overflow.
    let scaled_value = u128::from(value) * 100 * points * ranges;
    let scaled_centre = sum * 100 * ranges;
    let scaled_reach = range_sum * 266 * points;
    let out = if scaled_value > scaled_centre + scaled_reach {
        Some(Side::Above)
    } else if scaled_value + scaled_reach < scaled_centre {
        Some(Side::Below)
    } else {
        None
    };
    Ok(Judgement {
        baseline_points: found,
        centre,
        mean_moving_range,
        lower: (centre - reach).max(0.0),
        upper: centre + reach,
        value,
        out,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Mean 10, moving ranges all 2: limits 4.68 and 15.32.
    const STEADY: [u64; 12] = [9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11];

    #[test]
    fn a_value_beyond_the_limits_is_out() {
        let judged = xmr_judge(&STEADY, 16).unwrap();
        assert_eq!((judged.centre, judged.mean_moving_range), (10.0, 2.0));
        assert!((judged.lower - 4.68).abs() < 1e-12 && (judged.upper - 15.32).abs() < 1e-12);
        assert_eq!(judged.out, Some(Side::Above));
        assert_eq!(xmr_judge(&STEADY, 15).unwrap().out, None);
        assert_eq!(xmr_judge(&STEADY, 5).unwrap().out, None);
        assert_eq!(xmr_judge(&STEADY, 4).unwrap().out, Some(Side::Below));
    }

    #[test]
    fn a_lower_limit_below_zero_is_zero() {
        let wild = [1, 20, 1, 20, 1, 20, 1, 20, 1, 20, 1, 20];
        let judged = xmr_judge(&wild, 0).unwrap();
        assert_eq!((judged.lower, judged.out), (0.0, None));
    }

    #[test]
    fn a_value_on_a_limit_is_not_out() {
        // Mean 100 and mean range 50 put the upper limit at the whole number 100 + 133.
        let even: Vec<u64> = (0..26).map(|n| if n % 2 == 0 { 75 } else { 125 }).collect();
        let judged = xmr_judge(&even, 233).unwrap();
        assert_eq!((judged.centre, judged.mean_moving_range), (100.0, 50.0));
        assert_eq!(judged.out, None);
        assert_eq!(xmr_judge(&even, 234).unwrap().out, Some(Side::Above));
    }

    #[test]
    fn a_poor_baseline_is_refused_by_name() {
        let short = xmr_judge(&STEADY[1..], 16).unwrap_err();
        assert_eq!(short, BaselineRefusal::TooShort { found: 11 });
        assert_eq!(short.code(), "BASELINE_TOO_SHORT");
        let mut few = [5; 12];
        assert!(xmr_judge(&few, 5).is_ok());
        few[3] = 4;
        let low = xmr_judge(&few, 5).unwrap_err();
        assert_eq!(low.code(), "BASELINE_MEAN_TOO_LOW");
        assert_eq!(
            low.to_string(),
            "the mean of a baseline is at least 5, and this one's is 4.917"
        );
    }

    proptest! {
        #[test]
        fn the_verdict_is_that_of_the_limits_wherever_rounding_cannot_matter(
            baseline in prop::collection::vec(0..5_000_u64, 12..40),
            value in 0..20_000_u64,
        ) {
            let Ok(judged) = xmr_judge(&baseline, value) else { return Ok(()); };
            let v = value as f64;
            prop_assume!((v - judged.upper).abs() > 1e-6 && (v - judged.lower).abs() > 1e-6);
            let expected = if v > judged.upper {
                Some(Side::Above)
            } else if v < judged.lower {
                Some(Side::Below)
            } else {
                None
            };
            prop_assert_eq!(judged.out, expected);
        }
    }
}
