//! Individuals and moving ranges.

use super::{Chart, Family, MovingRanges, Options, Point};
use crate::StatisticsError;
use crate::summary::{checked, mean_of};

/// Mean ± 2.66 mean moving ranges: NIST/SEMATECH e-Handbook 6.3.2.2, with 3 / 1.128 rounded as in
/// Shewhart's tables. Sigma is a third of that distance.
pub fn xmr_chart(values: &[f64], options: Options) -> Result<Chart, StatisticsError> {
    checked(values, 2)?;
    let centre = mean_of(values);
    let mean_range = mean_moving_range(values, options.moving_ranges);
    let reach = 2.66 * mean_range;
    let floor = if options.floor_at_zero {
        0.0
    } else {
        f64::NEG_INFINITY
    };
    let points = values.iter().map(|value| Point {
        value: *value,
        centre,
        sigma: reach / 3.0,
        lower: (centre - reach).max(floor),
        upper: centre + reach,
    });
    Ok(Chart {
        mean_moving_range: Some(mean_range),
        ..Chart::new(Family::Xmr, options, points.collect())
    })
}

/// Of two or more values. Never screens everything away: no mean lies below all its values.
pub(super) fn mean_moving_range(values: &[f64], screening: MovingRanges) -> f64 {
    let ranges: Vec<f64> = values
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .collect();
    let mean = mean_of(&ranges);
    match screening {
        MovingRanges::Unscreened => mean,
        MovingRanges::Screened => {
            let limit = 3.267 * mean;
            mean_of(
                &ranges
                    .into_iter()
                    .filter(|range| *range <= limit)
                    .collect::<Vec<_>>(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH e-Handbook 6.3.2.2: mean 50.81, mean moving range 1.8778, 45.8159 to 55.8041.
    #[test]
    fn flow_rates_of_the_handbook() {
        let values = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
        let chart = xmr_chart(&values, Options::default()).unwrap();
        let point = chart.points[0];
        assert!((point.centre - 50.81).abs() < 1e-9);
        assert!((chart.mean_moving_range.unwrap() - 1.8778).abs() < 1e-4);
        assert!((point.lower - 45.8159).abs() < 2e-3 && (point.upper - 55.8041).abs() < 2e-3);
        assert!(chart.signals.is_empty());
    }

    #[test]
    fn the_floor_is_optional() {
        let values = [0.0, 9.0, 1.0, 8.0];
        let plain = xmr_chart(&values, Options::default()).unwrap();
        assert!(plain.points[0].lower < 0.0);
        let floored = Options {
            floor_at_zero: true,
            ..Options::default()
        };
        let chart = xmr_chart(&values, floored).unwrap();
        assert_eq!((chart.points[0].lower, chart.options), (0.0, floored));
    }

    #[test]
    fn screening_drops_a_wild_range_and_is_named() {
        let mut values = [10.0; 20];
        values.iter_mut().step_by(2).for_each(|value| *value = 11.0);
        values[19] = 60.0;
        let options = Options {
            moving_ranges: MovingRanges::Screened,
            ..Options::default()
        };
        let screened = xmr_chart(&values, options).unwrap();
        assert_eq!(screened.mean_moving_range, Some(1.0));
        assert_eq!(screened.options.moving_ranges.name(), "screened");
        let plain = xmr_chart(&values, Options::default()).unwrap();
        assert!((plain.mean_moving_range.unwrap() - 67.0 / 19.0).abs() < 1e-12);
        let flat = xmr_chart(&[3.0; 5], options).unwrap();
        assert_eq!(
            (flat.mean_moving_range, flat.points[0].out()),
            (Some(0.0), None)
        );
    }

    #[test]
    fn one_value_has_no_range() {
        let few = StatisticsError::TooFew {
            needed: 2,
            found: 1,
        };
        assert_eq!(xmr_chart(&[1.0], Options::default()), Err(few));
        assert!(xmr_chart(&[1.0, f64::NAN], Options::default()).is_err());
    }
}
