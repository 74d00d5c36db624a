//! `redress policy show`: what a policy says.

use std::fmt::Write;

use clap::Args;
use redress_policy::document::{ClockRule, Moment, SEVERITIES, Scope, Template};
use redress_policy::{Calendar, Policy, WEEKDAYS};
use serde_json::{Map, Value, json};

use super::{routing, rules, source};
use crate::failure::Failure;
use crate::output::Output;
use crate::table::{Table, fields};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A TOML document, or the name of a policy that comes with the program
    #[arg(value_name = "FILE|NAME", default_value = redress_policy::DEFAULT_PACK)]
    policy: String,
}

pub(super) fn run(output: Output, arguments: &Arguments) -> Result<(), Failure> {
    let policy = source::policy(&arguments.policy)?;
    output.print(|| as_json(&policy), || as_text(&policy));
    Ok(())
}

fn hours(windows: &[redress_policy::Window]) -> Vec<String> {
    windows.iter().map(ToString::to_string).collect()
}

fn as_json(policy: &Policy) -> Value {
    let calendars: Vec<Value> = policy.calendars().values().map(calendar_json).collect();
    let clocks: Vec<Value> = policy.clocks().values().map(clock_json).collect();
    let templates = policy.templates();
    let mut all = json!({
        "policy": policy.name(),
        "version": policy.version(),
        "about": policy.about(),
        "applies_to": scope_json(policy.applies_to()),
        "scopes": policy
            .scopes()
            .iter()
            .map(|(name, scope)| (name.clone(), scope_json(scope)))
            .collect::<Map<String, Value>>(),
        "calendars": calendars,
        "clocks": clocks,
        "queues": policy.routing().queues,
        "skills": policy.routing().skills,
        "separation": policy.separation().map(routing::separation_json),
        "routing": policy.routing().rules.iter().map(routing::as_json).collect::<Vec<_>>(),
        "fallback_language": Some(templates.fallback()).filter(|it| !it.is_empty()),
        "templates": templates.iter().map(template_json).collect::<Vec<_>>(),
    });
    if let Some(all) = all.as_object_mut() {
        all.extend(rules::as_json(policy));
    }
    all
}

fn template_json(template: &Template) -> Value {
    json!({
        "template": template.name,
        "language": template.language,
        "informs": template.informs,
    })
}

pub(super) fn scope_json(scope: &Scope) -> Value {
    let asked = scope.asks_for();
    let facts = asked.map(|(fact, values)| (fact.word().to_owned(), values.into()));
    Value::Object(facts.collect())
}

/// `jurisdictions: GB; tags: payment_services`
pub(super) fn scope_text(scope: &Scope) -> String {
    let asked = scope.asks_for();
    let facts: Vec<String> = asked
        .map(|(fact, values)| format!("{}: {}", fact.word(), values.join(", ")))
        .collect();
    facts.join("; ")
}

fn calendar_json(calendar: &Calendar) -> Value {
    let days = WEEKDAYS.iter().zip(calendar.week());
    let week: Map<String, Value> = days
        .map(|(day, windows)| ((*day).to_owned(), hours(windows).into()))
        .collect();
    let holidays = calendar.holidays().iter().map(|(date, name)| {
        let name = Some(name).filter(|it| !it.is_empty());
        json!({ "date": date.to_string(), "name": name })
    });
    json!({
        "calendar": calendar.name(),
        "zone": calendar.zone(),
        "week": week,
        "holidays": holidays.collect::<Vec<_>>(),
    })
}

fn clock_json(clock: &ClockRule) -> Value {
    let severity: Map<String, Value> = clock
        .severity
        .iter()
        .map(|(severity, target)| ((*severity).to_owned(), target.to_string().into()))
        .collect();
    json!({
        "clock": clock.name,
        "about": clock.about,
        "scope": clock.scope,
        "starts": clock.starts.word(),
        "restarts": words(&clock.restarts),
        "stops": words(&clock.stops),
        "cancels": words(&clock.cancels),
        "pauses": clock.pauses,
        "on_reopening": clock.on_reopening.word(),
        "on_dispute": clock.on_dispute.word(),
        "target": clock.target.to_string(),
        "severity": severity,
        "extended_target": clock.extended_target.map(|it| it.to_string()),
        "calendar": clock.calendar,
        "warn_at_percent": clock.warn_at_percent,
    })
}

