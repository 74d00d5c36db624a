//! The reference that people say on the phone: `RD-2026-000123-7`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The year in which the complaint was received and which record of intake's log the feedback is,
/// counted from 1: that is unique without anybody counting complaints, so the numbers have gaps. The last digit is a check digit
/// after ISO/IEC 7064 MOD 11,10 over year and number: it finds every single wrong digit and nearly
/// every swap of two neighbours. The form is for partition 0 only, as positions of two partitions
/// would collide; one that names the partition comes with partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    year: u16,
    number: u64,
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    #[error(
        "`{text}` is not a complaint reference; one looks like RD-2026-000123-7: \
         RD, the year, a number of at least six digits and a check digit"
    )]
    Shape { text: String },
    /// The right digit is not said: the wrong digit may be any of them.
    #[error(
        "the check digit of `{text}` does not fit: a digit is wrong or two were swapped; \
         compare it with the letter or ask for it again"
    )]
    CheckDigit { text: String },
    #[error("a reference needs a year from 1000 to 9999 and a number from 1 to 9007199254740992")]
    OutOfRange,
}

impl Reference {
    pub const MAX_NUMBER: u64 = 1 << 53;

    pub fn new(year: i16, number: u64) -> Result<Self, ReferenceError> {
        let year = u16::try_from(year).map_err(|_| ReferenceError::OutOfRange)?;
        if (1000..=9999).contains(&year) && (1..=Self::MAX_NUMBER).contains(&number) {
            Ok(Self { year, number })
        } else {
            Err(ReferenceError::OutOfRange)
        }
    }

    /// Of what was received in that year and stands at this position of intake's log.
    pub fn of_position(year: i16, position: u64) -> Result<Self, ReferenceError> {
        Self::new(year, position.saturating_add(1))
    }

    /// Where the feedback stands in intake's log.
    pub fn position(&self) -> u64 {
        // There is no number 0.
        self.number.saturating_sub(1)
    }

    pub fn year(&self) -> u16 {
        self.year
    }

    pub fn number(&self) -> u64 {
        self.number
    }
}

/// ISO/IEC 7064 MOD 11,10.
pub(crate) fn check_digit(digits: &str) -> u8 {
    let product = digits
        .bytes()
        .map(|byte| u32::from(byte - b'0'))
        .fold(10, |product, digit| {
            let sum = match (product + digit) % 10 {
                0 => 10,
                sum => sum,
            };
            sum * 2 % 11
        });
    ((11 - product) % 10) as u8
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, number } = self;
        let check = check_digit(&format!("{year}{number:06}"));
        write!(f, "RD-{year}-{number:06}-{check}")
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads what people write and say: any case, with spaces, dots or dashes of any kind between
    /// the parts, or with nothing between them.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let shown = || text.trim().chars().take(40).collect::<String>();
        let shape = || ReferenceError::Shape { text: shown() };
        let bare: String = text
            .chars()
            .filter(|&c| !(c.is_whitespace() || is_separator(c)))
            .take(32)
            .collect();
        let digits = bare
            .get(..2)
            .filter(|letters| letters.eq_ignore_ascii_case("RD"))
            .and_then(|_| bare.get(2..))
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
            .ok_or_else(shape)?;
        let (covered, check) = digits
            .split_at_checked(digits.len().saturating_sub(1))
            .ok_or_else(shape)?;
        let (year, number) = covered.split_at_checked(4).ok_or_else(shape)?;
        let padded_needlessly = number.len() > 6 && number.starts_with('0');
        if number.len() < 6 || padded_needlessly {
            return Err(shape());
        }
        if check != check_digit(covered).to_string() {
            return Err(ReferenceError::CheckDigit { text: shown() });
        }
        let year = year.parse().map_err(|_| shape())?;
        let number = number.parse().map_err(|_| shape())?;
        // Nobody was ever told of a number 0: it was made up, or its digits were lost.
        if number == 0 {
            return Err(shape());
        }
        Self::new(year, number)
    }
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        '-' | '.' | '/' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}'
    )
}

impl Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
