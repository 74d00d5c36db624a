//! The rules of routing, as `policy show` tells them.

use redress_policy::Policy;
use redress_policy::document::{Fits, RoutingRule, Separation};
use serde_json::{Value, json};

use super::show::{scope_json, scope_text};
use crate::table::Table;

pub(super) fn as_json(rule: &RoutingRule) -> Value {
    let fits = &rule.fits;
    let mut asked = scope_json(&fits.scope);
    if !fits.severities.is_empty() {
        asked["severities"] = json!(fits.severities);
    }
    if !fits.languages.is_empty() {
        asked["languages"] = json!(fits.languages);
    }
    if let Some(vulnerable) = fits.vulnerable {
        asked["vulnerable"] = json!(vulnerable);
    }
    json!({
        "rule": rule.name,
        "about": rule.about,
        "fits": asked,
        "queue": rule.queue,
        "skills": rule.skills,
        "choose": rule.choose.word(),
    })
}

pub(super) fn separation_json(it: &Separation) -> Value {
    json!({
        "from_severity": it.from_severity,
        "investigator_skills": it.investigator_skills,
        "approval": it.approval,
        "approver_skills": it.approver_skills,
    })
}

/// In the order in which they are asked.
pub(super) fn table(policy: &Policy) -> Table {
    let mut table = Table::new(&["rule", "fits", "queue", "skills", "choose"]);
    for rule in &policy.routing().rules {
        table.row_whole([
            rule.name.clone(),
            fits(&rule.fits),
            rule.queue.clone(),
            rule.skills.join(", "),
            rule.choose.word().to_owned(),
        ]);
    }
    table
}

fn fits(fits: &Fits) -> String {
    let parts = [
        scope_text(&fits.scope),
        named("severities", &fits.severities.join(", ")),
        named("languages", &fits.languages.join(", ")),
        fits.vulnerable
            .map_or(String::new(), |it| format!("vulnerable: {it}")),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    if parts.is_empty() {
        "every complaint".to_owned()
    } else {
        parts.join("; ")
    }
}

fn named(key: &str, values: &str) -> String {
    if values.is_empty() {
        String::new()
    } else {
        format!("{key}: {values}")
    }
}
