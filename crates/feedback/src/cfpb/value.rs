//! What one value of a row means.

use jiff::civil::Date;

use super::row::{COMPLAINT_ID, STATE};
use super::{Problem, RowError};
use crate::history::{Answer, ResponseClass};

pub(super) fn complaint_id(value: Option<&str>) -> Result<String, RowError> {
    let error = |problem| RowError::new(COMPLAINT_ID, problem);
    let id = value.ok_or_else(|| error(Problem::Missing))?;
    if id.len() > 20 || !id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(error(Problem::ComplaintId));
    }
    Ok(id.to_owned())
}

/// Reads a day and leaves it behind in one spelling, because the digest is taken over it.
pub(super) fn day(
    column: &'static str,
    value: &mut Option<String>,
) -> Result<Option<Date>, RowError> {
    let Some(text) = value.as_deref() else {
        return Ok(None);
    };
    let day = parse_day(text).ok_or_else(|| RowError::new(column, Problem::Date))?;
    *value = Some(day.to_string());
    Ok(Some(day))
}

fn parse_day(text: &str) -> Option<Date> {
    let (year, month, day) = match text.as_bytes() {
        [_, _, _, _, b'-', _, _, b'-', _, _] => (text.get(..4), text.get(5..7), text.get(8..)),
        [_, _, b'/', _, _, b'/', _, _, _, _] => (text.get(6..), text.get(..2), text.get(3..5)),
        _ => return None,
    };
    let number = |digits: Option<&str>| {
        let digits = digits?;
        let good = digits.bytes().all(|b| b.is_ascii_digit());
        good.then(|| digits.parse::<i16>().ok()).flatten()
    };
    let short = |digits| number(digits).and_then(|n| i8::try_from(n).ok());
    Date::new(number(year)?, short(month)?, short(day)?).ok()
}

/// States, territories and military post come as two letters, but for one territory.
pub(super) fn jurisdiction(value: Option<&str>) -> Result<Option<String>, RowError> {
    match value {
        None => Ok(None),
        Some("UNITED STATES MINOR OUTLYING ISLANDS") => Ok(Some("US-UM".into())),
        Some(state) if state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase()) => {
            Ok(Some(format!("US-{state}")))
        }
        Some(_) => Err(RowError::new(STATE, Problem::State)),
    }
}

/// `N/A` and nothing are the same here: the bureau stopped asking in 2017.
pub(super) fn answer(column: &'static str, value: Option<&str>) -> Result<Answer, RowError> {
    match value {
        None | Some("N/A") => Ok(Answer::Unknown),
        Some("Yes") => Ok(Answer::Yes),
        Some("No") => Ok(Answer::No),
        Some(_) => Err(RowError::new(column, Problem::Answer)),
    }
}

pub(super) fn response_class(value: Option<&str>) -> ResponseClass {
    match value {
        None => ResponseClass::Unknown,
        Some("In progress") => ResponseClass::InProgress,
        Some("Untimely response") => ResponseClass::UntimelyResponse,
        Some("Closed with monetary relief") => ResponseClass::ClosedWithMonetaryRelief,
        Some("Closed with non-monetary relief") => ResponseClass::ClosedWithNonMonetaryRelief,
        Some("Closed with relief") => ResponseClass::ClosedWithRelief,
        Some("Closed with explanation") => ResponseClass::ClosedWithExplanation,
        Some("Closed without relief") => ResponseClass::ClosedWithoutRelief,
        Some("Closed") => ResponseClass::Closed,
        Some(_) => ResponseClass::Other,
    }
}

/// The channel, and the source's word for it where the channel alone would not give it back.
pub(super) fn channel(submitted_via: Option<String>) -> (&'static str, Option<String>) {
    let channel = match submitted_via.as_deref() {
        Some("Web") => "web",
        Some("Referral") => "referral",
        Some("Postal mail") => "letter",
        Some("Phone") => "phone",
        Some("Fax") => "fax",
        Some("Email") => "email",
        Some("Web Referral") => return ("referral", submitted_via),
        None | Some(_) => return ("import", submitted_via),
    };
    (channel, None)
}

pub(super) fn tags(value: Option<&str>) -> Vec<String> {
    let tags = value.unwrap_or_default().split(',').map(str::trim);
    tags.filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}