fn as_text(policy: &Policy) -> String {
    let mut text = fields(&[
        ("policy", policy.name().to_owned()),
        ("version", policy.version().to_owned()),
        ("about", policy.about().unwrap_or_default().to_owned()),
        ("applies to", scope_text(policy.applies_to())),
    ]);
    let mut calendars = Table::new(&["calendar", "zone", "hours", "holidays"]);
    for calendar in policy.calendars().values() {
        calendars.row_whole([
            calendar.name().to_owned(),
            calendar.zone().to_owned(),
            week(calendar),
            calendar.holidays().len().to_string(),
        ]);
    }
    let mut clocks = Table::new(&[
        "clock", "target", "starts", "stops", "cancels", "pauses", "calendar", "scope",
    ]);
    for clock in policy.clocks().values() {
        clocks.row_whole([
            clock.name.clone(),
            target(clock),
            clock.starts.word().to_owned(),
            words(&clock.stops).join(", "),
            words(&clock.cancels).join(", "),
            clock.pauses.join(", "),
            clock.calendar.clone(),
            clock
                .scope
                .as_ref()
                .and_then(|name| policy.scopes().get(name))
                .map_or(String::new(), scope_text),
        ]);
        for (name, target) in others(clock) {
            let none = String::new;
            clocks.row_whole([name, target, none(), none(), none(), none(), none(), none()]);
        }
    }
    let _ = write!(text, "\n{}\n{}", calendars.render(), clocks.render());
    if !policy.routing().rules.is_empty() {
        let _ = write!(text, "\n{}", routing::table(policy).render());
    }
    text.push_str(&rules::as_text(policy));
    let mut templates = Table::new(&["template", "language", "informs"]);
    for it in policy.templates().iter() {
        templates.row_whole([
            it.name.clone(),
            it.language.clone(),
            it.informs.replace('_', " "),
        ]);
    }
    if policy.templates().iter().next().is_some() {
        let _ = write!(text, "\n{}", templates.render());
    }
    text
}

/// Days with the same hours together, as `mon-fri 09:00-17:00`.
fn week(calendar: &Calendar) -> String {
    let all: Vec<String> = calendar
        .week()
        .iter()
        .map(|it| hours(it).join(" "))
        .collect();
    let mut parts = Vec::new();
    let mut first = 0;
    for day in 1..=all.len() {
        if all.get(day) != all.get(first) {
            let (from, to) = (&WEEKDAYS[first][..3], &WEEKDAYS[day - 1][..3]);
            let days = if first + 1 == day {
                from.to_owned()
            } else {
                format!("{from}-{to}")
            };
            if !all[first].is_empty() {
                parts.push(format!("{days} {}", all[first]));
            }
            first = day;
        }
    }
    parts.join(", ")
}

fn target(clock: &ClockRule) -> String {
    if clock.restarts.is_empty() {
        return clock.target.to_string();
    }
    format!(
        "{}, anew once {}",
        clock.target,
        words(&clock.restarts).join(" or ")
    )
}

fn words(moments: &[Moment]) -> Vec<&'static str> {
    moments.iter().map(|it| it.word()).collect()
}

/// Other targets of the same clock, the worst severity first.
fn others(clock: &ClockRule) -> Vec<(String, String)> {
    let of = |severity: &&str| {
        let target = clock.severity.get(*severity)?;
        Some((format!("  {severity}"), target.to_string()))
    };
    let extended = clock
        .extended_target
        .map(|it| ("  extended".to_owned(), it.to_string()));
    SEVERITIES.iter().filter_map(of).chain(extended).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_the_same_hours_are_told_together() {
        let text = "policy = \"it\"\nversion = 1\n[calendars.it]\nzone = \"UTC\"\n\
            working_days = [\"09:00-12:00\", \"13:00-17:00\"]\nfriday = \"09:00-13:00\"\n";
        let source = redress_policy::document::Source { file: "it", text };
        let policy = Policy::read(source, &mut |_| Err(String::new())).unwrap();
        assert_eq!(
            week(&policy.calendars()["it"]),
            "mon-thu 09:00-12:00 13:00-17:00, fri 09:00-13:00"
        );
    }
}
