//! Fields of requests as values of the domain. No message repeats what was sent.

use jiff::civil::Date;
use redress_complaint::{Reference, ReferenceError};
use redress_envelope::{Actor, ItemId};
use redress_service::Problem;
use redress_wire::ConvertError;

/// A text that may be left out: blank is left out.
pub(crate) fn optional(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

pub(crate) fn required(field: &'static str) -> Problem {
    Problem::invalid("FIELD_REQUIRED", field, format!("`{field}` is missing"))
        .with_remedy("give it a value")
}

pub(crate) fn item(field: &'static str, code: &'static str, text: &str) -> Result<ItemId, Problem> {
    if text.is_empty() {
        return Err(required(field));
    }
    text.parse().map_err(|_| {
        Problem::invalid(code, field, format!("`{field}` is no id"))
            .with_remedy("send an id of an earlier answer unchanged")
    })
}

pub(crate) fn actor(field: impl Into<String>, text: &str) -> Result<Option<Actor>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(actor @ (Actor::User(_) | Actor::Service(_))) => Ok(Some(actor)),
        // Only Redress itself acts as `system`.
        Ok(Actor::System) | Err(_) => {
            let field: String = field.into();
            let message = format!("`{field}` is no actor");
            Err(
                Problem::invalid("ACTOR_INVALID", field, message).with_remedy(
                    "send `user:<pseudonym>`: 1 to 64 of A-Z a-z 0-9 . _ - after the colon",
                ),
            )
        }
    }
}

pub(crate) fn day(field: impl Into<String>, text: &str) -> Result<Option<Date>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let day: Option<Date> = text.parse().ok();
    // One spelling only.
    let day = day.filter(|day| day.to_string() == text);
    day.map(Some).ok_or_else(|| {
        Problem::invalid("DATE_INVALID", field, "it is no day")
            .with_remedy("write the day as YYYY-MM-DD")
    })
}

pub(crate) fn time(
    field: &'static str,
    time: Result<Option<jiff::Timestamp>, ConvertError>,
) -> Result<Option<jiff::Timestamp>, Problem> {
    time.map_err(|error| {
        Problem::invalid("TIME_OUT_OF_RANGE", field, error.to_string())
            .with_remedy("send a time of the years 1 to 9999, or leave it out")
    })
}

/// A word of a closed list; `None` where it was left out.
pub(crate) fn word<T: std::str::FromStr>(
    field: &'static str,
    text: &str,
    known: &[&str],
) -> Result<Option<T>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| unknown_word(field, known))
}

/// Words of a closed list that a filter asks for.
pub(crate) fn words(field: &'static str, asked: &[String], known: &[&str]) -> Result<(), Problem> {
    if asked.iter().all(|word| known.contains(&&**word)) {
        return Ok(());
    }
    Err(unknown_word(field, known))
}

/// Actors that a filter asks for.
pub(crate) fn actors(field: &'static str, asked: &[String]) -> Result<(), Problem> {
    for text in asked {
        if actor(field, text)?.is_none() {
            return Err(required(field));
        }
    }
    Ok(())
}

fn unknown_word(field: &'static str, known: &[&str]) -> Problem {
    let message = format!("`{field}` has no known value");
    Problem::invalid("FIELD_UNKNOWN_VALUE", field, message)
        .with_remedy(format!("use one of {}", known.join(", ")))
}

pub(crate) fn reference(text: &str) -> Result<Reference, Problem> {
    text.parse().map_err(|error| {
        let (why, remedy) = match error {
            ReferenceError::Shape { .. } => (
                "that is no reference of a complaint",
                "send it as it was told: RD, the year, a number and a check digit, such as \
                 RD-2026-000123-7",
            ),
            ReferenceError::CheckDigit { .. } => (
                "the check digit does not fit: a digit is wrong, or two were swapped",
                "compare it with the letter, or ask for it again",
            ),
            ReferenceError::OutOfRange => (
                "no complaint has such a reference",
                "compare it with the letter",
            ),
        };
        Problem::invalid("REFERENCE_INVALID", "reference", why).with_remedy(remedy)
    })
}

/// The longest code of an organisation's own.
const MAX_CODE_BYTES: usize = 80;

/// A code of the organisation's own; an empty one is none.
pub(crate) fn code(field: &'static str, text: &str) -> Result<Option<String>, Problem> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if text.len() > MAX_CODE_BYTES || !text.chars().all(is_plain) {
        let message = format!("`{field}` is no code: letters, digits, `.`, `_` and `-`");
        return Err(Problem::invalid("FIELD_NOT_A_CODE", field, message)
            .with_remedy("write a code of your own, at most 80 bytes long, as `new_law`"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// The same, where there has to be one.
pub(crate) fn reason(field: &'static str, text: &str) -> Result<String, Problem> {
    code(field, text)?.ok_or_else(|| required(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_one_spelling() {
        assert!(day("due", "2026-02-28").unwrap().is_some());
        assert!(day("due", "").unwrap().is_none());
        for text in [
            "2026-2-28",
            "2026-02-30",
            "20260228",
            "2026-02-28T00:00",
            "tomorrow",
        ] {
            assert_eq!(day("due", text).unwrap_err().code, "DATE_INVALID", "{text}");
        }
    }

    #[test]
    fn a_wrong_check_digit_is_told_apart_from_another_text() {
        let said = |text| reference(text).unwrap_err().message.to_string();
        assert!(reference("RD-2026-000123-7").is_ok());
        assert!(said("RD-2026-000123-8").contains("check digit"));
        assert!(said("hello").contains("no reference"));
        assert!(!said("Jane Doe").contains("Jane"));
    }
}
