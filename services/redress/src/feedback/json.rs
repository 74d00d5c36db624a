//! Feedback as JSON.

use redress_wire::intake::v1::{Feedback, ReportedHistory, Submission};
use serde_json::{Value, json};

use crate::json::{money, text, time};

pub(crate) fn feedback(it: &Feedback) -> Value {
    json!({
        "feedback_id": it.feedback_id,
        "etag": text(&it.etag),
        "version": it.version,
        "reference": text(&it.reference),
        "submission": it.submission.as_ref().map(submission),
        "recorded_at": time!(it.recorded_at),
        "recorded_by": text(&it.recorded_by),
        "position": it.position,
        "erased": it.erased,
        "missing": it.missing,
        "source": text(&it.source),
        "updates": it.updates,
        "immediate_action_taken": it.immediate_action_taken,
    })
}

fn submission(it: &Submission) -> Value {
    let mut all = what_it_is_about(it);
    all["description"] = text(&it.description);
    all["customer"] = it.customer.as_ref().map_or(Value::Null, |it| {
        json!({
            "reference": text(&it.reference),
            "name": text(&it.name),
            "email": text(&it.email),
            "phone": text(&it.phone),
            "address": text(&it.address),
            "postal_code": text(&it.postal_code),
        })
    });
    let reference = |it: &redress_wire::intake::v1::ExternalReference| json!({ "system": it.system, "source": text(&it.source), "id": text(&it.id) });
    all["external_references"] = it.external_references.iter().map(reference).collect();
    let attachment = |it: &redress_wire::intake::v1::Attachment| json!({ "name": text(&it.name), "media_type": text(&it.media_type), "bytes": it.bytes });
    all["attachments"] = it.attachments.iter().map(attachment).collect();
    all["unmapped"] = json!(it.unmapped);
    all
}

fn what_it_is_about(it: &Submission) -> Value {
    let score =
        |it: &redress_wire::intake::v1::Score| json!({ "measure": it.measure, "value": it.value });
    json!({
        "kind": it.kind,
        "channel": it.channel,
        "reported_channel": text(&it.reported_channel),
        "language": text(&it.language),
        "occurred_at": time!(it.occurred_at),
        "occurred_on": text(&it.occurred_on),
        "received_at": time!(it.received_at),
        "received_on": text(&it.received_on),
        "aware_at": time!(it.aware_at),
        "product": text(&it.product),
        "sub_product": text(&it.sub_product),
        "issue": text(&it.issue),
        "sub_issue": text(&it.sub_issue),
        "site": text(&it.site),
        "supplier": text(&it.supplier),
        "business_unit": text(&it.business_unit),
        "segment": text(&it.segment),
        "jurisdiction": text(&it.jurisdiction),
        "tags": it.tags,
        "assisted_by": text(&it.assisted_by),
        "accessibility_need": it.accessibility_need,
        "vulnerable": it.vulnerable,
        "remedy_sought": it.remedy_sought.as_ref().map(|it| {
            json!({ "kind": it.kind, "amount": money(it.amount.as_ref()) })
        }),
        "immediate_action": text(&it.immediate_action),
        "scores": it.scores.iter().map(score).collect::<Vec<_>>(),
        "reported": it.reported.as_ref().map(reported),
    })
}

pub(crate) fn reported(it: &ReportedHistory) -> Value {
    json!({
        "source": it.source,
        "digest": text(&it.digest),
        "response": text(&it.response),
        "response_class": text(&it.response_class),
        "timely": text(&it.timely),
        "disputed": text(&it.disputed),
        "acknowledged_at": time!(it.acknowledged_at),
        "closed_at": time!(it.closed_at),
        "sent_to_company_on": text(&it.sent_to_company_on),
        "sent_before_received": it.sent_before_received,
        "public_response": text(&it.public_response),
        "submitted_narrative": it.submitted_narrative,
    })
}
