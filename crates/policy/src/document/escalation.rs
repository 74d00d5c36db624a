//! `[escalation_levels.<name>]`: before whose eyes a complaint can come and where it goes on to from
//! there, and `[escalations.<name>]`: what brings it there.

use std::collections::BTreeMap;

use super::clock::{Known, each, is_known, target};
use super::reader::{Reader, Span, Table, Value, listed};
use super::severity::severity;
use crate::Target;

/// Organisations have two or three.
const HIGHEST: u32 = 9;

/// One level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationLevel {
    pub name: String,
    pub about: Option<String>,
    /// From 1 to 9, higher for higher eyes.
    pub level: u32,
    pub next: Option<Onward>,
}

/// Where a complaint goes on to that is still escalated to a level after a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// The name of the next level.
    pub to: String,
    pub after: Target,
    pub calendar: String,
}

/// What brings a complaint before a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationRule {
    pub name: String,
    pub about: Option<String>,
    pub on: Trigger,
    /// The name of the level.
    pub to: String,
}

/// What happens to a complaint or its clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A warning of one of these clocks of the policy; without any of each of them.
    ClockWarned { clocks: Vec<String> },
    /// One of these clocks was broken; without any each of them.
    ClockBreached { clocks: Vec<String> },
    /// It was found to be of one of these severities.
    Severity { severities: Vec<&'static str> },
    /// It was received from somebody in a vulnerable situation.
    Vulnerable,
}

impl Trigger {
    const WORDS: [&'static str; 4] = ["clock_warned", "clock_breached", "severity", "vulnerable"];

    pub fn word(&self) -> &'static str {
        match self {
            Self::ClockWarned { .. } => "clock_warned",
            Self::ClockBreached { .. } => "clock_breached",
            Self::Severity { .. } => "severity",
            Self::Vulnerable => "vulnerable",
        }
    }
}

/// The levels of a policy.
pub(super) fn levels(
    reader: &mut Reader<'_>,
    document: &Table<'_>,
    known: &Known,
) -> BTreeMap<String, EscalationLevel> {
    let mut levels: BTreeMap<String, EscalationLevel> = BTreeMap::new();
    let mut places = BTreeMap::new();
    let written = reader.tables(document, "escalation_levels");
    let names: Vec<String> = written.iter().map(|(name, ..)| name.clone()).collect();
    for (name, span, table) in written {
        if let Some(value) = table.get("next") {
            places.insert(name.clone(), value.span());
        }
        if let Some(level) = level(reader, &name, &span, table, known, &names) {
            if let Some(same) = levels.values().find(|it| it.level == level.level) {
                let message = format!("`{}` is level {} already", same.name, level.level);
                reader.flaw(span, "REPEATED", message, "give each level its own number");
            }
            levels.insert(name, level);
        }
    }
    ends_and_rises(reader, &levels, &places);
    levels
}

fn level(
    reader: &mut Reader<'_>,
    name: &str,
    span: &Span,
    table: &Table<'_>,
    known: &Known,
    names: &[String],
) -> Option<EscalationLevel> {
    let keys = ["about", "level", "next", "after", "calendar"];
    reader.only(table, &keys, "a level of escalation");
    let about = reader.optional(table, "about", Reader::text);
    let level = reader.required(table, "level", span, number);
    let to = reader.optional(table, "next", Reader::text);
    is_level(reader, table, "next", to.as_ref(), names);
    let next = if let Some(to) = to {
        let after = reader.required(table, "after", span, target);
        let calendar = reader.required(table, "calendar", span, Reader::text);
        is_known(
            reader,
            table,
            "calendar",
            calendar.as_ref(),
            &known.calendars,
        );
        Some((to, after, calendar))
    } else {
        for key in ["after", "calendar"] {
            if let Some(value) = table.get(key) {
                let message = format!("`{key}` says when it goes on, and not where to");
                let remedy = "write `next = ..` beside it, or take it out";
                reader.flaw(value.span(), "KEY_UNKNOWN", message, remedy);
            }
        }
        None
    };
    let next = match next {
        Some((to, after, calendar)) => Some(Onward {
            to,
            after: after?,
            calendar: calendar?,
        }),
        None => None,
    };
    Some(EscalationLevel {
        name: name.to_owned(),
        about,
        level: level?,
        next,
    })
}

fn is_level(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
    name: Option<&String>,
    names: &[String],
) {
    let (Some(name), Some(value)) = (name, table.get(key)) else {
        return;
    };
    if !names.contains(name) {
        let written = format!("a table `[escalation_levels.{name}]`");
        let remedy = if names.is_empty() {
            format!("write {written}")
        } else {
            format!("write one of {}, or {written}", listed(names))
        };
        let message = format!("the policy has no level `{name}` of escalation");
        reader.flaw(value.span(), "ESCALATION_LEVEL_UNKNOWN", message, remedy);
    }
}

