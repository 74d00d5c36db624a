//! The three scores that customers give: NPS (0 to 10), CSAT (1 to 5) and CES (1 to 7).

use crate::summary::{is_small, mean_of};
use crate::{Proportion, StatisticsError, Z_95, wilson};

/// Net promoter score: 100 (promoters - detractors) / n, where 9 and 10 promote and 0 to 6 detract
/// (Reichheld, "The One Number You Need to Grow", HBR 81, 2003).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nps {
    pub n: u64,
    pub promoters: u64,
    pub passives: u64,
    pub detractors: u64,
    /// Between -100 and 100.
    pub score: f64,
    /// 100 sqrt((p + d - (p - d)^2) / n): the variance of a value that is 1, 0 or -1, n as divisor.
    pub standard_error: f64,
    pub small: bool,
}

impl Nps {
    pub fn from_counts(
        promoters: u64,
        passives: u64,
        detractors: u64,
    ) -> Result<Self, StatisticsError> {
        let n = promoters + passives + detractors;
        if n == 0 {
            return Err(StatisticsError::TooFew {
                needed: 1,
                found: 0,
            });
        }
        let (p, d) = (promoters as f64 / n as f64, detractors as f64 / n as f64);
        let variance = (p + d - (p - d) * (p - d)).max(0.0);
        Ok(Self {
            n,
            promoters,
            passives,
            detractors,
            score: 100.0 * (promoters as f64 - detractors as f64) / n as f64,
            standard_error: 100.0 * (variance / n as f64).sqrt(),
            small: is_small(n),
        })
    }

    /// The normal (Wald) interval at 95 %, not cut at the ends of the scale.
    pub fn interval_95(&self) -> (f64, f64) {
        let half = Z_95 * self.standard_error;
        (self.score - half, self.score + half)
    }
}

pub fn nps(scores: &[u8]) -> Result<Nps, StatisticsError> {
    on_scale(scores, 0, 10)?;
    let count = |wanted: std::ops::RangeInclusive<u8>| {
        scores.iter().filter(|score| wanted.contains(score)).count() as u64
    };
    Nps::from_counts(count(9..=10), count(7..=8), count(0..=6))
}

/// Customer satisfaction: the share of 4 and 5, with Wilson's interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Csat {
    pub n: u64,
    /// Between 0 and 100, as are the bounds.
    pub score: f64,
    pub lower: f64,
    pub upper: f64,
    pub satisfied: Proportion,
    pub small: bool,
}

pub fn csat(scores: &[u8]) -> Result<Csat, StatisticsError> {
    on_scale(scores, 1, 5)?;
    let n = scores.len() as u64;
    let satisfied = wilson(scores.iter().filter(|score| **score >= 4).count() as u64, n)?;
    Ok(Csat {
        n,
        score: 100.0 * satisfied.successes as f64 / n as f64,
        lower: 100.0 * satisfied.lower,
        upper: 100.0 * satisfied.upper,
        satisfied,
        small: is_small(n),
    })
}

/// Customer effort score: the mean agreement, 1 to 7, with "made it easy".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ces {
    pub n: u64,
    pub score: f64,
    pub small: bool,
}

pub fn ces(scores: &[u8]) -> Result<Ces, StatisticsError> {
    on_scale(scores, 1, 7)?;
    let values: Vec<f64> = scores.iter().copied().map(f64::from).collect();
    let n = values.len() as u64;
    Ok(Ces {
        n,
        score: mean_of(&values),
        small: is_small(n),
    })
}

fn on_scale(scores: &[u8], lowest: u8, highest: u8) -> Result<(), StatisticsError> {
    StatisticsError::unless_at_least(1, scores.len())?;
    let off = scores
        .iter()
        .find(|score| !(lowest..=highest).contains(score));
    off.map_or(Ok(()), |score| {
        Err(StatisticsError::OffScale {
            score: *score,
            lowest,
            highest,
        })
    })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact in binary")]
mod tests {
    use super::*;

    #[test]
    fn nine_promotes_and_six_detracts() {
        let found = nps(&[10, 9, 8, 7, 6, 0, 10, 10]).unwrap();
        assert_eq!(
            (found.promoters, found.passives, found.detractors),
            (4, 2, 2)
        );
        assert_eq!((found.score, found.small), (25.0, true));
        // p = 1/2, d = 1/4: 100 sqrt((3/4 - 1/16) / 8)
        assert!((found.standard_error - 29.315_098_498_9).abs() < 1e-9);
        let (lower, upper) = found.interval_95();
        assert!((lower + 32.456_537_273_4).abs() < 1e-6, "{lower}");
        assert!((lower + upper - 50.0).abs() < 1e-9);
    }

    #[test]
    fn unanimous_scores_have_no_spread() {
        let all = Nps::from_counts(40, 0, 0).unwrap();
        assert_eq!(
            (all.score, all.standard_error, all.small),
            (100.0, 0.0, false)
        );
        assert_eq!(Nps::from_counts(0, 0, 9).unwrap().score, -100.0);
    }

    #[test]
    fn four_is_satisfied_and_three_is_not() {
        let found = csat(&[5, 4, 3, 2, 1, 4]).unwrap();
        assert_eq!((found.n, found.score), (6, 50.0));
        // For one half, Wilson's interval reaches z / (2 sqrt(n + z^2)) to both sides.
        let reach = 50.0 * Z_95 / (6.0 + Z_95 * Z_95).sqrt();
        assert!((found.lower - (50.0 - reach)).abs() < 1e-12);
        assert!((found.upper - (50.0 + reach)).abs() < 1e-12);
    }

    #[test]
    fn effort_is_a_mean() {
        assert_eq!(ces(&[1, 7, 4, 6]).unwrap().score, 4.5);
    }

    #[test]
    fn a_score_off_its_scale_is_named() {
        let off = |score, lowest, highest| StatisticsError::OffScale {
            score,
            lowest,
            highest,
        };
        assert_eq!(nps(&[3, 11]), Err(off(11, 0, 10)));
        assert_eq!(csat(&[0]), Err(off(0, 1, 5)));
        assert_eq!(ces(&[8]), Err(off(8, 1, 7)));
        assert!(nps(&[]).is_err() && csat(&[]).is_err() && ces(&[]).is_err());
    }
}
