//! Where an entry lies: in which block, and as which of the block's entries.

/// Numbers of blocks have 48 bits: at a block for each of 25,000 seals a second, 350 years.
const BLOCK_BYTES: usize = 6;
pub(crate) const BLOCK_NUMBERS: u64 = 1 << (8 * BLOCK_BYTES as u64);
pub(crate) const PLACE_BYTES: usize = BLOCK_BYTES + 1;
/// In the room of a place: there is none.
const NOWHERE: [u8; PLACE_BYTES] = [0xff; PLACE_BYTES];

/// Places are in the order in which their entries were sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) block: u64,
    pub(crate) index: u8,
}

impl Place {
    pub(crate) fn to_bytes(self) -> [u8; PLACE_BYTES] {
        let mut bytes = [self.index; PLACE_BYTES];
        bytes[..BLOCK_BYTES].copy_from_slice(&self.block.to_be_bytes()[8 - BLOCK_BYTES..]);
        bytes
    }

    pub(crate) fn from_bytes(bytes: [u8; PLACE_BYTES]) -> Self {
        let mut block = [0; 8];
        block[8 - BLOCK_BYTES..].copy_from_slice(&bytes[..BLOCK_BYTES]);
        Self {
            block: u64::from_be_bytes(block),
            index: bytes[BLOCK_BYTES],
        }
    }

    pub(crate) fn bytes_of(place: Option<Self>) -> [u8; PLACE_BYTES] {
        place.map_or(NOWHERE, Self::to_bytes)
    }

    pub(crate) fn of_bytes(bytes: [u8; PLACE_BYTES]) -> Option<Self> {
        (bytes != NOWHERE).then(|| Self::from_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_what_it_writes_in_the_same_order() {
        let places = [(0, 0), (0, 254), (1, 0), (BLOCK_NUMBERS - 2, 3)];
        let places = places.map(|(block, index)| Place { block, index });
        for place in places {
            assert_eq!(Place::from_bytes(place.to_bytes()), place);
            assert_eq!(Place::of_bytes(Place::bytes_of(Some(place))), Some(place));
        }
        assert_eq!(Place::of_bytes(Place::bytes_of(None)), None);
        assert!(places.map(Place::to_bytes).is_sorted());
    }
}