/// From every level it goes up, and somewhere it ends.
fn ends_and_rises(
    reader: &mut Reader<'_>,
    levels: &BTreeMap<String, EscalationLevel>,
    places: &BTreeMap<String, Span>,
) {
    let onward = |name: &str| levels.get(name)?.next.as_ref().map(|it| it.to.as_str());
    let mut in_a_cycle: Vec<&str> = Vec::new();
    for (name, level) in levels {
        if in_a_cycle.contains(&name.as_str()) {
            continue;
        }
        let mut way = vec![name.as_str()];
        while let Some(next) = way.last().and_then(|last| onward(last)) {
            if next == name {
                let message = format!(
                    "the escalation goes round and never ends: `{}`, then `{name}` again",
                    way.join("`, then `")
                );
                let remedy = "take `next` out of the highest of them";
                let place = places.get(name).cloned().unwrap_or_default();
                reader.flaw(place, "ESCALATION_CYCLE", message, remedy);
                in_a_cycle.append(&mut way);
                break;
            }
            if way.contains(&next) {
                // A cycle that it leads to, and is not in: told of those that are.
                break;
            }
            way.push(next);
        }
        let above = onward(name).and_then(|next| levels.get(next));
        if let Some(above) = above
            && above.level <= level.level
            && !in_a_cycle.contains(&name.as_str())
        {
            let message = format!(
                "`{name}` is level {} and goes on to `{}`, which is level {}",
                level.level, above.name, above.level
            );
            let remedy = "let it go on to a higher level";
            let place = places.get(name).cloned().unwrap_or_default();
            reader.flaw(place, "ESCALATION_NOT_UPWARDS", message, remedy);
        }
    }
}

/// The rules, which name clocks and levels of the policy.
pub(super) fn rules(
    reader: &mut Reader<'_>,
    document: &Table<'_>,
    clocks: &[String],
    levels: &BTreeMap<String, EscalationLevel>,
) -> BTreeMap<String, EscalationRule> {
    let names: Vec<String> = match document.get("escalation_levels") {
        // Also those in which something is wrong.
        Some(value) => value.get_ref().as_table().map_or(Vec::new(), |all| {
            all.keys().map(|key| key.get_ref().to_string()).collect()
        }),
        None => levels.keys().cloned().collect(),
    };
    let mut rules = BTreeMap::new();
    for (name, span, table) in reader.tables(document, "escalations") {
        let keys = ["about", "on", "clocks", "severities", "to"];
        reader.only(table, &keys, "an escalation");
        let about = reader.optional(table, "about", Reader::text);
        let on = trigger(reader, &span, table, clocks);
        let to = reader.required(table, "to", &span, Reader::text);
        is_level(reader, table, "to", to.as_ref(), &names);
        if let (Some(on), Some(to)) = (on, to) {
            let rule = EscalationRule {
                name: name.clone(),
                about,
                on,
                to,
            };
            rules.insert(name, rule);
        }
    }
    rules
}

fn trigger(
    reader: &mut Reader<'_>,
    span: &Span,
    table: &Table<'_>,
    known: &[String],
) -> Option<Trigger> {
    let word = reader.required(table, "on", span, on);
    let clocks = table.get("clocks");
    let clocks = clocks.map(|value| each(reader, value, text));
    for clock in clocks.iter().flatten().filter(|it| !known.contains(it)) {
        let place = table.get("clocks").map_or(span.clone(), Value::span);
        let remedy = if known.is_empty() {
            format!("write a table `[clocks.{clock}]`")
        } else {
            format!("write one of {}", listed(known))
        };
        let message = format!("the policy has no clock `{clock}`");
        reader.flaw(place, "CLOCK_UNKNOWN", message, remedy);
    }
    let severities = if word == Some("severity") {
        reader.required(table, "severities", span, severities)
    } else {
        None
    };
    let is_of_clocks = matches!(word, Some("clock_warned" | "clock_breached"));
    for (key, is_read) in [
        ("clocks", is_of_clocks),
        ("severities", word == Some("severity")),
    ] {
        if let (Some(value), false, Some(word)) = (table.get(key), is_read, word) {
            let message = format!("`{key}` says nothing about `{word}`");
            reader.flaw(value.span(), "KEY_UNKNOWN", message, "take it out");
        }
    }
    let clocks = clocks.unwrap_or_default();
    match word? {
        "clock_warned" => Some(Trigger::ClockWarned { clocks }),
        "clock_breached" => Some(Trigger::ClockBreached { clocks }),
        "severity" => Some(Trigger::Severity {
            severities: severities?,
        }),
        _ => Some(Trigger::Vulnerable),
    }
}

fn severities(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<Vec<&'static str>> {
    if value.get_ref().as_array().is_some_and(|it| it.is_empty()) {
        let remedy = "write at least one, as \"critical\"";
        let message = "nothing calls for this escalation";
        reader.flaw(value.span(), "VALUE_MALFORMED", message, remedy);
        return None;
    }
    Some(each(reader, value, severity))
}

fn text(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<String> {
    reader.text(value)
}

fn on(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<&'static str> {
    reader.word(value, &Trigger::WORDS)
}

fn number(reader: &mut Reader<'_>, value: &Value<'_>) -> Option<u32> {
    let level = reader.number(value)?;
    let is_one = (1..=HIGHEST).contains(&level);
    if !is_one {
        let message = format!("there is no level {level} of escalation");
        let remedy = format!("write a whole number from 1 to {HIGHEST}");
        reader.flaw(value.span(), "ESCALATION_LEVEL_INVALID", message, remedy);
    }
    is_one.then_some(level)
}
