//! Which keys a run certainly does not have: a Bloom filter.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// Ten bits a key and six looks: one absent key in a hundred is looked for all the same.
const BITS_PER_KEY: usize = 10;
const LOOKS: u64 = 6;

#[derive(Debug)]
pub(super) struct Filter {
    bits: Vec<u64>,
}

/// Made once for a key, for the filters of all runs. Never stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyHash(u64);

impl KeyHash {
    pub(super) fn of(key: &[u8]) -> Self {
        Self(FixedState::with_seed(0).hash_one(key))
    }

    fn looks(self, words: usize) -> impl Iterator<Item = (usize, u64)> {
        let bits = words as u64 * 64;
        let step = self.0.rotate_left(32) | 1;
        (0..LOOKS).map(move |look| {
            let hash = self.0.wrapping_add(step.wrapping_mul(look));
            // The upper half of the product: as even as the hash, without a division.
            let bit = ((u128::from(hash) * u128::from(bits)) >> 64) as u64;
            ((bit / 64) as usize, 1 << (bit % 64))
        })
    }
}

impl Filter {
    /// Room for so many keys.
    pub(super) fn new(keys: usize) -> Self {
        let words = (keys * BITS_PER_KEY).div_ceil(64).max(1);
        Self {
            bits: vec![0; words],
        }
    }

    pub(super) fn add(&mut self, key: KeyHash) {
        for (word, bit) in key.looks(self.bits.len()) {
            self.bits[word] |= bit;
        }
    }

    pub(super) fn may_have(&self, key: KeyHash) -> bool {
        key.looks(self.bits.len())
            .all(|(word, bit)| self.bits[word] & bit != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_was_added_may_be_there_and_few_others() {
        let key = |number: u32| KeyHash::of(&number.to_be_bytes());
        let mut filter = Filter::new(10_000);
        (0..10_000).for_each(|number| filter.add(key(number)));
        assert!((0..10_000).all(|number| filter.may_have(key(number))));
        let wrong = (10_000..20_000).filter(|number| filter.may_have(key(*number)));
        let wrong = wrong.count();
        assert!(wrong < 300, "{wrong} of 10,000 that were never added");
    }
}
