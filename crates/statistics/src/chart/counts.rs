//! Charts whose spread follows from a distribution: Poisson (c, u), binomial (p, np), geometric (g).
//! Formulas: Montgomery, Introduction to Statistical Quality Control, chapter 7; for c, u and p
//! also the NIST/SEMATECH e-Handbook 6.3.3.

use super::{Chart, Family, Options, Point};
use crate::StatisticsError;

const ANY_COUNT: (f64, f64) = (0.0, f64::INFINITY);

/// cbar ± 3 sqrt(cbar), not below zero: events in equal exposures.
pub fn c_chart(counts: &[u64], options: Options) -> Result<Chart, StatisticsError> {
    StatisticsError::unless_at_least(1, counts.len())?;
    let centre = counts.iter().map(|count| *count as f64).sum::<f64>() / counts.len() as f64;
    let points = counts
        .iter()
        .map(|count| Point::within(*count as f64, centre, centre.sqrt(), ANY_COUNT));
    Ok(Chart::new(Family::C, options, points.collect()))
}

/// ubar ± 3 sqrt(ubar / n), ubar the sum of events over the sum of exposures, not below zero: a
/// subgroup is its events and its exposure.
pub fn u_chart(subgroups: &[(u64, f64)], options: Options) -> Result<Chart, StatisticsError> {
    Ok(Chart::new(Family::U, options, rates(subgroups)?))
}

/// pbar ± 3 sqrt(pbar (1 - pbar) / n), between 0 and 1: a subgroup is a number and what it is out of.
pub fn p_chart(subgroups: &[(u64, u64)], options: Options) -> Result<Chart, StatisticsError> {
    Ok(Chart::new(Family::P, options, shares(subgroups)?))
}

/// n pbar ± 3 sqrt(n pbar (1 - pbar)), between 0 and n: the p chart in numbers.
pub fn np_chart(subgroups: &[(u64, u64)], options: Options) -> Result<Chart, StatisticsError> {
    let points = shares(subgroups)?
        .into_iter()
        .zip(subgroups)
        .map(|(share, (count, size))| {
            let n = *size as f64;
            Point::within(*count as f64, n * share.centre, n * share.sigma, (0.0, n))
        });
    Ok(Chart::new(Family::Np, options, points.collect()))
}

/// gbar ± 3 sqrt(gbar (gbar + 1)), not below zero: cases between rare events (Benneyan, "Number-between
/// g-type statistical quality control charts", Health Care Management Science 4, 2001).
pub fn g_chart(between: &[u64], options: Options) -> Result<Chart, StatisticsError> {
    StatisticsError::unless_at_least(1, between.len())?;
    let centre = between.iter().map(|cases| *cases as f64).sum::<f64>() / between.len() as f64;
    let sigma = (centre * (centre + 1.0)).sqrt();
    let points = between
        .iter()
        .map(|cases| Point::within(*cases as f64, centre, sigma, ANY_COUNT));
    Ok(Chart::new(Family::G, options, points.collect()))
}

pub(super) fn rates(subgroups: &[(u64, f64)]) -> Result<Vec<Point>, StatisticsError> {
    StatisticsError::unless_at_least(1, subgroups.len())?;
    let bad = |(_, exposure): &(u64, f64)| !exposure.is_finite() || *exposure <= 0.0;
    if let Some(index) = subgroups.iter().position(bad) {
        return Err(StatisticsError::Exposure { index });
    }
    let events: f64 = subgroups.iter().map(|(count, _)| *count as f64).sum();
    let centre = events / subgroups.iter().map(|(_, exposure)| exposure).sum::<f64>();
    let point = |(count, exposure): &(u64, f64)| {
        let sigma = (centre / exposure).sqrt();
        Point::within(*count as f64 / exposure, centre, sigma, ANY_COUNT)
    };
    Ok(subgroups.iter().map(point).collect())
}

