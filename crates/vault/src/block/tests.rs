use proptest::prelude::*;

use super::*;
use crate::id::{Class, SubjectId};
use crate::plain;

fn key() -> SecretKey {
    SecretKey::from_slice(&[3; 32]).unwrap()
}

fn origin() -> Origin {
    Origin {
        subject: SubjectId::from_bytes([2; 16]),
        class: Class::new("words").unwrap(),
        key_generation: 1,
        previous: None,
    }
}

type Blocks = Vec<(u64, Vec<u8>)>;

/// Lays contents of these lengths, from block 7 on; the places, the rows, the next block's number.
fn laid(lengths: &[usize]) -> (Vec<Place>, Blocks, u64) {
    let mut layer = Layer::new(7);
    let places = lengths
        .iter()
        .map(|length| layer.seal(origin(), &key(), [4; 24], plain_of(*length)));
    let places = places.collect();
    let (rows, next) = layer.finish();
    let rows = rows.into_iter().map(|(key, value)| {
        let number = rows::parse_block(&key).unwrap();
        (number, value.unwrap())
    });
    (places, rows.collect(), next)
}

fn content_of(length: usize) -> Vec<u8> {
    let mut content = vec![0; length];
    crate::Entropy::fill(&crate::SeededEntropy(1), &[], &mut content).unwrap();
    content
}

fn plain_of(length: usize) -> Zeroizing<Vec<u8>> {
    plain::encode(&[5; 32], &content_of(length))
}

fn row(rows: &[(u64, Vec<u8>)], number: u64) -> Option<Row> {
    let (_, bytes) = rows.iter().find(|(found, _)| *found == number)?;
    Row::decode(number, bytes).ok()
}

fn open(rows: &[(u64, Vec<u8>)], place: Place) -> Option<Vec<u8>> {
    let Row::Block(block) = row(rows, place.block)? else {
        return None;
    };
    let header = block.headers.get(usize::from(place.index))?;
    let mut sealed = block.sealed(place.index)?.to_vec();
    let pieces = u64::from(header.pieces);
    for number in place.block - pieces..place.block {
        let Row::Piece(piece) = row(rows, number)? else {
            return None;
        };
        sealed.extend_from_slice(&piece);
    }
    header.check(&sealed).ok()?;
    header
        .open(place, &key(), sealed)
        .map(|plain| plain.content)
        .ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn entries_of_any_length_come_back_from_their_places_in_order(
        lengths in prop::collection::vec(
            prop_oneof![4 => 0..300_usize, 2 => 0..9_000_usize, 1 => 7_900..8_300_usize, 1 => 0..40_000_usize],
            1..60,
        )
    ) {
        let (places, rows, next) = laid(&lengths);
        prop_assert!(places.is_sorted());
        let numbers: Vec<_> = rows.iter().map(|(number, _)| *number).collect();
        prop_assert_eq!(&numbers, &(7..next).collect::<Vec<_>>(), "none is left out");
        prop_assert!(rows.iter().all(|(_, row)| row.len() <= ROW_BYTES));
        for (place, length) in places.iter().zip(lengths) {
            prop_assert_eq!(open(&rows, *place), Some(content_of(length)));
        }
    }

}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        version in 0..3_u8, kind in 0..4_u8, bytes in prop::collection::vec(any::<u8>(), 0..300)
    ) {
        let _ = Row::decode(1, &bytes);
        let _ = Row::decode(1, &[&[version, kind], bytes.as_slice()].concat());
        let checked = check_of(&[&rows::block(1), &bytes]);
        let _ = Row::decode(1, &[&[VERSION, BLOCK], checked.as_slice(), &bytes].concat());
    }
}

#[test]
fn many_small_entries_share_a_block_and_no_block_holds_more_than_it_can_count() {
    let (places, rows, _) = laid(&[10; 100]);
    assert!(rows.len() <= 3, "{} rows", rows.len());
    assert_eq!(places[1], Place { block: 7, index: 1 });
}

#[test]
fn every_bit_counts_for_its_entry_and_in_the_sealed_bytes_for_no_other() {
    let (places, rows, _) = laid(&[5, 6, 20_000]);
    let contents: Vec<_> = places.iter().map(|place| open(&rows, *place)).collect();
    assert!(contents.iter().all(Option::is_some));
    let headers = FIXED_BYTES + 2 * origin().header_bytes();
    for (at, (_, row)) in rows.iter().enumerate() {
        let step = if at == 0 { 1 } else { 61 };
        for place in (0..row.len()).step_by(step) {
            let mut damaged = rows.clone();
            damaged[at].1[place] ^= 1 << (place % 8);
            let lost = places
                .iter()
                .map(|place| open(&damaged, *place).is_none())
                .collect::<Vec<_>>();
            let in_first = place < headers + row[headers.min(row.len())..].len() / 2;
            let expected = match at {
                0 if place < headers => [true, true, false],
                0 => [in_first, !in_first, false],
                _ => [false, false, true],
            };
            assert_eq!(lost, expected, "row {at}, byte {place}");
        }
    }
}

#[test]
fn the_longest_entry_has_fewer_pieces_than_are_looked_for() {
    let (places, rows, _) = laid(&[crate::entry::MAX_CONTENT_BYTES]);
    assert!(rows.len() > 128 && rows.len() < MAX_PIECES);
    assert!(open(&rows, places[0]).is_some());
}

#[test]
fn a_row_is_read_only_under_its_own_number() {
    let (_, rows, _) = laid(&[5, 20_000]);
    for (number, bytes) in &rows {
        assert!(Row::decode(*number, bytes).is_ok());
        assert!(Row::decode(number + 1, bytes).is_err());
    }
}

#[test]
fn what_is_swept_leaves_its_header_and_its_neighbours() {
    let (places, mut rows, _) = laid(&[5, 600, 7]);
    let Some(Row::Block(block)) = row(&rows, 7) else {
        panic!("they share a block")
    };
    let without = block.without(&[1]);
    rows[0].1 = without.encode(7);
    assert!(rows[0].1.len() < block.encode(7).len());
    assert_eq!(open(&rows, places[0]), Some(content_of(5)));
    assert_eq!(open(&rows, places[2]), Some(content_of(7)));
    assert_eq!(without.headers[1].origin, block.headers[1].origin);
    assert!(without.headers[1].is_swept() && without.sealed(1) == Some(&[]));
    assert_eq!(without.without(&[1]), without);
}
