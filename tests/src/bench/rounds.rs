//! Measuring two things in turns, so that what else the machine does meets both.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Medians over the rounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Compared {
    pub(crate) figure: f64,
    pub(crate) limit: f64,
    /// Of each round's ratio, not the ratio of the medians.
    pub(crate) ratio: f64,
}

impl Compared {
    /// Of figure and limit in each round.
    pub(crate) fn of(rounds: &[(f64, f64)]) -> Self {
        let median_of = |value: fn(&(f64, f64)) -> f64| median(rounds.iter().map(value).collect());
        Self {
            figure: median_of(|round| round.0),
            limit: median_of(|round| round.1),
            ratio: median_of(|round| round.0 / round.1),
        }
    }
}

/// Measures A B A B ..; each answers with its figure.
pub(crate) async fn alternate(
    rounds: usize,
    mut figure: impl AsyncFnMut() -> Result<f64>,
    mut limit: impl AsyncFnMut() -> Result<f64>,
) -> Result<Compared> {
    let mut measured = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let round = (figure().await?, limit().await?);
        measured.push(round);
    }
    Ok(Compared::of(&measured))
}

/// The same for several figures that are measured at once.
pub(crate) async fn alternate_each<const N: usize>(
    rounds: usize,
    mut figures: impl AsyncFnMut() -> Result<[f64; N]>,
    mut limits: impl AsyncFnMut() -> Result<[f64; N]>,
) -> Result<[Compared; N]> {
    let mut measured = [const { Vec::new() }; N];
    for _ in 0..rounds {
        let (figures, limits) = (figures().await?, limits().await?);
        for (of, round) in measured.iter_mut().zip(figures.into_iter().zip(limits)) {
            of.push(round);
        }
    }
    Ok(measured.map(|rounds| Compared::of(&rounds)))
}

/// The median and the 99th percentile.
pub(crate) fn p50_p99(mut values: Vec<f64>) -> [f64; 2] {
    values.sort_by(f64::total_cmp);
    let at = |percent: usize| match values.len() {
        0 => f64::NAN,
        // The rank that so many of a hundred do not exceed.
        some => values[(some * percent).div_ceil(100).max(1) - 1],
    };
    [at(50), at(99)]
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}

pub(crate) fn per_second(count: u64, taken: Duration) -> f64 {
    count as f64 / taken.as_secs_f64()
}

/// How many a second some work does.
pub(crate) async fn rate(count: u64, work: impl Future<Output = Result<()>>) -> Result<f64> {
    let begun = Instant::now();
    work.await?;
    Ok(per_second(count, begun.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_or_between_the_two_in_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_percentile_is_the_least_value_that_so_many_do_not_exceed() {
        let hundred = (1..=100).rev().map(f64::from).collect();
        let written = [p50_p99(hundred), p50_p99(vec![7.0])].concat();
        assert!(
            written
                .iter()
                .zip([50.0, 99.0, 7.0, 7.0])
                .all(|(is, should)| (is - should).abs() < f64::EPSILON),
            "{written:?}"
        );
    }

    #[test]
    fn the_ratio_is_the_median_of_the_ratios() {
        let compared = Compared::of(&[(1.0, 2.0), (10.0, 10.0), (3.0, 30.0)]);
        assert_eq!(
            compared,
            Compared {
                figure: 3.0,
                limit: 10.0,
                ratio: 0.5
            }
        );
    }
}
