//! Laney's charts: plain limits widened by the spread that the subgroups really have from one to the
//! next (Laney, "Improved Control Charts for Attributes", Quality Engineering 14, 2002).
//!
//! z = (value - centre) / sigma of the plain chart; `sigma_z` = mean moving range of z / 1.128; limits
//! = centre ± 3 sigma `sigma_z`.

use super::counts::{rates, shares};
use super::individuals::mean_moving_range;
use super::{Chart, Family, Options, Point};
use crate::StatisticsError;

/// d2 of two values: the mean range of pairs from a normal distribution, in sigmas.
const D2: f64 = 1.128;

/// Laney's u': a subgroup is its events and its exposure.
pub fn laney_u_chart(subgroups: &[(u64, f64)], options: Options) -> Result<Chart, StatisticsError> {
    widened(Family::LaneyU, options, &rates(subgroups)?, f64::INFINITY)
}

/// Laney's p': a subgroup is a number and what it is out of.
pub fn laney_p_chart(subgroups: &[(u64, u64)], options: Options) -> Result<Chart, StatisticsError> {
    widened(Family::LaneyP, options, &shares(subgroups)?, 1.0)
}

fn widened(
    family: Family,
    options: Options,
    plain: &[Point],
    ceiling: f64,
) -> Result<Chart, StatisticsError> {
    StatisticsError::unless_at_least(2, plain.len())?;
    let z: Vec<f64> = plain.iter().map(standardised).collect();
    let sigma_z = mean_moving_range(&z, options.moving_ranges) / D2;
    let points = plain.iter().map(|point| {
        let sigma = point.sigma * sigma_z;
        Point::within(point.value, point.centre, sigma, (0.0, ceiling))
    });
    Ok(Chart {
        sigma_z: Some(sigma_z),
        ..Chart::new(family, options, points.collect())
    })
}

/// Where nothing or everything happened there is no spread, and every value is the centre.
fn standardised(point: &Point) -> f64 {
    if point.sigma > 0.0 {
        (point.value - point.centre) / point.sigma
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Rule, u_chart};
    use super::*;

    const MONTHS: [(u64, f64); 8] = [
        (40, 10_000.0),
        (55, 12_000.0),
        (38, 9_000.0),
        (61, 11_000.0),
        (47, 10_500.0),
        (90, 11_500.0),
        (52, 10_800.0),
        (49, 9_900.0),
    ];

    #[test]
    fn real_spread_takes_back_a_plain_signal() {
        let plain = u_chart(&MONTHS, Options::default()).unwrap();
        assert_eq!(plain.broken(Rule::BeyondLimits), [5]);
        let laney = laney_u_chart(&MONTHS, Options::default()).unwrap();
        assert!((laney.sigma_z.unwrap() - 1.7975).abs() < 5e-5);
        assert_eq!(laney.broken(Rule::BeyondLimits), [0; 0]);
    }

    #[test]
    fn laney_limits_are_plain_limits_times_sigma_z() {
        let subgroups = [(30, 900), (45, 1000), (28, 950), (70, 1100), (41, 1000)];
        let laney = laney_p_chart(&subgroups, Options::default()).unwrap();
        let wider = laney.sigma_z.unwrap();
        for (point, plain) in laney.points.iter().zip(shares(&subgroups).unwrap()) {
            assert!((point.sigma - plain.sigma * wider).abs() < 1e-15);
        }
    }

    #[test]
    fn no_events_and_one_subgroup_have_no_spread() {
        let chart = laney_u_chart(&[(0, 10.0), (0, 20.0)], Options::default()).unwrap();
        assert_eq!((chart.sigma_z, chart.signals.len()), (Some(0.0), 0));
        let all = laney_p_chart(&[(10, 10), (20, 20)], Options::default()).unwrap();
        assert_eq!((all.points[0].lower, all.points[0].upper), (1.0, 1.0));
        assert!(laney_u_chart(&[(3, 10.0)], Options::default()).is_err());
    }
}
