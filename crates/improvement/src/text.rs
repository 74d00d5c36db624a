//! Rules about the texts of a command.

use crate::refusal::{Refusal, Rule};

/// A text of several lines that must say something.
pub(crate) fn text(field: &str, value: &str, max_chars: usize) -> Result<String, Refusal> {
    let forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    checked(field, value, max_chars, forbidden)
}

/// A text of one line that must say something.
pub(crate) fn line(field: &str, value: &str, max_chars: usize) -> Result<String, Refusal> {
    checked(field, value, max_chars, char::is_control)
}

/// A text of one line that stands for ever under everybody's eyes, so it has no address.
pub(crate) fn title(field: &str, value: &str, max_chars: usize) -> Result<String, Refusal> {
    let value = line(field, value, max_chars)?;
    if value.contains('@') {
        return Err(Refusal::of(field, Rule::Address));
    }
    Ok(value)
}

fn checked(
    field: &str,
    value: &str,
    max_chars: usize,
    forbidden: impl Fn(char) -> bool,
) -> Result<String, Refusal> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Refusal::of(field, Rule::Required));
    }
    if value.len() > max_chars && value.chars().count() > max_chars {
        return Err(Refusal::of(field, Rule::TooLong { max_chars }));
    }
    if value.chars().any(forbidden) {
        return Err(Refusal::of(field, Rule::ControlCharacter));
    }
    Ok(value.to_owned())
}

pub(crate) fn month(field: &str, value: &str) -> Result<String, Refusal> {
    let day: Result<jiff::civil::Date, _> = format!("{value}-01").parse();
    if day.is_ok_and(|day| day.strftime("%Y-%m").to_string() == value) {
        return Ok(value.to_owned());
    }
    let expected = "a month as YYYY-MM";
    Err(Refusal::of(field, Rule::Malformed { expected }))
}

pub(crate) fn decimal(field: &str, value: &str) -> Result<String, Refusal> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let magnitude = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, "0"));
    if value.len() <= 60 && digits(whole) && digits(fraction) {
        return Ok(value.to_owned());
    }
    let expected = "a decimal such as `-12.50`";
    Err(Refusal::of(field, Rule::Malformed { expected }))
}
