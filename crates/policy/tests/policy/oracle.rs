//! Against businesstimedelta, pandas, numpy and workalendar, where their answers are at hand:
//! `REDRESS_REAL_DATA` names the folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use redress_policy::{Basis, Calendar, Pauses, Week, due, elapsed};
use serde_json::Value;

fn oracle() -> Option<Value> {
    let Some(folder) = std::env::var_os("REDRESS_REAL_DATA").map(PathBuf::from) else {
        println!("SKIPPED: REDRESS_REAL_DATA is not set");
        return None;
    };
    let text = std::fs::read_to_string(folder.join("oracles/working-time.json")).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn calendar(name: &str, value: &Value) -> Calendar {
    let mut week = Week::default();
    for shift in list(&value["shifts"]) {
        let window = format!("{}-{}", text(&shift["start"]), text(&shift["end"]));
        for day in list(&shift["weekdays_mon0"]) {
            week[day.as_u64().unwrap() as usize].push(window.parse().unwrap());
        }
    }
    let holidays: BTreeMap<Date, String> = list(&value["holidays"])
        .iter()
        .map(|date| (text(date).parse().unwrap(), String::new()))
        .collect();
    Calendar::new(name, text(&value["tz"]), week, holidays).unwrap()
}

fn calendars(oracle: &Value) -> BTreeMap<String, Calendar> {
    let all = oracle["calendars"].as_object().unwrap();
    all.iter()
        .map(|(name, it)| (name.clone(), calendar(name, it)))
        .collect()
}

#[test]
fn business_hours_are_those_of_other_software_to_the_minute() {
    let Some(oracle) = oracle() else { return };
    let calendars = calendars(&oracle);
    let (mut elapsed_cases, mut due_cases) = (0, 0);
    for case in list(&oracle["cases"]) {
        let calendar = &calendars[text(&case["cal"])];
        let start: Timestamp = text(&case["start"]).parse().unwrap();
        if case["kind"] == "elapsed" {
            let end = text(&case["end"]).parse().unwrap();
            let found = elapsed(calendar, Basis::Business, start, end, &Pauses::NONE).unwrap();
            assert_eq!(
                found.as_secs(),
                case["minute_count_s"].as_i64().unwrap(),
                "{case}"
            );
            elapsed_cases += 1;
        } else {
            let target = format!("{} business hours", case["business_hours"]);
            let found = due(calendar, target.parse().unwrap(), start, &Pauses::NONE).unwrap();
            assert_eq!(
                found,
                text(&case["due"]).parse::<Timestamp>().unwrap(),
                "{case}"
            );
            due_cases += 1;
        }
    }
    assert_eq!((elapsed_cases, due_cases), (125, 210));
}

#[test]
fn business_days_are_those_of_other_software() {
    let Some(oracle) = oracle() else { return };
    let calendars = calendars(&oracle);
    let cases = list(&oracle["day_cases"]);
    for case in cases {
        let calendar = &calendars[text(&case["cal"])];
        let day: Date = text(&case["start"]).parse().unwrap();
        let zone = jiff::tz::TimeZone::get(calendar.zone()).unwrap();
        let n = &case["n"];
        for hour in [0, 8, 9, 12, 17, 20, 23] {
            let start = day
                .at(hour, 0, 0, 0)
                .to_zoned(zone.clone())
                .unwrap()
                .timestamp();
            for target in [
                format!("{n} business days"),
                format!("close of the {n} business day"),
            ] {
                let found = due(calendar, target.parse().unwrap(), start, &Pauses::NONE).unwrap();
                let found = found.to_zoned(zone.clone()).date();
                assert_eq!(
                    found.to_string(),
                    text(&case["numpy"]),
                    "{target} at {hour}: {case}"
                );
            }
        }
    }
    assert_eq!(cases.len(), 25);
}
