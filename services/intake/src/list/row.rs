//! The keys of the view's rows. The first byte says which kind of row it is.
//!
//! | Key | Value |
//! |---|---|
//! | `d`, place backwards | the item as JSON |
//! | `a`, place | nothing |
//! | `i`, item id | the item's place |
//! | `h`, keyed hash, place backwards | nothing |
//! | `o`, position | an import that began, or began again, there and is not completed, as JSON |
//! | `e`, import id | an import that ended, as JSON |
//! | `r`, `k` | rejected inputs: see `rejected/row.rs` |

use crate::item::Item;

/// When an item was received and where its first record is: the order of lists, and unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Microseconds since 1970, shifted so that their bytes sort as they do.
    time: u64,
    position: u64,
}

pub(super) const PLACE_BYTES: usize = 16;

impl Place {
    pub(super) fn of(item: &Item) -> Self {
        Self {
            time: sortable(item.facts.received_at.as_microsecond()),
            position: item.position,
        }
    }

    /// The first place at a time.
    pub(super) fn at(microsecond: i64) -> Self {
        Self {
            time: sortable(microsecond),
            position: 0,
        }
    }

    pub(super) fn bytes(self) -> [u8; PLACE_BYTES] {
        let mut bytes = [0; PLACE_BYTES];
        bytes[..8].copy_from_slice(&self.time.to_be_bytes());
        bytes[8..].copy_from_slice(&self.position.to_be_bytes());
        bytes
    }

    /// Bytes that sort the other way round.
    pub(super) fn backwards(self) -> [u8; PLACE_BYTES] {
        self.bytes().map(|byte| !byte)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (time, position) = bytes.split_at_checked(8)?;
        Some(Self {
            time: u64::from_be_bytes(time.try_into().ok()?),
            position: u64::from_be_bytes(position.try_into().ok()?),
        })
    }

    pub(super) fn from_backwards(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; PLACE_BYTES] = bytes.try_into().ok()?;
        Self::from_bytes(&bytes.map(|byte| !byte))
    }
}

fn sortable(microsecond: i64) -> u64 {
    microsecond.cast_unsigned() ^ (1 << 63)
}

pub(super) fn item(place: Place) -> Vec<u8> {
    [b"d".as_slice(), &place.backwards()].concat()
}

pub(super) fn ascending(place: Place) -> Vec<u8> {
    [b"a".as_slice(), &place.bytes()].concat()
}

pub(super) const OPEN_IMPORTS: &[u8] = b"o";

pub(super) fn open_import(position: u64) -> Vec<u8> {
    [OPEN_IMPORTS, &position.to_be_bytes()].concat()
}

pub(super) fn ended_import(id: &str) -> Vec<u8> {
    [b"e", id.as_bytes()].concat()
}

pub(super) fn id(id: &str) -> Vec<u8> {
    [b"i", id.as_bytes()].concat()
}

/// What all items with a keyed hash begin with.
pub(super) fn hash_prefix(hash: &str) -> Vec<u8> {
    // Hashes have one length, so none is the beginning of another.
    [b"h", hash.as_bytes()].concat()
}

fn hash(hash: &str, place: Place) -> Vec<u8> {
    [hash_prefix(hash).as_slice(), &place.backwards()].concat()
}

/// The keys under which an item is found, beside the one that holds it.
pub(super) fn index(item: &Item) -> Vec<Vec<u8>> {
    let place = Place::of(item);
    let references = item
        .facts
        .external_references
        .iter()
        .map(|it| &it.keyed_hash);
    let hashes = item.facts.customer_hash.iter().chain(references);
    let mut keys: Vec<_> = hashes.map(|it| hash(it, place)).collect();
    keys.push(ascending(place));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_sort_by_time_and_then_by_position_in_both_directions() {
        let place = |microsecond, position| Place {
            position,
            ..Place::at(microsecond)
        };
        let sorted = [
            place(-5, 9),
            place(-1, 0),
            place(0, 0),
            place(0, 1),
            place(7, 0),
        ];
        for pair in sorted.windows(2) {
            assert!(pair[0] < pair[1]);
            assert!(pair[0].bytes() < pair[1].bytes());
            assert!(pair[0].backwards() > pair[1].backwards());
        }
        for place in sorted {
            assert_eq!(Place::from_bytes(&place.bytes()), Some(place));
            assert_eq!(Place::from_backwards(&place.backwards()), Some(place));
        }
        assert_eq!(Place::from_bytes(b"short"), None);
    }
}
