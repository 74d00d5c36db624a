//! An item as a reply.

use jiff::civil::Date;
use redress_feedback::{
    Answer, Content, Customer, ExternalReference, Feedback, ReportedHistory, Vocabulary,
};
use redress_log_service::etag;
use redress_wire::intake::v1 as wire;
use redress_wire::{money_to_wire, time_to_wire};

use crate::item::Item;
use crate::names::Names;

/// An item without its words.
pub(crate) fn feedback(item: &Item, names: &Names) -> wire::Feedback {
    wire::Feedback {
        feedback_id: item.id.clone(),
        etag: etag(item.version),
        version: item.version,
        submission: Some(submission(&item.facts)),
        recorded_at: Some(time_to_wire(item.recorded_at)),
        position: item.position,
        reference: item.reference.map(|it| it.to_string()).unwrap_or_default(),
        erased: false,
        missing: false,
        recorded_by: item.recorded_by.clone(),
        source: source(item, names),
        updates: item.updates(),
        immediate_action_taken: item.facts.immediate_action_taken,
    }
}

/// The system whose id of the item gave it its own id here. That of a message is made of more than
/// the reference.
fn source(item: &Item, names: &Names) -> String {
    let references = &item.facts.external_references;
    let gave_the_id =
        |it: &&ExternalReference| names.item_of_reference(&it.keyed_hash).to_string() == item.id;
    let is_the_senders =
        |it: &&ExternalReference| item.sender.as_deref() == Some(it.system.as_str());
    let origin = references.iter().find(gave_the_id);
    origin
        .or_else(|| references.iter().find(is_the_senders))
        .map(|reference| reference.system.clone())
        .unwrap_or_default()
}

/// Puts the words into a reply.
pub(crate) fn add_words(feedback: &mut wire::Feedback, content: Content) {
    let Some(submission) = &mut feedback.submission else {
        return;
    };
    submission.description = content.description.unwrap_or_default();
    submission.immediate_action = content.immediate_action.unwrap_or_default();
    submission.customer = customer(content.customer);
    let references = content.external_references.into_iter();
    submission.external_references = references
        .map(|it| wire::ExternalReference {
            system: it.system,
            source: it.source.unwrap_or_default(),
            id: it.id,
        })
        .collect();
    for (attachment, name) in submission
        .attachments
        .iter_mut()
        .zip(content.attachment_names)
    {
        attachment.name = name;
    }
    submission.unmapped = content.unmapped;
}

fn submission(facts: &Feedback) -> wire::Submission {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    wire::Submission {
        kind: facts.kind.to_string(),
        channel: facts.channel.to_string(),
        reported_channel: text(&facts.reported_channel),
        language: text(&facts.language),
        occurred_at: facts.occurred_at.map(time_to_wire),
        occurred_on: day(facts.occurred_on),
        received_at: Some(time_to_wire(facts.received_at)),
        received_on: day(facts.received_on),
        aware_at: facts.aware_at.map(time_to_wire),
        product: text(&facts.product),
        sub_product: text(&facts.sub_product),
        issue: text(&facts.issue),
        sub_issue: text(&facts.sub_issue),
        site: text(&facts.site),
        supplier: text(&facts.supplier),
        business_unit: text(&facts.business_unit),
        segment: text(&facts.segment),
        jurisdiction: text(&facts.jurisdiction),
        tags: facts.tags.clone(),
        external_references: facts.external_references.iter().map(reference).collect(),
        assisted_by: text(&facts.assisted_by),
        accessibility_need: facts.accessibility_need,
        vulnerable: facts.vulnerable,
        remedy_sought: facts.remedy_sought.as_ref().map(remedy),
        scores: facts.scores.iter().map(score).collect(),
        attachments: facts.attachments.iter().map(attachment).collect(),
        reported: facts.reported.as_ref().map(history),
        ..wire::Submission::default()
    }
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn customer(customer: Customer) -> Option<wire::Customer> {
    if customer.is_empty() {
        return None;
    }
    Some(wire::Customer {
        reference: customer.reference.unwrap_or_default(),
        name: customer.name.unwrap_or_default(),
        email: customer.email.unwrap_or_default(),
        phone: customer.phone.unwrap_or_default(),
        address: customer.address.unwrap_or_default(),
        postal_code: customer.postal_code.unwrap_or_default(),
    })
}

fn reference(reference: &redress_feedback::ExternalReference) -> wire::ExternalReference {
    wire::ExternalReference {
        system: reference.system.clone(),
        ..wire::ExternalReference::default()
    }
}

fn remedy(remedy: &redress_feedback::RemedySought) -> wire::RemedySought {
    wire::RemedySought {
        kind: remedy.kind.to_string(),
        amount: remedy.amount.as_ref().map(money_to_wire),
    }
}

fn score(score: &redress_feedback::Score) -> wire::Score {
    wire::Score {
        measure: score.measure.as_str().to_owned(),
        value: score.value,
    }
}

fn attachment(attachment: &redress_feedback::Attachment) -> wire::Attachment {
    wire::Attachment {
        media_type: attachment.media_type.clone(),
        bytes: attachment.bytes,
        ..wire::Attachment::default()
    }
}

fn history(reported: &ReportedHistory) -> wire::ReportedHistory {
    wire::ReportedHistory {
        source: reported.source.clone(),
        digest: reported.digest.clone(),
        response: reported.response.clone().unwrap_or_default(),
        response_class: reported.response_class.as_str().to_owned(),
        timely: Answer::as_str(reported.timely).to_owned(),
        disputed: Answer::as_str(reported.disputed).to_owned(),
        acknowledged_at: reported.acknowledged_at.map(time_to_wire),
        closed_at: reported.closed_at.map(time_to_wire),
        sent_to_company_on: day(reported.sent_to_company_on),
        sent_before_received: reported.sent_before_received,
        public_response: reported.public_response.clone().unwrap_or_default(),
        submitted_narrative: reported.submitted_narrative,
    }
}
