//! Why this queue, why this person, and why not another, as `complaint explain` tells it.

use std::fmt::Write;

use redress_wire::workflow::v1::{Choice, ExplainComplaintResponse, RefusedDuty, Routing};
use serde_json::{Value, json};

use crate::json::{text, time};
use crate::table::{Table, fields};

pub(super) fn routing_json(it: &Routing) -> Value {
    json!({
        "queue": it.queue,
        "skills": it.skills,
        "policy_version": it.policy_version,
        "rule": it.rule,
        "rule_about": text(&it.rule_about),
        "rule_fits": it.rule_fits,
        "occurred_at": time!(it.occurred_at),
        "position": it.position,
    })
}

pub(super) fn choice_json(it: &Choice) -> Value {
    let considered = it.considered.iter().map(|it| {
        json!({
            "handler": it.handler,
            "load": it.load,
            "left_out": text(&it.left_out),
            "skill": text(&it.skill),
        })
    });
    json!({
        "handler": it.handler,
        "by": it.by,
        "policy_version": it.policy_version,
        "rule": it.rule,
        "candidates": it.candidates,
        "considered": considered.collect::<Vec<_>>(),
        "occurred_at": time!(it.occurred_at),
        "position": it.position,
    })
}

pub(super) fn refused_json(it: &RefusedDuty) -> Value {
    json!({
        "person": it.person,
        "duty": it.duty,
        "reason": it.reason,
        "code": it.code,
        "message": it.message,
        "remedy": it.remedy,
        "queue": text(&it.queue),
        "skill": text(&it.skill),
        "expired_at": time!(it.expired_at),
        "absent_until": time!(it.absent_until),
        "policy_version": text(&it.policy_version),
        "rule": text(&it.rule),
        "actor": it.actor,
        "occurred_at": time!(it.occurred_at),
        "position": it.position,
    })
}

pub(super) fn as_text(it: &ExplainComplaintResponse) -> String {
    let mut told = String::new();
    if let Some(routing) = &it.routing {
        told += &routed(routing);
    }
    if let Some(choice) = &it.choice {
        told += &chosen(choice);
    }
    for refused in &it.refused {
        let (person, duty, at) = (&refused.person, &refused.duty, time!(refused.occurred_at));
        let (message, position) = (&refused.message, refused.position);
        let at = at.unwrap_or_default();
        let _ = writeln!(
            told,
            "\n{person} was refused {duty}: {message} ({}), at {at}, record {position}",
            refused.code
        );
    }
    told
}

/// `vulnerable: true; products: Kettle`
fn routed(it: &Routing) -> String {
    let fits: Vec<String> = it
        .rule_fits
        .iter()
        .map(|(key, values)| format!("{key}: {values}"))
        .collect();
    let fits = if fits.is_empty() {
        "every complaint".to_owned()
    } else {
        fits.join("; ")
    };
    let told = fields(&[
        ("routed to", it.queue.clone()),
        ("by rule", it.rule.clone()),
        ("which is", it.rule_about.clone()),
        ("and fits", fits),
        ("of policy", it.policy_version.clone()),
        ("asking for", it.skills.join(", ")),
        ("record", it.position.to_string()),
    ]);
    format!("\n{told}")
}

fn chosen(it: &Choice) -> String {
    let told = fields(&[
        ("chosen", it.handler.clone()),
        ("by", it.by.replace('_', " ")),
        ("out of", it.candidates.to_string()),
        ("record", it.position.to_string()),
    ]);
    let mut table = Table::new(&["considered", "open complaints", "why not"]);
    for it in &it.considered {
        let why = format!("{} {}", it.left_out.replace('_', " "), it.skill);
        table.row([
            it.handler.clone(),
            it.load.to_string(),
            why.trim().to_owned(),
        ]);
    }
    format!("\n{told}{}", table.render())
}
