//! Numbers as they are stored: decimal strings with a fixed number of digits.

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("only a finite number has decimal digits")]
pub struct NotANumber;

/// Writes `value` with `digits` digits after the point. The exact binary value is rounded to the
/// nearest decimal, and a tie goes to the even digit; zero never carries a sign.
pub fn fixed(value: f64, digits: u8) -> Result<String, NotANumber> {
    if !value.is_finite() {
        return Err(NotANumber);
    }
    let text = format!("{value:.0$}", usize::from(digits));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    let unsigned = text.strip_prefix('-').filter(|_| is_zero);
    Ok(unsigned.map_or(text.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_gets_exactly_its_digits() {
        for (value, digits, expected) in [
            (0.0, 0, "0"),
            (-0.0, 2, "0.00"),
            (-0.004, 2, "0.00"),
            (-0.006, 2, "-0.01"),
            (1.005, 2, "1.00"), // the nearest f64 lies below 1.005
            (0.125, 2, "0.12"),
            (0.375, 2, "0.38"),
            (-0.375, 2, "-0.38"),
            (0.5, 0, "0"),
            (1.5, 0, "2"),
            (-0.5, 0, "0"),
            (99.995_000_1, 2, "100.00"),
            (1e21, 1, "1000000000000000000000.0"),
        ] {
            assert_eq!(fixed(value, digits).as_deref(), Ok(expected), "{value}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(fixed(value, 3), Err(NotANumber));
        }
    }

    /// Half-even rounding of `numerator` / 2^20 in whole numbers.
    fn by_whole_numbers(numerator: i64, digits: u8) -> String {
        let scaled = i128::from(numerator.unsigned_abs()) * 10_i128.pow(digits.into());
        let (quotient, rest) = (scaled >> 20, scaled & ((1 << 20) - 1));
        let up = rest > 1 << 19 || (rest == 1 << 19 && quotient % 2 == 1);
        let rounded = quotient + i128::from(up);
        let sign = if numerator < 0 && rounded > 0 {
            "-"
        } else {
            ""
        };
        let text = format!("{rounded:0>width$}", width = usize::from(digits) + 1);
        let (whole, fraction) = text.split_at(text.len() - usize::from(digits));
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    proptest! {
        #[test]
        fn rounding_equals_that_of_whole_numbers(
            numerator in prop_oneof![-(1_i64 << 52)..(1 << 52), -(1_i64 << 22)..(1 << 22)],
            digits in 0..12_u8,
        ) {
            let value = numerator as f64 / f64::from(1 << 20);
            prop_assert_eq!(fixed(value, digits).unwrap(), by_whole_numbers(numerator, digits));
        }

        #[test]
        fn any_number_reads_back_within_half_a_digit(value in any::<f64>(), digits in 0..15_u8) {
            let Ok(text) = fixed(value, digits) else {
                prop_assert!(!value.is_finite());
                return Ok(());
            };
            let back: f64 = text.parse().unwrap();
            let half = 0.5 / 10_f64.powi(digits.into());
            prop_assert!((back - value).abs() <= half * (1.0 + 1e-9) + value.abs() * f64::EPSILON);
            prop_assert!(back.is_sign_positive() || back < 0.0);
            let fraction = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(fraction, usize::from(digits));
        }
    }
}