pub(super) fn shares(subgroups: &[(u64, u64)]) -> Result<Vec<Point>, StatisticsError> {
    StatisticsError::unless_at_least(1, subgroups.len())?;
    if let Some(index) = subgroups.iter().position(|(_, size)| *size == 0) {
        return Err(StatisticsError::Exposure { index });
    }
    if let Some((successes, trials)) = subgroups.iter().find(|(count, size)| count > size) {
        return Err(StatisticsError::Successes {
            successes: *successes,
            trials: *trials,
        });
    }
    let of_all: f64 = subgroups.iter().map(|(count, _)| *count as f64).sum();
    let centre = of_all / subgroups.iter().map(|(_, size)| *size as f64).sum::<f64>();
    let point = |(count, size): &(u64, u64)| {
        let n = *size as f64;
        let sigma = (centre * (1.0 - centre) / n).sqrt();
        Point::within(*count as f64 / n, centre, sigma, (0.0, 1.0))
    };
    Ok(subgroups.iter().map(point).collect())
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are exact in binary")]
mod tests {
    use super::super::Side;
    use super::*;

    #[test]
    fn a_count_on_the_limit_is_not_out() {
        // Mean 16, so the limits are 4 and 28.
        let counts = [4, 28, 16, 16, 16];
        let chart = c_chart(&counts, Options::default()).unwrap();
        assert_eq!((chart.points[0].lower, chart.points[0].upper), (4.0, 28.0));
        assert!(chart.points.iter().all(|point| point.out().is_none()));
    }

    #[test]
    fn rates_have_limits_of_their_own() {
        let chart = u_chart(&[(10, 10.0), (30, 30.0), (80, 20.0)], Options::default()).unwrap();
        assert_eq!(chart.points[0].centre, 2.0);
        assert!((chart.points[0].upper - (2.0 + 3.0 * 0.2_f64.sqrt())).abs() < 1e-12);
        assert_eq!(chart.points[2].out(), Some(Side::Above));
    }

    #[test]
    fn numbers_are_shares_times_their_size() {
        let subgroups = [(12, 50), (15, 60), (8, 40), (40, 45)];
        let (p, np) = (
            p_chart(&subgroups, Options::default()).unwrap(),
            np_chart(&subgroups, Options::default()).unwrap(),
        );
        for ((share, number), (_, size)) in p.points.iter().zip(&np.points).zip(subgroups) {
            let n = size as f64;
            assert!((share.upper * n - number.upper).abs() < 1e-9);
            assert!((share.lower * n - number.lower).abs() < 1e-9);
            assert_eq!(share.out(), number.out());
        }
        let certain = p_chart(&[(49, 50), (50, 50)], Options::default()).unwrap();
        assert_eq!(certain.points[0].upper, 1.0);
    }

    #[test]
    fn twenty_cases_between_events_allow_up_to_81() {
        let chart = g_chart(&[20, 10, 30], Options::default()).unwrap();
        assert!((chart.points[0].upper - 81.48).abs() < 0.005);
        assert_eq!(chart.points[0].lower, 0.0);
    }

    #[test]
    fn subgroups_that_make_no_sense_are_refused() {
        let options = Options::default();
        let exposure = StatisticsError::Exposure { index: 1 };
        assert_eq!(u_chart(&[(1, 1.0), (1, 0.0)], options), Err(exposure));
        assert_eq!(u_chart(&[(1, 1.0), (1, f64::NAN)], options), Err(exposure));
        assert_eq!(p_chart(&[(1, 1), (0, 0)], options), Err(exposure));
        let more = StatisticsError::Successes {
            successes: 3,
            trials: 2,
        };
        assert_eq!(np_chart(&[(3, 2)], options), Err(more));
        assert!(c_chart(&[], options).is_err() && g_chart(&[], options).is_err());
    }

    #[test]
    fn nothing_ever_happened_and_no_rule_is_broken() {
        let chart = u_chart(&[(0, 5.0); 20], Options::default()).unwrap();
        assert!(chart.signals.is_empty());
    }
}
