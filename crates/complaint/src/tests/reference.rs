use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::reference::{Reference, ReferenceError, check_digit};

fn written(year: i16, number: u64) -> String {
    Reference::new(year, number).unwrap().to_string()
}

#[test]
fn the_reference_of_the_design_is_right() {
    assert_eq!(written(2026, 123), "RD-2026-000123-7");
    assert_eq!("RD-2026-000123-7".parse(), Reference::new(2026, 123));
    assert_eq!(written(2011, 1_234_567).len(), "RD-2011-1234567-0".len());
}

/// The standard's own example.
#[test]
fn the_check_digit_is_that_of_mod_11_10() {
    assert_eq!(check_digit("0794"), 5);
}

#[test]
fn people_write_it_as_they_like() {
    let same = Reference::new(2026, 123);
    for text in [
        "rd-2026-000123-7",
        " RD 2026 000123 7 ",
        "RD20260001237",
        "Rd.2026.000123.7",
        "RD\u{2013}2026\u{2013}000123\u{2013}7",
        "RD 2026 000 123 - 7",
    ] {
        assert_eq!(text.parse(), same, "{text}");
    }
}

#[test]
fn every_wrong_digit_is_found() {
    for number in (1..3000).chain([999_999, 1_000_000, 123_456_789]) {
        let right = written(2026, number);
        for (place, was) in right.bytes().enumerate() {
            if !was.is_ascii_digit() {
                continue;
            }
            for digit in (b'0'..=b'9').filter(|digit| *digit != was) {
                let mut wrong = right.clone().into_bytes();
                wrong[place] = digit;
                let wrong = String::from_utf8(wrong).unwrap();
                assert!(wrong.parse::<Reference>().is_err(), "{wrong} for {right}");
            }
        }
    }
}

#[test]
fn nearly_every_swap_of_neighbours_is_found() {
    let (mut swaps, mut missed) = (0_u32, 0_u32);
    for number in 1..20_000 {
        let right: Vec<u8> = written(2026, number)
            .bytes()
            .filter(u8::is_ascii_digit)
            .collect();
        for place in 0..right.len() - 1 {
            if right[place] == right[place + 1] {
                continue;
            }
            let mut wrong = right.clone();
            wrong.swap(place, place + 1);
            let text = format!("RD{}", String::from_utf8(wrong).unwrap());
            swaps += 1;
            missed += u32::from(text.parse::<Reference>().is_ok());
        }
    }
    assert!(missed * 100 <= swaps * 3, "{missed} of {swaps} missed");
}

#[test]
fn the_error_says_what_a_reference_looks_like_or_that_a_digit_is_wrong() {
    let shape = |text: &str| match text.parse::<Reference>() {
        Err(error @ ReferenceError::Shape { .. }) => error.to_string(),
        other => panic!("{text}: {other:?}"),
    };
    for text in [
        "",
        "RD",
        "RD-",
        "2026-000123-7",
        "RD-2026-123-7",
        "RD-2026-0000123-7",
        "RÐ-1",
        // A right check digit, and a number that nobody was ever told.
        "RD-2026-000000-9",
    ] {
        assert!(shape(text).contains("RD-2026-000123-7"), "{text}");
    }
    let wrong = "RD-2026-000124-7".parse::<Reference>().unwrap_err();
    assert!(matches!(wrong, ReferenceError::CheckDigit { .. }));
    assert!(!wrong.to_string().contains("RD-2026-000123-7"));
}

#[test]
fn years_and_numbers_have_bounds() {
    for (year, number) in [
        (999, 1),
        (-1, 1),
        (2026, 0),
        (2026, Reference::MAX_NUMBER + 1),
    ] {
        assert_eq!(
            Reference::new(year, number),
            Err(ReferenceError::OutOfRange)
        );
    }
}

/// Given records of intake's log counted from 0, then the first one's reference has the number 1, and each
/// reference leads back to its record.
#[test]
fn the_number_says_which_record_it_is_counted_from_one() {
    let first = Reference::of_position(2026, 0).unwrap();
    assert_eq!(first.to_string(), written(2026, 1));
    for position in [0, 1, 122, 1 << 52] {
        let reference = Reference::of_position(2026, position).unwrap();
        assert_eq!(reference.position(), position);
    }
    let last = Reference::MAX_NUMBER;
    for position in [last, u64::MAX] {
        let beyond = Reference::of_position(2026, position);
        assert_eq!(beyond, Err(ReferenceError::OutOfRange));
    }
}

#[test]
fn no_two_complaints_share_a_reference() {
    let all: BTreeSet<_> = (2011..2031)
        .flat_map(|year| (1..=1000).map(move |number| written(year, number)))
        .collect();
    assert_eq!(all.len(), 20_000);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(year in 1000_i16..=9999, number in 1..=Reference::MAX_NUMBER) {
        let reference = Reference::new(year, number).unwrap();
        prop_assert_eq!(reference.to_string().parse(), Ok(reference));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}|(?i:RD)[-0-9 ]{0,40}") {
        if let Ok(reference) = text.parse::<Reference>() {
            prop_assert_eq!(reference.to_string().parse(), Ok(reference));
        }
    }
}
