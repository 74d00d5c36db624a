//! What is promised: so many minutes, hours, days, weeks or months, or the close of a business day.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Only the working time of a calendar.
    Business,
    /// All time; of a calendar only the zone matters.
    Calendar,
}

/// How long something may take. Written, stored and read as [`Display`] shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// `90 business minutes`, `48 calendar hours`: a budget of time. `minutes` is what it comes to.
    Time {
        amount: u32,
        unit: Unit,
        basis: Basis,
    },
    /// `5 business days`, `15 calendar days`: the day of the start is not counted, the time of day stays.
    Days { amount: u32, basis: Basis },
    /// `close of the 3rd business day`: when work ends on it; the day of the start is not counted.
    CloseOfBusinessDay { ordinal: u32 },
    /// `8 weeks`: the same weekday and time of day.
    Weeks { amount: u32 },
    /// `1 month`: the same day of the month and time of day, or the last day of a shorter month.
    Months { amount: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    Minutes,
    Hours,
}

impl Unit {
    pub(crate) const fn minutes(self) -> i64 {
        match self {
            Self::Minutes => 1,
            Self::Hours => 60,
        }
    }
}

/// More would lie beyond what is computed (see [`crate::OutOfRange`]).
const MOST: u32 = 1_000_000;

/// Why a text is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error(
        "`{text}` is no target; write one as `5 business days`, `4 business hours`, \
        `15 calendar days`, `8 weeks`, `1 month` or `close of the 3rd business day`"
    )]
    Malformed { text: String },
    #[error(
        "`{text}` does not say which time counts; write `{amount} business {unit}` or \
        `{amount} calendar {unit}`"
    )]
    BasisMissing {
        text: String,
        amount: u32,
        unit: String,
    },
    #[error("weeks and months are those of the calendar on the wall; write `{amount} {unit}`")]
    BusinessWeeks { amount: u32, unit: String },
    #[error("a target is from 1 to {MOST}, not {amount}")]
    AmountOutOfRange { amount: String },
}

impl Target {
    /// Which time counts towards it, and is saved by a pause.
    pub fn basis(&self) -> Basis {
        match self {
            Self::Time { basis, .. } | Self::Days { basis, .. } => *basis,
            Self::CloseOfBusinessDay { .. } => Basis::Business,
            Self::Weeks { .. } | Self::Months { .. } => Basis::Calendar,
        }
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let malformed = || TargetError::Malformed { text: text.into() };
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        match words[..] {
            ["close", "of", "the", nth, "business", "day"]
            | ["close", "of", nth, "business", "day"] => {
                let digits = nth.trim_end_matches(|c: char| c.is_ascii_lowercase());
                let ordinal = number(digits).ok_or_else(malformed)??;
                if nth != digits && nth != ordinal_word(ordinal) {
                    return Err(malformed());
                }
                Ok(Self::CloseOfBusinessDay { ordinal })
            }
            [amount, basis @ ("business" | "calendar"), unit] => {
                let amount = number(amount).ok_or_else(malformed)??;
                let basis = if basis == "business" {
                    Basis::Business
                } else {
                    Basis::Calendar
                };
                of_unit(amount, Some(basis), unit, text)
            }
            [amount, unit] => of_unit(number(amount).ok_or_else(malformed)??, None, unit, text),
            _ => Err(malformed()),
        }
    }
}

fn of_unit(
    amount: u32,
    basis: Option<Basis>,
    word: &str,
    text: &str,
) -> Result<Target, TargetError> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let time = |unit| {
        move |basis| Target::Time {
            amount,
            unit,
            basis,
        }
    };
    let unit = format!("{singular}{}", if amount == 1 { "" } else { "s" });
    let made = match (singular, basis) {
        ("minute", basis) => basis.map(time(Unit::Minutes)),
        ("hour", basis) => basis.map(time(Unit::Hours)),
        ("day", basis) => basis.map(|basis| Target::Days { amount, basis }),
        ("week" | "month", Some(Basis::Business)) => {
            return Err(TargetError::BusinessWeeks { amount, unit });
        }
        ("week", _) => Some(Target::Weeks { amount }),
        ("month", _) => Some(Target::Months { amount }),
        (_, _) => return Err(TargetError::Malformed { text: text.into() }),
    };
    made.ok_or_else(|| TargetError::BasisMissing {
        text: text.into(),
        amount,
        unit,
    })
}

/// `None` where it is no number at all.
fn number(text: &str) -> Option<Result<u32, TargetError>> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = text.parse().ok().filter(|it| (1..=MOST).contains(it));
    Some(number.ok_or_else(|| TargetError::AmountOutOfRange {
        amount: text.into(),
    }))
}

fn ordinal_word(ordinal: u32) -> String {
    let ending = match (ordinal % 100, ordinal % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        (_, _) => "th",
    };
    format!("{ordinal}{ending}")
}

impl Display for Target {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let (amount, words) = match self {
            Self::Time {
                amount,
                unit,
                basis,
            } => {
                let unit = match unit {
                    Unit::Minutes => " minute",
                    Unit::Hours => " hour",
                };
                (amount, format!("{}{unit}", word(*basis)))
            }
            Self::Days { amount, basis } => (amount, format!("{} day", word(*basis))),
            Self::CloseOfBusinessDay { ordinal } => {
                return write!(f, "close of the {} business day", ordinal_word(*ordinal));
            }
            Self::Weeks { amount } => (amount, "week".to_owned()),
            Self::Months { amount } => (amount, "month".to_owned()),
        };
        let ending = if *amount == 1 { "" } else { "s" };
        write!(f, "{amount} {words}{ending}")
    }
}

fn word(basis: Basis) -> &'static str {
    match basis {
        Basis::Business => "business",
        Basis::Calendar => "calendar",
    }
}

impl TryFrom<String> for Target {
    type Error = TargetError;

    fn try_from(text: String) -> Result<Self, TargetError> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> Self {
        target.to_string()
    }
}
