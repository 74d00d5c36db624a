//! An improvement as JSON.

use redress_wire::workflow::v1::{Improvement, ImprovementAction, ImprovementSource};
use serde_json::{Value, json};

use crate::json::{text, time};

pub(crate) fn improvement(it: &Improvement) -> Value {
    json!({
        "improvement_id": it.improvement_id,
        "etag": text(&it.etag),
        "version": it.version,
        "status": it.status,
        "title": text(&it.title),
        "source": it.source.as_ref().map(source),
        "further_signals": it.further_signals.iter().map(source).collect::<Vec<_>>(),
        "owner": text(&it.owner),
        "due": text(&it.due),
        "actions": it.actions.iter().map(action).collect::<Vec<_>>(),
        "evidence": text(&it.evidence),
        "summary": text(&it.summary),
        "verdict": text(&it.verdict),
        "dismissal_reason": text(&it.dismissal_reason),
        "opened_at": time!(it.opened_at),
        "accepted_at": time!(it.accepted_at),
        "dismissed_at": time!(it.dismissed_at),
        "planned_at": time!(it.planned_at),
        "implemented_at": time!(it.implemented_at),
        "closed_at": time!(it.closed_at),
        "updated_at": time!(it.updated_at),
    })
}

fn action(it: &ImprovementAction) -> Value {
    json!({ "kind": it.kind, "owner": it.owner, "due": it.due, "description": it.description })
}

fn source(it: &ImprovementSource) -> Value {
    json!({
        "kind": text(&it.kind),
        "id": text(&it.id),
        "dimension": text(&it.dimension),
        "value": text(&it.value),
        "month": text(&it.month),
        "rule": text(&it.rule),
        "figures": it.figures,
    })
}
