//! What the store knows about itself, so that it is never opened with the keys of another vault or
//! of another time.
//!
//! ```text
//! version u8 = 1 | vault id 16 | tag of the keys 8 | next tag 8 | check 8
//! ```
//!
//! The version is that of everything in the store. Each version of the `buckets` file has a random
//! tag. Before the file is replaced the store notes both tags here, that of the file that is there
//! and that of the next; so a file with any other tag is of another time, or of a vault that went on
//! from another copy: what is wrapped in the store cannot be counted on to open with it. Where no
//! replacement is under way both tags may be the same, or the second that of the file that is there.
//!
//! A new vault announces its first file with zeros for the tag of the one that is there, and puts
//! that right before anything is sealed. So a file without this record is of a vault that is gone,
//! and a first start that was cut off is told apart.

use crate::buckets::{Buckets, TAG_BYTES, Tag};
use crate::error::OpenError;
use crate::fields::{Fields, TooShort, checked, with_check};
use crate::rows::{META, Write};

const VERSION: u8 = 1;
/// In the room of a tag: there is no file yet.
const NO_FILE: Tag = [0; TAG_BYTES];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) vault: [u8; 16],
    pub(crate) tag: Tag,
    pub(crate) next: Tag,
}

impl Meta {
    /// For a store beside this file, which is to be replaced by one with the tag `next`.
    pub(crate) fn announcing(buckets: &Buckets, next: Tag) -> Self {
        Self {
            vault: buckets.vault,
            tag: buckets.tag,
            next,
        }
    }

    /// For a new store, before its first file is written.
    pub(crate) fn announcing_first(buckets: &Buckets) -> Self {
        Self {
            vault: buckets.vault,
            tag: NO_FILE,
            next: buckets.tag,
        }
    }

    /// Whether nothing was ever sealed, because the first start did not come to its end.
    pub(crate) fn is_of_first_start(&self) -> bool {
        self.tag == NO_FILE
    }

    pub(crate) fn write(&self) -> Write {
        let mut body = vec![VERSION];
        body.extend_from_slice(&self.vault);
        body.extend_from_slice(&self.tag);
        body.extend_from_slice(&self.next);
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
            tag: fields.array::<TAG_BYTES>().map_err(cut)?,
            next: fields.array::<TAG_BYTES>().map_err(cut)?,
        })
    }

    pub(crate) fn refuse_other_keys(&self, keys: &Buckets) -> Result<(), OpenError> {
        if self.vault != keys.vault {
            return Err(OpenError::KeysOfAnotherVault);
        }
        if [self.tag, self.next].contains(&keys.tag) {
            Ok(())
        } else {
            Err(OpenError::KeysOfAnotherTime)
        }
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
            tag: [7; TAG_BYTES],
            next: [8; TAG_BYTES],
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
