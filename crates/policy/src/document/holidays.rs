//! Holidays from an iCalendar file (RFC 5545), as governments publish them: events of whole days.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::reader::{Reader, Span};
use super::{Beside, Place};

/// A longer event is no holiday.
const MOST_DAYS: i64 = 366;

pub(super) fn of_file(
    reader: &mut Reader<'_>,
    name: &str,
    span: Span,
    beside: &mut Beside<'_>,
) -> BTreeMap<Date, String> {
    if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
        let remedy = "put the file beside the policy and write its bare name";
        let message = format!("`{name}` is no name of a file beside the policy");
        reader.flaw(span, "HOLIDAY_FILE_MISSING", message, remedy);
        return BTreeMap::new();
    }
    match beside(name) {
        Ok(text) => read(reader, name, &text),
        Err(why) => {
            let message = format!("the file of holidays `{name}` cannot be read: {why}");
            let remedy = "put it beside the policy, or take its name out";
            reader.flaw(span, "HOLIDAY_FILE_MISSING", message, remedy);
            BTreeMap::new()
        }
    }
}

#[derive(Debug, Default)]
struct Event {
    line: usize,
    starts: Option<Date>,
    ends: Option<Date>,
    name: String,
    is_cancelled: bool,
}

fn read(reader: &mut Reader<'_>, file: &str, text: &str) -> BTreeMap<Date, String> {
    let mut holidays = BTreeMap::new();
    let mut wrong = |line: usize, message: String, remedy: &str| {
        let (file, column) = (file.to_owned(), 1);
        reader.flaw_at(
            Place { file, line, column },
            "HOLIDAY_FILE_INVALID",
            message,
            remedy,
        );
    };
    let lines = unfolded(text);
    let is_calendar = lines
        .first()
        .is_some_and(|(_, line)| line == "BEGIN:VCALENDAR");
    if !is_calendar {
        wrong(
            1,
            "this is no iCalendar file".into(),
            "it begins with BEGIN:VCALENDAR",
        );
        return holidays;
    }
    let mut event: Option<Event> = None;
    for (number, line) in lines {
        let (property, value) = line.split_once(':').unwrap_or((&line, ""));
        let name = property
            .split(';')
            .next()
            .unwrap_or_default()
            .to_uppercase();
        match (name.as_str(), value, &mut event) {
            ("BEGIN", "VEVENT", _) => {
                event = Some(Event {
                    line: number,
                    ..Event::default()
                });
            }
            ("END", "VEVENT", found) => match found.take().map(|it| days(&it)) {
                Some(Ok(days)) => holidays.extend(days),
                Some(Err((line, why))) => wrong(line, why, "write DTSTART;VALUE=DATE:20261225"),
                None => {}
            },
            ("DTSTART" | "DTEND", _, Some(event)) => match date(value) {
                Some(date) if name == "DTSTART" => event.starts = Some(date),
                Some(date) => event.ends = Some(date),
                None => {
                    let message = format!("{name} is no whole day");
                    wrong(
                        number,
                        message,
                        "write the day alone, as in VALUE=DATE:20261225",
                    );
                    event.is_cancelled = true;
                }
            },
            ("SUMMARY", _, Some(event)) => {
                event.name = value.replace("\\,", ",").replace("\\;", ";");
            }
            ("STATUS", "CANCELLED", Some(event)) => event.is_cancelled = true,
            ("RRULE" | "RDATE", _, Some(_)) => {
                let message = format!("{name}: an event that recurs is not read as holidays");
                wrong(number, message, "write an event for each year");
            }
            (_, _, _) => {}
        }
    }
    holidays
}

/// Its end is the day after; without one it is one day.
fn days(event: &Event) -> Result<Vec<(Date, String)>, (usize, String)> {
    if event.is_cancelled {
        return Ok(Vec::new());
    }
    let starts = event
        .starts
        .ok_or((event.line, "the event has no day".to_owned()))?;
    let count = event.ends.map_or(1, |ends| {
        starts
            .until(ends)
            .map_or(0, |span| i64::from(span.get_days()))
    });
    if !(1..=MOST_DAYS).contains(&count) {
        return Err((event.line, format!("the event lasts {count} days")));
    }
    let days = (0..count).filter_map(|day| starts.checked_add(day.days()).ok());
    Ok(days.map(|day| (day, event.name.clone())).collect())
}

fn date(value: &str) -> Option<Date> {
    let is_day = value.len() == 8 && value.bytes().all(|it| it.is_ascii_digit());
    is_day.then(|| {
        format!("{}-{}-{}", &value[..4], &value[4..6], &value[6..])
            .parse()
            .ok()
    })?
}

/// Long lines are folded: what begins with a blank goes on with the line before. With the numbers of
/// the lines on which they begin.
fn unfolded(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            (_, _) => lines.push((number + 1, line.to_owned())),
        }
    }
    lines
}
