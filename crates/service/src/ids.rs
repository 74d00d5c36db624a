//! Where new ids come from: the machine, or a seed in tests.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use redress_envelope::derived_uuid;
use uuid::Uuid;

/// A source of ids that were never given before.
pub trait Ids: Debug + Send + Sync + 'static {
    fn next(&self) -> Uuid;
}

/// UUIDs of version 7: from the time and the machine's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the shell's id source; tests have `SeededIds`"
    )]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// Ids that follow from a seed and a count: the same commands then give the same log, byte for byte.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    given: AtomicU64,
}

impl SeededIds {
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            given: AtomicU64::new(0),
        }
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let count = self.given.fetch_add(1, Ordering::Relaxed);
        derived_uuid("seeded id", &[&self.seed.to_string(), &count.to_string()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence() {
        let (one, again, other) = (SeededIds::new(1), SeededIds::new(1), SeededIds::new(2));
        let first: Vec<Uuid> = (0..3).map(|_| one.next()).collect();
        let second: Vec<Uuid> = (0..3).map(|_| again.next()).collect();
        assert_eq!(first, second);
        assert_ne!(first[0], first[1]);
        assert_ne!(first[0], other.next());
    }

    #[test]
    fn ids_of_the_machine_differ() {
        assert_ne!(SystemIds.next(), SystemIds.next());
    }
}
