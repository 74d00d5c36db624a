//! What a policy says beside its calendars and clocks, for `redress policy show`.

use std::collections::BTreeMap;

use redress_policy::Policy;
use redress_policy::document::{EscalationLevel, EscalationRule, SeverityRow, Trigger};
use serde_json::{Map, Value, json};

use crate::table::Table;

/// By the names of the document's tables.
pub(super) fn as_json(policy: &Policy) -> Map<String, Value> {
    let (closing, records) = (policy.closing(), policy.records());
    let silence = closing.silence.as_ref();
    let remedies = policy.remedies();
    let limits = remedies.limits.as_ref().map(|limits| {
        let limits = limits.values();
        let limits = limits.map(|it| (it.currency.clone(), it.to_string().into()));
        limits.collect::<Map<String, Value>>()
    });
    let levels = policy.escalation_levels().values().map(level_json);
    let escalations = policy.escalations().values().map(escalation_json);
    let rows = policy.severities().rows().iter().map(row_json);
    let all = [
        (
            "closing",
            json!({
                "silence": silence.map(|it| it.target.to_string()),
                "calendar": silence.map(|it| it.calendar.clone()),
                "bases": closing.bases,
                "external_recourse": closing.external_recourse.word(),
            }),
        ),
        (
            "required_records",
            json!({ "records": records.records, "evidence": records.evidence }),
        ),
        ("severity_matrix", rows.collect()),
        (
            "remedies",
            json!({ "kinds": remedies.kinds, "limits": limits }),
        ),
        ("escalation_levels", levels.collect()),
        ("escalations", escalations.collect()),
    ];
    all.into_iter()
        .map(|(name, said)| (name.to_owned(), said))
        .collect()
}

fn row_json(row: &SeverityRow) -> Value {
    json!({
        "safety_implication": row.safety_implication,
        "impact": row.impact,
        "complexity": row.complexity,
        "severity": row.severity,
    })
}

fn level_json(level: &EscalationLevel) -> Value {
    let next = level.next.as_ref();
    json!({
        "name": level.name,
        "about": level.about,
        "level": level.level,
        "next": next.map(|it| it.to.clone()),
        "after": next.map(|it| it.after.to_string()),
        "calendar": next.map(|it| it.calendar.clone()),
    })
}

fn escalation_json(rule: &EscalationRule) -> Value {
    let (clocks, severities) = asked_for(rule);
    json!({
        "name": rule.name,
        "about": rule.about,
        "on": rule.on.word(),
        "clocks": clocks,
        "severities": severities,
        "to": rule.to,
    })
}

fn asked_for(rule: &EscalationRule) -> (&[String], &[&'static str]) {
    match &rule.on {
        Trigger::ClockWarned { clocks } | Trigger::ClockBreached { clocks } => (clocks, &[]),
        Trigger::Severity { severities } => (&[], severities),
        Trigger::Vulnerable => (&[], &[]),
    }
}

/// A line for each thing that is said; nothing where nothing is.
pub(super) fn as_text(policy: &Policy) -> String {
    let lines = lines(policy);
    if lines.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["rule", "says"]);
    for (rule, says) in lines {
        table.row_whole([rule, says]);
    }
    format!("\n{}", table.render())
}

fn lines(policy: &Policy) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut says = |rule: &str, says: String| lines.push((rule.to_owned(), says));
    let (closing, records) = (policy.closing(), policy.records());
    if let Some(silence) = &closing.silence {
        let (target, calendar) = (silence.target, &silence.calendar);
        says("silence before closing", format!("{target} on {calendar}"));
    }
    if let Some(bases) = &closing.bases {
        says("closed on", bases.join(", "));
    }
    if let Some(word) = closing.external_recourse.word() {
        says("external recourse named", word.replace('_', " "));
    }
    if !records.records.is_empty() {
        says("records before closing", records.records.join(", "));
    }
    if !records.evidence.is_empty() {
        says("evidence before closing", records.evidence.join(", "));
    }
    for row in policy.severities().rows() {
        says(&format!("severity {}", row.severity), row.asks_for());
    }
    let remedies = policy.remedies();
    if let Some(kinds) = &remedies.kinds {
        says("remedies", kinds.join(", "));
    }
    for limit in remedies.limits.iter().flat_map(BTreeMap::values) {
        says("remedy without approval", format!("up to {limit}"));
    }
    for level in policy.escalation_levels().values() {
        let next = level.next.as_ref().map_or(String::new(), |it| {
            let (to, after, calendar) = (&it.to, it.after, &it.calendar);
            format!("; on to {to} after {after} on {calendar}")
        });
        says(
            &format!("escalation level {}", level.name),
            format!("{}{next}", level.level),
        );
    }
    for rule in policy.escalations().values() {
        let (clocks, severities) = asked_for(rule);
        let of: Vec<&str> = clocks
            .iter()
            .map(String::as_str)
            .chain(severities.iter().copied())
            .collect();
        let of = if of.is_empty() {
            String::new()
        } else {
            format!(" ({})", of.join(", "))
        };
        let (on, to) = (rule.on.word().replace('_', " "), &rule.to);
        says(
            &format!("escalation {}", rule.name),
            format!("{on}{of}: to {to}"),
        );
    }
    lines
}
