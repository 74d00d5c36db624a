//! Which entries records refer to, in little memory: a bit for each place.

use std::collections::BTreeMap;

use crate::id::EntryId;

/// Of millions of entries a few bytes each. Two entries that had the same place, one of them lost
/// with a copy that was not taken back, are not told apart: then an orphan stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known(BTreeMap<u64, [u64; 4]>);

impl Known {
    pub(crate) fn insert(&mut self, entry: EntryId) {
        let (block, word, bit) = bit_of(entry);
        self.0.entry(block).or_default()[word] |= bit;
    }

    pub(crate) fn contains(&self, entry: EntryId) -> bool {
        let (block, word, bit) = bit_of(entry);
        let words = self.0.get(&block);
        words.is_some_and(|words| words[word] & bit != 0)
    }
}

fn bit_of(entry: EntryId) -> (u64, usize, u64) {
    let place = entry.place();
    let index = usize::from(place.index);
    (place.block, index / 64, 1 << (index % 64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;

    #[test]
    fn what_was_put_in_is_in_and_nothing_else() {
        let entry = |block, index| EntryId::new(Place { block, index }, &[1; 24]);
        let mut known = Known::default();
        let places = [(0, 0), (0, 63), (0, 64), (9, 255), (1 << 40, 128)];
        for (block, index) in places {
            known.insert(entry(block, index));
        }
        for block in [0, 1, 9, 1 << 40] {
            for index in 0..=u8::MAX {
                let is_in = places.contains(&(block, index));
                assert_eq!(known.contains(entry(block, index)), is_in);
            }
        }
    }
}
