//! What the store knows about itself, so that it is never opened with the keys of another vault or
//! of another time.
//!
//! ```text
//! version u8 = 1 | vault id 16 | keys generation u64 | check 8
//! ```
//!
//! The keys generation is that of the `buckets` file when keys were last rewrapped. The file counts
//! on at each step of such a change, so the two stay within two steps of each other; further apart,
//! one of them was restored from another time.

use crate::buckets::Buckets;
use crate::error::OpenError;
use crate::fields::{Fields, TooShort, checked, with_check};
use crate::rows::{META, Write};

const VERSION: u8 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) vault: [u8; 16],
    pub(crate) keys_generation: u64,
}

impl Meta {
    pub(crate) fn write(&self) -> Write {
        let mut body = vec![VERSION];
        body.extend_from_slice(&self.vault);
        body.extend_from_slice(&self.keys_generation.to_be_bytes());
        (META.to_vec(), Some(with_check(META, body)))
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, OpenError> {
        let damaged = |what| OpenError::StoreDamaged { what };
        let body = checked(META, bytes).ok_or(damaged("the check of its own record is wrong"))?;
        let mut fields = Fields::new(body);
        let cut = |TooShort| damaged("its own record is cut off");
        match fields.u8().map_err(cut)? {
            VERSION => {}
            version => {
                return Err(OpenError::UnknownFormat {
                    what: "the vault",
                    version,
                });
            }
        }
        Ok(Self {
            vault: fields.array().map_err(cut)?,
            keys_generation: fields.u64().map_err(cut)?,
        })
    }

    pub(crate) fn refuse_other_keys(&self, keys: &Buckets) -> Result<(), OpenError> {
        if self.vault != keys.vault {
            return Err(OpenError::KeysOfAnotherVault);
        }
        let (store, keys, unfinished) = (
            self.keys_generation,
            keys.generation,
            !keys.unfinished().is_empty(),
        );
        if keys < store {
            return Err(OpenError::KeysOlderThanStore { keys, store });
        }
        // A change of keys writes the file (unfinished), the store, the file (finished).
        let ahead = if unfinished { 2 } else { 1 };
        if keys - store > ahead {
            return Err(OpenError::StoreOlderThanKeys { keys, store });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_record_reads_back_what_it_writes_and_no_flipped_bit_passes() {
        let meta = Meta {
            vault: [1; 16],
            keys_generation: 7,
        };
        let bytes = meta.write().1.unwrap();
        assert_eq!(Meta::decode(&bytes).unwrap(), meta);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(Meta::decode(&flipped).is_err(), "bit {bit}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = Meta::decode(&bytes);
            let _ = Meta::decode(&with_check(META, bytes));
        }
    }
}
