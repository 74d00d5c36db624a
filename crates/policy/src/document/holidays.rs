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

fn read(reader: &mut Reader<'_>, file: &str, text: &str) -> BTreeMap<Date, String> {
    let mut reading = Reading::new(reader, file);
    let lines = unfolded(text);
    let is_calendar = lines
        .first()
        .is_some_and(|(_, line)| line.trim_end().eq_ignore_ascii_case("BEGIN:VCALENDAR"));
    if !is_calendar {
        reading.wrong(
            1,
            "this is no iCalendar file",
            "it begins with BEGIN:VCALENDAR",
        );
        return reading.holidays;
    }
    for (number, line) in &lines {
        reading.line(*number, line);
    }
    reading.end_of_file(lines.last().map_or(1, |(number, _)| *number));
    reading.holidays
}

#[derive(Debug, Default)]
struct Event {
    line: usize,
    starts: Option<Date>,
    ends: Option<Date>,
    name: String,
    is_cancelled: bool,
}

/// A file as far as it has been read.
#[derive(Debug)]
struct Reading<'r, 's> {
    reader: &'r mut Reader<'s>,
    file: &'r str,
    is_in_calendar: bool,
    /// The one that was begun and is not ended.
    event: Option<Event>,
    has_events: bool,
    holidays: BTreeMap<Date, String>,
}

impl<'r, 's> Reading<'r, 's> {
    fn new(reader: &'r mut Reader<'s>, file: &'r str) -> Self {
        Self {
            reader,
            file,
            is_in_calendar: false,
            event: None,
            has_events: false,
            holidays: BTreeMap::new(),
        }
    }

    fn wrong(&mut self, line: usize, message: impl Into<String>, remedy: &str) {
        let (file, column) = (self.file.to_owned(), 1);
        let place = Place { file, line, column };
        self.reader
            .flaw_at(place, "HOLIDAY_FILE_INVALID", message, remedy);
    }

    fn line(&mut self, number: usize, line: &str) {
        let (property, value) = line.split_once(':').unwrap_or((line, ""));
        let name = property.split(';').next().unwrap_or_default();
        let component = value.trim_end().to_uppercase();
        match (name.to_uppercase().as_str(), component.as_str()) {
            ("BEGIN", "VCALENDAR") => self.begin_calendar(number),
            ("END", "VCALENDAR") => self.end_calendar(),
            ("BEGIN", "VEVENT") => self.begin_event(number),
            ("END", "VEVENT") => self.end_event(number),
            (name, _) => self.property(number, name, value),
        }
    }

    /// A file may hold several calendars, one after the other.
    fn begin_calendar(&mut self, number: usize) {
        self.event_is_ended();
        if self.is_in_calendar {
            self.wrong(
                number,
                "a calendar begins here, and the one before is not ended: END:VCALENDAR is missing",
                "write END:VCALENDAR before this line, or fetch the file again, whole",
            );
        }
        self.is_in_calendar = true;
    }

    fn end_calendar(&mut self) {
        self.event_is_ended();
        self.is_in_calendar = false;
    }

    fn begin_event(&mut self, number: usize) {
        self.event_is_ended();
        self.has_events = true;
        self.event = Some(Event {
            line: number,
            ..Event::default()
        });
    }

    fn end_event(&mut self, number: usize) {
        let Some(event) = self.event.take() else {
            self.wrong(
                number,
                "END:VEVENT ends no event: BEGIN:VEVENT is missing",
                "write BEGIN:VEVENT before the first line of the event",
            );
            return;
        };
        match days(&event) {
            Ok(days) => self.holidays.extend(days),
            Err((line, why)) => self.wrong(line, why, "write DTSTART;VALUE=DATE:20261225"),
        }
    }

    /// What is not ended was cut off, and nobody knows what else it said.
    fn event_is_ended(&mut self) {
        if let Some(event) = self.event.take() {
            self.wrong(
                event.line,
                "the event is not ended: END:VEVENT is missing",
                "write END:VEVENT after the last line of the event, or fetch the file again, whole",
            );
        }
    }

    fn end_of_file(&mut self, last_line: usize) {
        self.event_is_ended();
        if self.is_in_calendar {
            self.wrong(
                last_line,
                "the file ends before its calendar does: END:VCALENDAR is missing",
                "fetch the file again, whole, or write END:VCALENDAR as its last line",
            );
        }
        if !self.has_events {
            self.wrong(
                1,
                "the file has no event, and so no holiday",
                "write an event for each holiday (BEGIN:VEVENT, DTSTART;VALUE=DATE:20261225, END:VEVENT), \
                 or take the file out of `holiday_files`",
            );
        }
    }

    fn property(&mut self, number: usize, name: &str, value: &str) {
        let Some(event) = &mut self.event else {
            return;
        };
        match (name, value) {
            ("DTSTART" | "DTEND", _) => match date(value) {
                Some(date) if name == "DTSTART" => event.starts = Some(date),
                Some(date) => event.ends = Some(date),
                None => {
                    event.is_cancelled = true;
                    let message = format!("{name} is no whole day");
                    let remedy = "write the day alone, as in VALUE=DATE:20261225";
                    self.wrong(number, message, remedy);
                }
            },
            ("SUMMARY", _) => event.name = value.replace("\\,", ",").replace("\\;", ";"),
            ("STATUS", "CANCELLED") => event.is_cancelled = true,
            ("RRULE" | "RDATE", _) => {
                let message = format!("{name}: an event that recurs is not read as holidays");
                self.wrong(number, message, "write an event for each year");
            }
            (_, _) => {}
        }
    }
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
