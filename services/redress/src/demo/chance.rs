//! Draws from the one seeded source.

/// Everything random about the demo comes from here, in one fixed order.
#[derive(Debug)]
pub(super) struct Chance {
    source: fastrand::Rng,
}

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            source: fastrand::Rng::with_seed(seed),
        }
    }

    /// From `low` up to and with `high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.source.i64(low..=high)
    }

    pub(super) fn percent(&mut self, percent: u32) -> bool {
        self.source.u32(0..100) < percent
    }

    /// # Panics
    /// If there is nothing to pick from: the tables of the demo are never empty.
    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.source.usize(0..from.len())].clone()
    }

    /// One of the rows, as often as its weight says.
    pub(super) fn weighted<T: Copy>(&mut self, rows: &[(T, u32)]) -> T {
        let total = rows.iter().map(|(_, weight)| weight).sum();
        let mut left = self.source.u32(0..total);
        for (row, weight) in rows {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *row,
            }
        }
        rows[rows.len() - 1].0
    }

    /// How often something happens that happens `mean` times on average (Knuth's method; the means
    /// here are small).
    pub(super) fn poisson(&mut self, mean: f64) -> u32 {
        let limit = (-mean).exp();
        let mut product = self.source.f64();
        let mut count = 0;
        while product > limit {
            product *= self.source.f64();
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_draws_have_their_mean_and_variance() {
        let mut chance = Chance::new(7);
        let draws: Vec<f64> = (0..20_000)
            .map(|_| f64::from(chance.poisson(1.5)))
            .collect();
        let count = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / count;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / count;
        assert!((mean - 1.5).abs() < 0.05, "{mean}");
        assert!((variance - 1.5).abs() < 0.1, "{variance}");
    }

    #[test]
    fn weights_are_kept() {
        let mut chance = Chance::new(7);
        let draws = (0..10_000)
            .filter(|_| chance.weighted(&[(true, 1), (false, 3)]))
            .count();
        assert!((2_300..2_700).contains(&draws), "{draws}");
    }
}
