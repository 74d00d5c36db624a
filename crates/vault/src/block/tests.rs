use std::collections::BTreeMap;

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

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// Lays contents of these lengths, from block 7 on; the places, the rows, the next block's number.
fn laid(lengths: &[usize]) -> (Vec<Place>, Rows, u64) {
    let mut layer = Layer::new(7, 300);
    let places = lengths
        .iter()
        .map(|length| layer.seal(origin(), &key(), [4; 24], plain_of(*length)));
    let places = places.collect();
    let (rows, next) = layer.finish();
    let rows = rows.into_iter().map(|(key, value)| (key, value.unwrap()));
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

fn block(rows: &Rows, number: u64) -> Option<Block> {
    Block::decode(number, rows.get(&rows::block(number))?).ok()
}

fn open(rows: &Rows, place: Place) -> Option<Vec<u8>> {
    let block = block(rows, place.block)?;
    let header = block.headers.get(usize::from(place.index))?;
    let mut sealed = block.sealed(place.index)?.to_vec();
    for number in 0..header.pieces {
        let key = rows::piece(place, number);
        sealed.extend_from_slice(piece::decode(&key, rows.get(&key)?).ok()?);
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
        let numbers: Vec<_> = rows.keys().filter_map(|key| rows::parse_block(key)).collect();
        prop_assert_eq!(&numbers, &(7..next).collect::<Vec<_>>(), "none is left out");
        prop_assert!(rows.values().all(|row| row.len() <= ROW_BYTES));
        prop_assert!(numbers.iter().all(|number| block(&rows, *number).unwrap().log_size == 300));
        for (place, length) in places.iter().zip(lengths) {
            prop_assert_eq!(open(&rows, *place), Some(content_of(length)));
        }
    }

}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        version in 0..3_u8, bytes in prop::collection::vec(any::<u8>(), 0..300)
    ) {
        let _ = Block::decode(1, &bytes);
        let _ = Block::decode(1, &[&[version], bytes.as_slice()].concat());
        let checked = check_of(&[&rows::block(1), &bytes]);
        let _ = Block::decode(1, &[&[VERSION], checked.as_slice(), &bytes].concat());
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
    let headers = FIXED_BYTES + 3 * origin().header_bytes();
    for (key, row) in &rows {
        let number = rows::parse_block(key);
        let step = if number.is_some() { 1 } else { 61 };
        for place in (0..row.len()).step_by(step) {
            let mut damaged = rows.clone();
            damaged.get_mut(key).unwrap()[place] ^= 1 << (place % 8);
            let lost = places
                .iter()
                .map(|place| open(&damaged, *place).is_none())
                .collect::<Vec<_>>();
            let in_first = place < headers + row[headers.min(row.len())..].len() / 2;
            let expected = match number {
                Some(_) if place < headers => [true, true, true],
                Some(_) => [in_first, !in_first, false],
                None => [false, false, true],
            };
            assert_eq!(lost, expected, "row {key:?}, byte {place}");
        }
    }
}

#[test]
fn the_pieces_of_the_longest_entry_can_be_counted() {
    let (places, rows, next) = laid(&[crate::entry::MAX_CONTENT_BYTES]);
    assert_eq!((rows.len(), next), (134, 8));
    assert!(open(&rows, places[0]).is_some());
}

#[test]
fn a_row_is_read_only_under_its_own_number() {
    let (_, rows, _) = laid(&[5]);
    let bytes = &rows[&rows::block(7)];
    assert!(Block::decode(7, bytes).is_ok());
    assert!(Block::decode(8, bytes).is_err());
}

#[test]
fn what_is_swept_leaves_its_header_and_its_neighbours() {
    let (places, mut rows, _) = laid(&[5, 600, 7]);
    let block = block(&rows, 7).unwrap();
    let without = block.without(&[1]);
    assert!(without.encode(7).len() < block.encode(7).len());
    rows.insert(rows::block(7), without.encode(7));
    assert_eq!(open(&rows, places[0]), Some(content_of(5)));
    assert_eq!(open(&rows, places[2]), Some(content_of(7)));
    assert_eq!(without.headers[1].origin, block.headers[1].origin);
    assert!(without.headers[1].is_swept() && without.sealed(1) == Some(&[]));
    assert_eq!(without.without(&[1]), without);
}
