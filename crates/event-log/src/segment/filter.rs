//! A split-block Bloom filter, as in the public Parquet specification: one cache line answers
//! "surely not here". With 16 bits a key about 2 in 1,000 strangers are let through.

const SALTS: [u32; 8] = [
    0x47b6_137b,
    0x4497_4d91,
    0x8824_ad5b,
    0xa2b7_289d,
    0x7054_95c7,
    0x2df1_424b,
    0x9efc_4947,
    0x5c6b_fb31,
];
const BLOCK_BYTES: usize = 32;
const BITS_PER_KEY: usize = 16;

#[derive(Debug)]
pub(crate) struct Filter {
    bytes: Vec<u8>,
}

impl Filter {
    pub(crate) fn build(hashes: &[u64]) -> Self {
        let blocks = (hashes.len() * BITS_PER_KEY)
            .div_ceil(BLOCK_BYTES * 8)
            .max(1);
        let mut filter = Self {
            bytes: vec![0; blocks * BLOCK_BYTES],
        };
        for hash in hashes {
            let start = filter.block_start(*hash);
            for (index, salt) in SALTS.iter().enumerate() {
                let bit = bit(*hash, *salt);
                filter.bytes[start + index * 4 + bit / 8] |= 1 << (bit % 8);
            }
        }
        filter
    }

    /// The filter as it was written; `None` if the length cannot be one.
    pub(crate) fn read(bytes: Vec<u8>) -> Option<Self> {
        let whole = !bytes.is_empty() && bytes.len().is_multiple_of(BLOCK_BYTES);
        whole.then_some(Self { bytes })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn may_contain(&self, hash: u64) -> bool {
        let start = self.block_start(hash);
        SALTS.iter().enumerate().all(|(index, salt)| {
            let bit = bit(hash, *salt);
            self.bytes[start + index * 4 + bit / 8] & (1 << (bit % 8)) != 0
        })
    }

    fn block_start(&self, hash: u64) -> usize {
        let blocks = (self.bytes.len() / BLOCK_BYTES) as u64;
        (((hash >> 32) * blocks) >> 32) as usize * BLOCK_BYTES
    }
}

fn bit(hash: u64, salt: u32) -> usize {
    ((hash as u32).wrapping_mul(salt) >> 27) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyKind, key_hash};

    #[test]
    fn a_filter_forgets_no_key_and_lets_few_strangers_through() {
        let hash = |n: u32| key_hash(KeyKind::Stream, &n.to_string());
        let keys: Vec<u64> = (0..10_000).map(hash).collect();
        let filter = Filter::build(&keys);
        assert!(keys.iter().all(|key| filter.may_contain(*key)));
        let strangers = (10_000..110_000)
            .filter(|n| filter.may_contain(hash(*n)))
            .count();
        assert!(strangers < 500, "{strangers} of 100,000");
    }
}
