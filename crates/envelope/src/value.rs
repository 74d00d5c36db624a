//! Small values that stand in the data of events of several services.

use std::fmt;

use serde::{Deserialize, Serialize};

/// SHA-256(salt || content) of a vault entry: proves later what was said without saying it.
/// Written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment(pub [u8; 32]);

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({self})")
    }
}

impl Serialize for Commitment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Commitment {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(source)?;
        let parse = || {
            let mut bytes = [0_u8; 32];
            let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            if text.len() != 64 || !text.bytes().all(digit) {
                return None;
            }
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
            }
            Some(Self(bytes))
        };
        parse().ok_or_else(|| serde::de::Error::custom("a commitment is 64 lower-case hex digits"))
    }
}

/// All that an event says of a vault entry, where what is personal is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VaultRef {
    /// The entry's id: 32 hex digits, no secret and no hint at the content.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[0-9a-f]{32}$")))]
    pub entry: String,
    pub commitment: Commitment,
}

/// An amount in minor units (cents) of an ISO 4217 currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Money {
    /// The amount in the smallest unit of the currency: 1999 is 19.99 EUR, and 1999 JPY.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub minor_units: i64,
    /// ISO 4217: `EUR`.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[A-Z]{3}$")))]
    pub currency: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("a currency is a code of ISO 4217: three upper-case letters")]
    Currency,
    #[error("an amount is 0 to 9007199254740992 minor units")]
    Amount,
}

impl Money {
    /// The largest whole number that every JSON reader keeps exactly.
    pub const MAX_MINOR_UNITS: i64 = 1 << 53;

    pub fn new(minor_units: i64, currency: &str) -> Result<Self, MoneyError> {
        if iso_currency::Currency::from_code(currency).is_none() {
            return Err(MoneyError::Currency);
        }
        if !(0..=Self::MAX_MINOR_UNITS).contains(&minor_units) {
            return Err(MoneyError::Amount);
        }
        Ok(Self {
            minor_units,
            currency: currency.to_owned(),
        })
    }
}

/// As people write it: `12.50 EUR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = decimals(&self.currency);
        let digits = format!("{:0width$}", self.minor_units, width = decimals + 1);
        let (whole, rest) = digits.split_at(digits.len() - decimals);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{whole}{point}{rest} {}", self.currency)
    }
}

/// ISO 4217, list one: how many decimals the minor unit of a currency has.
fn decimals(currency: &str) -> usize {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_as_many_decimals_as_its_currency() {
        for (minor_units, currency, expected) in [
            (1250, "EUR", "12.50 EUR"),
            (5, "EUR", "0.05 EUR"),
            (0, "EUR", "0.00 EUR"),
            (1800, "JPY", "1800 JPY"),
            (1800, "KWD", "1.800 KWD"),
            (7, "CLF", "0.0007 CLF"),
        ] {
            let money = Money::new(minor_units, currency).unwrap();
            assert_eq!(money.to_string(), expected);
        }
    }
}
