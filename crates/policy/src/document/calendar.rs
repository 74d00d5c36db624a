//! `[calendars.<name>]`: zone, windows of each weekday, holidays.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Beside;
use super::holidays;
use super::reader::{Reader, Span, Table, Value, list};
use crate::{Calendar, CalendarError, WEEKDAYS, Week, Window};

const KEYS: [&str; 13] = [
    "zone",
    "around_the_clock",
    "working_days",
    "holidays",
    "holiday_files",
    "about",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

pub(super) fn read(
    reader: &mut Reader<'_>,
    name: &str,
    span: &Span,
    table: &Table<'_>,
    beside: &mut Beside<'_>,
) -> Option<Calendar> {
    reader.only(table, &KEYS, "a calendar");
    reader.optional(table, "about", Reader::text);
    let zone = reader.required(table, "zone", span, Reader::text);
    let week = week(reader, table);
    let holidays = all_holidays(reader, table, beside);
    let is_whole = week.is_some();
    // Where hours are wrong the zone is looked at all the same.
    let week = week.unwrap_or_else(always);
    match Calendar::new(name, &zone?, week, holidays) {
        Ok(calendar) => is_whole.then_some(calendar),
        Err(errors) => {
            for error in errors {
                told(reader, &error, span, table);
            }
            None
        }
    }
}

fn told(reader: &mut Reader<'_>, error: &CalendarError, span: &Span, table: &Table<'_>) {
    match error {
        CalendarError::ZoneUnknown { .. } => {
            let place = table.get("zone").map_or(span.clone(), Value::span);
            let remedy = "write a name as `Europe/London` or `UTC`";
            reader.flaw(place, "ZONE_UNKNOWN", error.to_string(), remedy);
        }
        CalendarError::NoWindows => {
            let remedy =
                "write windows, as in `monday = [\"09:00-17:00\"]`, or `around_the_clock = true`";
            reader.flaw(
                span.clone(),
                "CALENDAR_WITHOUT_HOURS",
                error.to_string(),
                remedy,
            );
        }
        // Told where the windows were read, with the place of the second.
        CalendarError::WindowsOverlap { .. } => {}
    }
}

/// `working_days` are Monday to Friday; a day's own key says otherwise for that day.
fn week(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Week> {
    let is_always = reader.optional(table, "around_the_clock", Reader::truth) == Some(true);
    if is_always {
        for (key, _) in table.iter().filter(|(key, _)| is_hours(key.get_ref())) {
            let message = format!(
                "`{}` says hours, and so does `around_the_clock`",
                key.get_ref()
            );
            reader.flaw(key.span(), "REPEATED", message, "keep one of the two");
        }
        return Some(always());
    }
    let working_days = table.get("working_days").map(|it| windows(reader, it));
    let mut week = Week::default();
    let mut is_whole = true;
    for (number, day) in WEEKDAYS.iter().enumerate() {
        let own = table.get(*day).map(|it| windows(reader, it));
        let inherited = || working_days.clone().filter(|_| number < 5);
        match own.or_else(inherited) {
            Some(Some(windows)) => week[number] = windows,
            Some(None) => is_whole = false,
            None => {}
        }
    }
    is_whole.then_some(week)
}

fn always() -> Week {
    std::array::from_fn(|_| vec![Window::WHOLE_DAY])
}

fn is_hours(key: &str) -> bool {
    key == "working_days" || WEEKDAYS.contains(&key)
}

/// `None` where one of them is wrong.
fn windows(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Vec<Window>> {
    let mut read: Vec<(Window, Span)> = Vec::new();
    let mut is_whole = true;
    for value in list(value) {
        let Some(text) = reader.text(value) else {
            is_whole = false;
            continue;
        };
        match text.parse() {
            Ok(window) => read.push((window, value.span())),
            Err(error) => {
                let remedy = "write local times, as in \"09:00-12:30\"";
                let message = format!("`{text}` is no window: {error}");
                reader.flaw(value.span(), "WINDOW_INVALID", message, remedy);
                is_whole = false;
            }
        }
    }
    read.sort_by_key(|(window, _)| *window);
    for pair in read.windows(2) {
        let [(first, _), (second, span)] = pair else {
            continue;
        };
        if first.overlaps(*second) {
            let message = format!("the windows {first} and {second} overlap");
            let remedy = "let the second begin when the first ends, or later";
            reader.flaw(span.clone(), "WINDOWS_OVERLAP", message, remedy);
            is_whole = false;
        }
    }
    is_whole.then(|| read.into_iter().map(|(window, _)| window).collect())
}

/// Those of the document and of its files; what both have is one day off.
fn all_holidays(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    beside: &mut Beside<'_>,
) -> BTreeMap<Date, String> {
    let mut all = BTreeMap::new();
    if let Some(files) = table.get("holiday_files") {
        for value in list(files) {
            if let Some(name) = reader.text(value) {
                all.extend(holidays::of_file(reader, &name, value.span(), beside));
            }
        }
    }
    let mut own = BTreeMap::new();
    if let Some(dates) = table.get("holidays") {
        for value in list(dates) {
            if let Some((date, name)) = holiday(reader, value)
                && own.insert(date, name).is_some()
            {
                let message = format!("{date} is said twice");
                reader.flaw(value.span(), "REPEATED", message, "keep one of the two");
            }
        }
    }
    all.extend(own);
    all
}

/// `2026-12-25`, or with its name `{ date = 2026-12-25, name = ".." }`.
fn holiday(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<(Date, String)> {
    let Some(table) = value.get_ref().as_table() else {
        return Some((reader.date(value)?, String::new()));
    };
    reader.only(table, &["date", "name"], "a holiday");
    let name = reader
        .optional(table, "name", Reader::text)
        .unwrap_or_default();
    let date = reader.required(table, "date", &value.span(), Reader::date)?;
    Some((date, name))
}
