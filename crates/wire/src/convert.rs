//! Conversions that several services share: times, money, tokens, moments.

use jiff::Timestamp;
use redress_envelope::{Money, MoneyError, Token, TokenError};

use crate::log::v1::{AsOf, as_of};
use crate::value::v1::Money as WireMoney;

/// A field that does not hold what it must.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConvertError {
    #[error("a time is seconds of the years 1 to 9999 and 0 to 999,999,999 nanoseconds")]
    Time,
    #[error(transparent)]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("`as_of` names neither a time nor a token")]
    Moment,
}

impl ConvertError {
    /// Stable; programs may depend on it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Time => "TIME_MALFORMED",
            Self::Money(MoneyError::Currency) => "CURRENCY_MALFORMED",
            Self::Money(MoneyError::Amount) => "AMOUNT_OUT_OF_RANGE",
            Self::Token(TokenError::Malformed) => "TOKEN_MALFORMED",
            Self::Token(TokenError::OtherLife { .. }) => "TOKEN_OF_ANOTHER_LIFE",
            Self::Moment => "AS_OF_MALFORMED",
        }
    }

    /// What would make it right.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Time => "send a google.protobuf.Timestamp of the years 1 to 9999",
            Self::Money(MoneyError::Currency) => "send a code of ISO 4217, such as EUR",
            Self::Money(MoneyError::Amount) => "send 0 to 9007199254740992 minor units",
            Self::Token(TokenError::Malformed) => "send a token as a reply gave it, or none",
            Self::Token(TokenError::OtherLife { .. }) => "read again without the token",
            Self::Moment => "send a time or a token, or leave `as_of` out",
        }
    }
}

/// The earliest and the latest second of google.protobuf.Timestamp: years 1 and 9999.
const SECONDS: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_402_300_799;

/// Reads a time, cut down to the microseconds that are stored.
pub fn time_from_wire(time: prost_types::Timestamp) -> Result<Timestamp, ConvertError> {
    if !SECONDS.contains(&time.seconds) || !(0..1_000_000_000).contains(&time.nanos) {
        return Err(ConvertError::Time);
    }
    Timestamp::new(time.seconds, time.nanos / 1000 * 1000).map_err(|_| ConvertError::Time)
}

/// As [`time_from_wire`], where there is one.
pub fn optional_time(
    time: Option<prost_types::Timestamp>,
) -> Result<Option<Timestamp>, ConvertError> {
    time.map(time_from_wire).transpose()
}

/// Writes a time. Nanoseconds count forward also before 1970, as the format asks.
pub fn time_to_wire(time: Timestamp) -> prost_types::Timestamp {
    let (seconds, nanos) = (time.as_second(), time.subsec_nanosecond());
    if nanos < 0 {
        prost_types::Timestamp {
            seconds: seconds - 1,
            nanos: nanos + 1_000_000_000,
        }
    } else {
        prost_types::Timestamp { seconds, nanos }
    }
}

pub fn money_from_wire(money: &WireMoney) -> Result<Money, ConvertError> {
    Ok(Money::new(money.minor_units, &money.currency)?)
}

pub fn money_to_wire(money: &Money) -> WireMoney {
    WireMoney {
        minor_units: money.minor_units,
        currency: money.currency.clone(),
    }
}

/// Reads a token; an empty text is no token.
pub fn token_from_wire(text: &str) -> Result<Option<Token>, ConvertError> {
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(text.parse()?))
}

/// The moment in recorded time that a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// Everything recorded at or before this time.
    Time(Timestamp),
    /// Exactly what the token covers.
    Token(Token),
}

/// Reads `as_of`; absent means now.
pub fn moment(as_of: Option<&AsOf>) -> Result<Option<Moment>, ConvertError> {
    let Some(as_of) = as_of else { return Ok(None) };
    match &as_of.point {
        Some(as_of::Point::Time(time)) => Ok(Some(Moment::Time(time_from_wire(*time)?))),
        Some(as_of::Point::Token(text)) => {
            let token = token_from_wire(text)?.ok_or(ConvertError::Moment)?;
            Ok(Some(Moment::Token(token)))
        }
        None => Err(ConvertError::Moment),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_comes_back_to_the_microsecond(micros in -62_135_596_800_000_000_i64..253_402_207_200_000_000) {
            let time = Timestamp::from_microsecond(micros).unwrap();
            let wire = time_to_wire(time);
            prop_assert!((0..1_000_000_000).contains(&wire.nanos));
            prop_assert_eq!(time_from_wire(wire), Ok(time));
        }

        #[test]
        fn no_time_makes_the_reader_panic(seconds in any::<i64>(), nanos in any::<i32>()) {
            let _ = time_from_wire(prost_types::Timestamp { seconds, nanos });
        }
    }

    #[test]
    fn a_moment_must_name_one_of_the_two() {
        assert_eq!(moment(None), Ok(None));
        assert_eq!(
            moment(Some(&AsOf { point: None })),
            Err(ConvertError::Moment)
        );
        let empty = AsOf {
            point: Some(as_of::Point::Token(String::new())),
        };
        assert_eq!(moment(Some(&empty)), Err(ConvertError::Moment));
    }

    #[test]
    fn money_with_another_kind_of_currency_is_refused() {
        let euros = WireMoney {
            minor_units: 1250,
            currency: "EUR".to_owned(),
        };
        assert_eq!(money_to_wire(&money_from_wire(&euros).unwrap()), euros);
        let wrong = WireMoney {
            minor_units: 1250,
            currency: "euro".to_owned(),
        };
        assert_eq!(money_from_wire(&wrong), Err(MoneyError::Currency.into()));
    }
}
