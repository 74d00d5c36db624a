//! A piece of sealed bytes that do not fit in a block.
//!
//! ```text
//! version u8 = 1 | check 4 | at most 8187 of the sealed bytes
//! ```
//!
//! The check is CRC-32 of the piece's key and the piece. All pieces but the last are of full length.
//! They are written before the block that holds their entry's header: an interruption leaves no
//! entry, only pieces without one, which the sweep removes.

use crate::entry::Damage;
use crate::fields::Fields;
use crate::place::Place;
use crate::rows::{self, Write};

const VERSION: u8 = 1;
const FIXED_BYTES: usize = 1 + 4;
pub(crate) const PIECE_BYTES: usize = redress_store::MAX_VALUE_BYTES - FIXED_BYTES;

/// How many pieces that many sealed bytes make. The longest entry has 133.
pub(crate) fn count(sealed_bytes: usize) -> u8 {
    sealed_bytes.div_ceil(PIECE_BYTES) as u8
}

/// The rows of the entry at this place.
pub(crate) fn rows_of(place: Place, sealed: &[u8]) -> impl Iterator<Item = Write> {
    let pieces = (0..=u8::MAX).zip(sealed.chunks(PIECE_BYTES));
    pieces.map(move |(number, piece)| {
        let key = rows::piece(place, number);
        let mut row = Vec::with_capacity(FIXED_BYTES + piece.len());
        row.push(VERSION);
        row.extend_from_slice(&check(&key, piece).to_be_bytes());
        row.extend_from_slice(piece);
        (key, Some(row))
    })
}

/// The piece that lies in a row under this key.
pub(crate) fn decode<'a>(key: &[u8], row: &'a [u8]) -> Result<&'a [u8], Damage> {
    let mut fields = Fields::new(row);
    if fields.u8()? != VERSION {
        return Err(Damage("the format of a piece is unknown"));
    }
    let found = fields.u32()?;
    let piece = fields.rest();
    if check(key, piece) == found {
        Ok(piece)
    } else {
        Err(Damage("the check of a piece does not agree"))
    }
}

fn check(key: &[u8], piece: &[u8]) -> u32 {
    let mut check = crc32fast::Hasher::new();
    check.update(key);
    check.update(piece);
    check.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLACE: Place = Place { block: 7, index: 3 };

    #[test]
    fn pieces_come_back_under_their_own_keys_and_with_nothing_changed() {
        let sealed: Vec<u8> = (0..20_000_u32).map(|n| n as u8).collect();
        let rows: Vec<Write> = rows_of(PLACE, &sealed).collect();
        assert_eq!(rows.len(), usize::from(count(sealed.len())));
        let mut found = Vec::new();
        for (key, row) in &rows {
            let mut row = row.clone().unwrap();
            assert!(row.len() <= redress_store::MAX_VALUE_BYTES);
            found.extend_from_slice(decode(key, &row).unwrap());
            assert!(decode(&rows::piece(PLACE, 9), &row).is_err());
            for place in (0..row.len()).step_by(101) {
                row[place] ^= 1;
                assert!(decode(key, &row).is_err(), "byte {place}");
                row[place] ^= 1;
            }
        }
        assert_eq!(found, sealed);
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(row in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode(&rows::piece(PLACE, 0), &row);
        }
    }
}
