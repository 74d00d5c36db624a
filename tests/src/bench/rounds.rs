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
    fn of(rounds: &[(f64, f64)]) -> Self {
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
