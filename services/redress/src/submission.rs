//! A submission on its way from a file or the demo to the services.

use jiff::civil::Date;
use redress_feedback::{
    Answer, ReportedHistory, ResponseClass, Submission, SubmittedAttachment, SubmittedCustomer,
    SubmittedReference, SubmittedRemedy, SubmittedScore,
};
use redress_wire::intake::v1 as wire;
use redress_wire::{money_to_wire, time_to_wire};

pub(crate) fn to_wire(given: Submission) -> wire::Submission {
    wire::Submission {
        kind: given.kind.unwrap_or_default(),
        channel: given.channel.unwrap_or_default(),
        reported_channel: given.reported_channel.unwrap_or_default(),
        description: given.description.unwrap_or_default(),
        language: given.language.unwrap_or_default(),
        occurred_at: given.occurred_at.map(time_to_wire),
        occurred_on: day(given.occurred_on),
        received_at: given.received_at.map(time_to_wire),
        received_on: day(given.received_on),
        aware_at: given.aware_at.map(time_to_wire),
        product: given.product.unwrap_or_default(),
        sub_product: given.sub_product.unwrap_or_default(),
        issue: given.issue.unwrap_or_default(),
        sub_issue: given.sub_issue.unwrap_or_default(),
        site: given.site.unwrap_or_default(),
        supplier: given.supplier.unwrap_or_default(),
        business_unit: given.business_unit.unwrap_or_default(),
        segment: given.segment.unwrap_or_default(),
        jurisdiction: given.jurisdiction.unwrap_or_default(),
        tags: given.tags,
        customer: Some(customer(given.customer)),
        external_references: given
            .external_references
            .into_iter()
            .map(reference)
            .collect(),
        assisted_by: given.assisted_by.unwrap_or_default(),
        accessibility_need: given.accessibility_need,
        vulnerable: given.vulnerable,
        remedy_sought: given.remedy_sought.map(remedy),
        immediate_action: given.immediate_action.unwrap_or_default(),
        scores: given.scores.into_iter().map(score).collect(),
        attachments: given.attachments.into_iter().map(attachment).collect(),
        reported: given.reported.map(reported),
        unmapped: given.unmapped,
    }
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn customer(given: SubmittedCustomer) -> wire::Customer {
    wire::Customer {
        reference: given.reference.unwrap_or_default(),
        name: given.name.unwrap_or_default(),
        email: given.email.unwrap_or_default(),
        phone: given.phone.unwrap_or_default(),
        address: given.address.unwrap_or_default(),
        postal_code: given.postal_code.unwrap_or_default(),
    }
}

fn reference(given: SubmittedReference) -> wire::ExternalReference {
    wire::ExternalReference {
        system: given.system.unwrap_or_default(),
        source: given.source.unwrap_or_default(),
        id: given.id.unwrap_or_default(),
    }
}

fn remedy(given: SubmittedRemedy) -> wire::RemedySought {
    wire::RemedySought {
        kind: given.kind.unwrap_or_default(),
        amount: given.amount.as_ref().map(money_to_wire),
    }
}

fn score(given: SubmittedScore) -> wire::Score {
    wire::Score {
        measure: given.measure.unwrap_or_default(),
        value: given.value,
    }
}

/// A file of submissions names attachments without their bytes.
fn attachment(given: SubmittedAttachment) -> wire::Attachment {
    wire::Attachment {
        name: given.name.unwrap_or_default(),
        media_type: given.media_type.unwrap_or_default(),
        bytes: given.bytes,
        ..wire::Attachment::default()
    }
}

fn reported(given: ReportedHistory) -> wire::ReportedHistory {
    let word = |answer: Answer| match answer {
        Answer::Unknown => String::new(),
        Answer::No | Answer::Yes => answer.as_str().to_owned(),
    };
    wire::ReportedHistory {
        source: given.source,
        digest: given.digest,
        response: given.response.unwrap_or_default(),
        response_class: if given.response_class == ResponseClass::Unknown {
            String::new()
        } else {
            given.response_class.as_str().to_owned()
        },
        timely: word(given.timely),
        disputed: word(given.disputed),
        acknowledged_at: given.acknowledged_at.map(time_to_wire),
        closed_at: given.closed_at.map(time_to_wire),
        sent_to_company_on: day(given.sent_to_company_on),
        sent_before_received: given.sent_before_received,
        public_response: given.public_response.unwrap_or_default(),
        submitted_narrative: given.submitted_narrative,
    }
}
