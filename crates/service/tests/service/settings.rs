//! `docs/settings.md` has every setting, as the configuration types have it, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use redress_service::Config;
use redress_service::config::Role;
use serde_json::Value;

/// A row of the page.
#[derive(Debug)]
struct Row {
    name: String,
    environment: String,
    flag: String,
    kind: String,
    unit: String,
    default: String,
    meaning: String,
}

fn page() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(row).collect()
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [name, environment, flag, kind, unit, default, meaning] = cells[..] else {
        panic!("seven cells in {line}");
    };
    let bare = |cell: &str| cell.trim_matches('`').to_owned();
    Row {
        name: bare(name),
        environment: bare(environment),
        flag: bare(flag),
        kind: kind.to_owned(),
        unit: unit.to_owned(),
        default: bare(default),
        meaning: meaning.to_owned(),
    }
}

/// Every setting by its dotted name, with its default.
fn settings(role: Role) -> BTreeMap<String, Value> {
    let mut settings = BTreeMap::new();
    let defaults = serde_json::to_value(Config::defaults(role)).unwrap();
    gather("", defaults, &mut settings);
    settings
}

fn gather(path: &str, value: Value, settings: &mut BTreeMap<String, Value>) {
    let Value::Object(fields) = value else {
        settings.insert(path.to_owned(), value);
        return;
    };
    for (name, value) in fields {
        let dot = if path.is_empty() { "" } else { "." };
        gather(&format!("{path}{dot}{name}"), value, settings);
    }
}

#[test]
fn every_setting_is_on_the_page_and_the_page_has_no_other() {
    let rows = page();
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.len(), rows.len(), "a setting stands there twice");
    for role in [
        Role::AllInOne,
        Role::Intake,
        Role::Workflow,
        Role::Reporting,
    ] {
        let settings = settings(role);
        let known: BTreeSet<&str> = settings.keys().map(String::as_str).collect();
        let missing: Vec<_> = known.difference(&names).collect();
        assert!(missing.is_empty(), "not in docs/settings.md: {missing:?}");
        let gone: Vec<_> = names.difference(&known).collect();
        assert!(
            gone.is_empty(),
            "in docs/settings.md and no setting: {gone:?}"
        );
    }
}

#[test]
fn the_page_says_of_each_setting_what_the_types_say() {
    let settings = settings(Role::AllInOne);
    for row in page() {
        let Some(default) = settings.get(&row.name) else {
            continue;
        };
        let variable = format!("REDRESS_{}", row.name.replace('.', "__").to_uppercase());
        assert_eq!(row.environment, variable, "{}", row.name);
        let (kinds, shown): (&[&str], String) = match default {
            Value::Bool(it) => (&["yes or no"], it.to_string()),
            Value::Number(it) if it.is_f64() => (&["number"], it.to_string()),
            Value::Number(it) => (&["whole number"], it.to_string()),
            Value::String(it) => (&["text", "path", "address"], it.clone()),
            Value::Null => (&["text", "path", "address", "secret"], "none".to_owned()),
            Value::Array(_) => (&["texts", "paths", "addresses"], "none".to_owned()),
            Value::Object(_) => panic!("{} is a group", row.name),
        };
        assert!(
            kinds.contains(&row.kind.as_str()),
            "{row:?} is one of {kinds:?}"
        );
        assert_eq!(row.default, shown, "{}", row.name);
        assert_eq!(row.unit.is_empty(), !default.is_number(), "{row:?}");
        assert!(row.flag.starts_with("--"), "{row:?}");
        assert!(!row.meaning.is_empty(), "{row:?}");
    }
}

/// Given the name that the page has for a setting, when it is set by that variable or that flag, then
/// it is the one that is set.
#[test]
fn the_names_on_the_page_set_what_they_name() {
    use redress_service::config::Sources;

    for row in page() {
        let named = |error: Result<Config, _>| format!("{:?}", error.map(|_config| ()));
        let wrong = || "\u{0}".to_owned();
        let by_variable = Sources {
            environment: vec![(row.environment.clone(), wrong())],
            ..Sources::default()
        };
        let by_flag = Sources {
            flags: vec![(row.name.clone(), wrong())],
            ..Sources::default()
        };
        for sources in [by_variable, by_flag] {
            let told = named(Config::load(Role::AllInOne, &sources));
            assert!(!told.contains("UnknownKey"), "{}: {told}", row.name);
        }
    }
}
